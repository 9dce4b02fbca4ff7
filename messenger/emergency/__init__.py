"""Emergency access: one conversation opened to who asked, by two custodians, for a time, on the record."""
