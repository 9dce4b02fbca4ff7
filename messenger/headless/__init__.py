"""The client without a browser: the same protocol in Python, for the command line, the demo clinic and the tests.

It believes the server nothing that it can verify: every chain from what its keystore holds down, every message, every
checkpoint. It imports `protocol`, `merkle` and a network library, never a server room.
"""
