"""Chains of signed statements: appended by compare-and-swap, kept as signed, never changed afterwards."""
