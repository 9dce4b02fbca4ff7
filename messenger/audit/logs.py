"""A clinic's log: its name, and the key that signs its checkpoints."""

import secrets
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from messenger.audit import store
from messenger.audit.errors import LogKeyUnreadable, LogUnknown
from messenger.audit.models import Log
from messenger.merkle.note import SigningKey
from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.encoding import derive, lines
from messenger.protocol.errors import OpeningFailed

_SEED_BYTES = 32


def log_origin(host: str, clinic: str) -> str:
    """The log's name for good: `host` is the host, and port if any, of BASE_URL when the clinic was created."""
    return f"{host}/log/{clinic}"


def create_log(session: Session, clinic: str, host: str, secret: bytes, time: datetime) -> str:
    """Make the clinic's log with a new key, sealed under the server's `secret`; its verifier key (C2SP vkey text)."""
    origin = log_origin(host, clinic)
    seed = secrets.token_bytes(_SEED_BYTES)
    verifier_key = str(_signing_key(origin, seed).verifier)
    sealed = encrypt(_sealing_key(secret), _place(clinic, origin), seed)
    store.add_log(
        session, Log(clinic=clinic, origin=origin, verifier_key=verifier_key, sealed_seed=sealed, created=time)
    )
    return verifier_key


def open_signing_key(session: Session, clinic: str, secret: bytes) -> SigningKey:
    """The key that signs the clinic's checkpoints.

    Raises LogUnknown where there is no such log, LogKeyUnreadable when `secret` is not the one it was sealed under.
    """
    log = store.find_log(session, clinic)
    if log is None:
        raise LogUnknown(clinic)
    try:
        seed = decrypt(_sealing_key(secret), _place(clinic, log.origin), log.sealed_seed)
    except OpeningFailed as refused:
        raise LogKeyUnreadable(clinic) from refused
    return _signing_key(log.origin, seed)


def _signing_key(origin: str, seed: bytes) -> SigningKey:
    return SigningKey(origin, Ed25519PrivateKey.from_private_bytes(seed))


def _sealing_key(secret: bytes) -> bytes:
    return derive(secret, b"", "log-key")


def _place(clinic: str, origin: str) -> bytes:
    return lines("between/v1/log-key", clinic, origin)
