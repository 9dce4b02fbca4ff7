"""The byte formats and the cryptography of `docs/protocol.md`, twin file for file of `client/src/protocol`.

Pure: this package imports the standard library, `cryptography` and `argon2` alone. It knows no network, no database
and no clock; whoever calls it hands those in. Every function that reads verifies first and parses after, and raises a
`ProtocolError` with a stable code.
"""
