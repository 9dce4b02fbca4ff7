"""Before a custodian lets anything go: the proof that the clinic's log holds the request, and no other."""

from __future__ import annotations

import time
from typing import Final

from messenger.headless.account import Account
from messenger.headless.errors import LogAlarm, ServiceRefused
from messenger.merkle.errors import MerkleError
from messenger.merkle.proof import verify_inclusion
from messenger.merkle.tree import leaf_hash
from messenger.protocol.access_log import Frame, LogEntry
from messenger.protocol.encoding import b64u_decode, sha256
from messenger.protocol.errors import ProtocolError
from messenger.protocol.shape import Members

_TRIES: Final = 40
_PAUSE_SECONDS: Final = 0.25


def require_in_log(account: Account, event: str, statement: str, emergency: str) -> None:
    """Returns once the log has proved that it holds an entry of this request, under a checkpoint that it signed.

    Raises `LogAlarm` (`bad_proof`) where entry, frame, proof or checkpoint are not those of this request; what
    `observe_log` raises; `ServiceRefused` where the service has no proof.
    """
    served = _served(account, event)
    try:
        frame, body = Frame.parse(served.raw("frame")), served.raw("body")
        entry = LogEntry.parse(body)
        checkpoint = account.witness.opened(served.text("checkpoint")).checkpoint
        proof = [b64u_decode(str(item)) for item in served.list("proof", lambda value: value)]
        leaf = leaf_hash(frame.encode())
        verify_inclusion(proof, leaf=leaf, index=frame.index, size=checkpoint.size, root=checkpoint.root)
    except (MerkleError, ProtocolError) as refused:
        raise LogAlarm("bad_proof") from refused
    named = (entry.id, entry.action, entry.object, entry.statement)
    if frame.body_hash != sha256(body) or named != (event, "emergency:requested", emergency, statement):
        raise LogAlarm("bad_proof")
    account.observe_log()


def _served(account: Account, event: str) -> Members:
    """The proof, asked for again while the entry waits for its place."""
    for _ in range(_TRIES - 1):
        try:
            return account.api.get("/api/log/inclusion", event=event)
        except ServiceRefused as refused:
            if refused.code != "not_in_the_log_yet":
                raise
        time.sleep(_PAUSE_SECONDS)
    return account.api.get("/api/log/inclusion", event=event)
