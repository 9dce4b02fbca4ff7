"""The inbox: which questions of patients wait for an answer, longest first."""
