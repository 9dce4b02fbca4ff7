"""Patches that each remove one defence, and the runner that requires the tests to notice."""
