"""Conversations: who holds their keys, what was written, how far it was read. All content is ciphertext."""
