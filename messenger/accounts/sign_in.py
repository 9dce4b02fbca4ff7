"""Signing in: a challenge, and one signature over it by a key that only the password or recovery code makes.

A name that nobody has gets a challenge, a salt and a refusal that look and cost like anybody else's.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy.orm import Session

from messenger.accounts import sessions, store, vaults
from messenger.accounts.errors import SignInFailed
from messenger.accounts.models import Account, Challenge, SignInSlot
from messenger.accounts.names import name_key
from messenger.accounts.sessions import NewSession, Recognised
from messenger.audit import service as audit
from messenger.audit.actions import Action, Outcome, Reason
from messenger.audit.service import SYSTEM, AuditEvent
from messenger.chains import service as chains
from messenger.protocol.encoding import b64u_decode, b64u_encode, sha256
from messenger.protocol.errors import SignatureRefused
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey, SigningPublicKey
from messenger.protocol.kinds.sign_in import SignInBody
from messenger.protocol.kinds.vault import kdf_as_json
from messenger.protocol.password import SALT_BYTES, Argon2Parameters, HkdfParameters
from messenger.protocol.statement import Envelope, Statement, peek_body, verify
from messenger.roles import Role

SlotType = Literal["password", "recovery"]
CHALLENGE_RUNS: Final = timedelta(seconds=120)
SETTLED_AT_ONCE: Final = 200
_NOBODYS_KEY: Final = SigningKey(sha256(b"between/nobody")).public


@dataclass(frozen=True)
class Started:
    """What a sign-in begins with: 32 random bytes to sign, and how to derive the key to sign with."""

    challenge: bytes
    kdf: Argon2Parameters | HkdfParameters

    def as_json(self) -> JsonObject:
        """`{challenge, kdf}`."""
        return {"challenge": b64u_encode(self.challenge), "kdf": kdf_as_json(self.kdf)}


@dataclass(frozen=True)
class Proof:
    """A sign-in as it was sent: under which name, the signed statement, and what the device calls itself."""

    name: str
    statement: Envelope
    device_label: str


@dataclass(frozen=True)
class SignedIn:
    """A person whose session has begun, with what their client unlocks itself with."""

    caller: Recognised
    name: str
    begun: NewSession
    vault: Envelope
    chain: list[Envelope]

    def as_json(self) -> JsonObject:
        """The answer *Signed in* (docs/api.md), without the token."""
        return {
            "account": self.caller.account,
            "clinic": self.caller.clinic,
            "role": self.caller.role.value,
            "name": self.name,
            "language": self.caller.language,
            "device": self.caller.device,
            "session": self.caller.session,
            "share": b64u_encode(self.begun.share),
            "vault": self.vault.as_json(),
            "chain": [envelope.as_json() for envelope in self.chain],
        }


def start(session: Session, name: str, slot_type: SlotType, at: datetime, secret: bytes) -> Started:
    """Give out a challenge for a name. `secret` makes the false salt, the same for the same name at every try."""
    key = name_key(name)
    false_salt = hmac.digest(secret, b"\0".join((b"false-salt", slot_type.encode(), key.encode())), hashlib.sha256)
    slot = store.find_slot_by_name(session, key, slot_type)
    challenge = secrets.token_bytes(32)
    store.add_challenge(
        session, Challenge(hash=sha256(challenge), name_key=key, slot=slot_type, expires=at + CHALLENGE_RUNS)
    )
    salt = slot.salt if slot else false_salt[:SALT_BYTES]
    return Started(challenge, Argon2Parameters(salt) if slot_type == "password" else HkdfParameters(salt))


def sign_in(session: Session, proof: Proof, service: str, at: datetime) -> SignedIn:
    """Check the proof against its challenge, which is used up, and begin a session. `service` is our own origin.

    Raises:
        SignInFailed: whatever does not fit.
        DeviceTaken: the device id is another account's.
        ProtocolError: the statement is malformed.
    """
    claimed = peek_body(proof.statement, SignInBody)
    challenge = store.answer_challenge(session, sha256(claimed.challenge), at)
    key = name_key(proof.name)
    slot = store.find_slot_by_name(session, key, claimed.slot)
    statement = _verified(proof.statement, slot)
    asked = challenge is not None and (challenge.name_key, challenge.slot) == (key, claimed.slot)
    if statement is None or slot is None or challenge is None or not asked:
        raise SignInFailed
    if (name_key(statement.body.name), statement.body.service) != (key, service):
        raise SignInFailed
    store.remove_challenge(session, challenge)
    account = store.get_account(session, slot.account)
    _record(session, account, statement, at)
    return begin_for(session, account, claimed.device, proof.device_label, at)


def begin_for(session: Session, account: Account, device: str, device_label: str, at: datetime) -> SignedIn:
    """Begin a session for an account that has just proved itself, and gather what its client needs.

    Raises:
        DeviceTaken: the device id is another account's.
    """
    begun = sessions.begin(session, account.account, device, device_label, at)
    caller = Recognised(account.account, Role(account.role), account.clinic, begun.session, device, account.language)
    vault = vaults.newest_vault(session, account.account)
    chain = chains.list_statements(session, f"account:{account.account}")
    return SignedIn(caller, account.name, begun, vault, chain)


def settle_challenges(session: Session, at: datetime) -> int:
    """Remove challenges that ran out or were answered wrongly; wrong answers under real names enter their logs.

    They do so here and not at the answer, where the extra write would tell real names from others. How many were
    removed, at most 200.
    """
    settled = store.list_settled_challenges(session, at, SETTLED_AT_ONCE)
    for challenge in settled:
        account = store.find_account_by_name(session, challenge.name_key) if challenge.answered else None
        if account is not None and challenge.answered is not None:
            audit.record(session, _refusal(account, challenge.answered))
    store.remove_challenges(session, settled)
    return len(settled)


def _verified(envelope: Envelope, slot: SignInSlot | None) -> Statement[SignInBody] | None:
    key = SigningPublicKey(slot.sign_in_key) if slot else _NOBODYS_KEY
    try:
        return verify(envelope, SignInBody, {"credential": key})
    except SignatureRefused:
        return None


def _record(session: Session, account: Account, statement: Statement[SignInBody], at: datetime) -> None:
    recovered = statement.body.slot == "recovery"
    audit.record(
        session,
        AuditEvent(
            clinic=account.clinic,
            actor=account.account,
            subject=account.account,
            action=Action.ACCOUNT_RECOVERED if recovered else Action.ACCOUNT_SIGNED_IN,
            object=statement.body.device,
            statement=b64u_decode(statement.hash),
            time=at,
        ),
    )


def _refusal(account: Account, at: datetime) -> AuditEvent:
    return AuditEvent(
        clinic=account.clinic,
        actor=SYSTEM,
        subject=account.account,
        action=Action.ACCOUNT_SIGNED_IN,
        outcome=Outcome.REFUSED,
        reason=Reason.WRONG_PROOF,
        time=at,
    )
