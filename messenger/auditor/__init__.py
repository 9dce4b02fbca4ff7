"""The full check of a clinic's log, by somebody who trusts neither the server nor its rooms."""
