"""The access log: who did what to whose record, committed with what it records and never changed afterwards."""
