"""The Merkle tree of the access log, pure: no storage, no network, no clock.

An auditor reads this package alone: it imports the standard library and `cryptography`, nothing else.
"""
