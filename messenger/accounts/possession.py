"""Proof that whoever registers a sealing key holds it: a nonce sealed to it must come back (docs/adr/0002)."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from messenger.accounts import store
from messenger.accounts.errors import PossessionRefused
from messenger.accounts.models import PossessionTicket
from messenger.protocol.encoding import b64u_encode, sha256
from messenger.protocol.sealing import SealingPublicKey, possession_info, seal

TICKET_RUNS: Final = timedelta(minutes=10)
_NONCE_BYTES: Final = 32


@dataclass(frozen=True)
class Ticket:
    """What the holder of the key gets: the ticket's name and the sealed nonce, 1,168 bytes."""

    ticket: str
    box: bytes


def challenge(session: Session, account: str, sealing_key: SealingPublicKey, at: datetime) -> Ticket:
    """Seal a nonce to the key; the server keeps its hash for ten minutes."""
    store.remove_expired_tickets(session, at)
    nonce, ticket = secrets.token_bytes(_NONCE_BYTES), b64u_encode(secrets.token_bytes(16))
    store.add_ticket(
        session,
        PossessionTicket(
            hash=sha256(ticket.encode()),
            account=account,
            sealing_key_id=sealing_key.id,
            nonce_hash=sha256(nonce),
            expires=at + TICKET_RUNS,
        ),
    )
    return Ticket(ticket, seal(sealing_key, possession_info(account, sealing_key.id), nonce))


def redeem(session: Session, account: str, sealing_key_id: str, ticket: str, nonce: bytes, at: datetime) -> None:
    """Use up the ticket for this account and key.

    Raises:
        PossessionRefused: it is another one's, has run out, was used, or the nonce is not the one sealed.
    """
    found = store.take_ticket(session, sha256(ticket.encode(errors="replace")))
    if (
        found is None
        or found.expires <= at
        or (found.account, found.sealing_key_id) != (account, sealing_key_id)
        or not hmac.compare_digest(found.nonce_hash, sha256(nonce))
    ):
        raise PossessionRefused
