"""What tests of the inbox begin with: the writer at work and a conversation."""

from tests.conversations.conftest import talk, unbegun, writer

__all__ = ["talk", "unbegun", "writer"]
