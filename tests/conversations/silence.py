"""Somebody who reads no longer, as it is met on the live connections of a conversation."""

import time

from tests.remote import Listener
from tests.talk import Talk


def falls_silent_within_a_second(lost: Listener, kept: Listener, talk: Talk) -> None:
    """Right after the answer by which one reader is lost: they are told, once, and hear nothing; another goes on."""
    answered = time.monotonic()
    assert lost.hears("conversation:closed") == {"conversation": talk.conversation}
    silent = time.monotonic() - answered
    assert silent < 1.0, f"{silent:.3f} s"
    talk.send(talk.patient, "Now that she may not")
    kept.hears("message:new")
    assert "message:new" not in lost.heard_so_far()
    assert "conversation:closed" not in kept.heard_so_far()
