"""Running sessions and the devices they run on. A session lives in the database; ending it ends token and share."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts import session_store as store
from messenger.accounts.actor import Caller
from messenger.accounts.announcements import EndReason, SessionsEnded
from messenger.accounts.errors import DeviceTaken
from messenger.accounts.models import Account, Device, SignedInSession
from messenger.accounts.store import find_clinics
from messenger.audit import service as audit
from messenger.audit.actions import Action, Reason
from messenger.audit.service import SYSTEM, AuditEvent
from messenger.db import Database
from messenger.errors import NotFound
from messenger.protocol.encoding import b64u_encode, format_time, sha256
from messenger.protocol.ids import make_id
from messenger.protocol.json_strict import JsonObject
from messenger.roles import Role

IDLE_LIMIT: Final = timedelta(hours=2)
"""Unseen for so long, a session is over. The browser locks itself sooner; this is for one that cannot any more."""

LIFETIME: Final = timedelta(hours=24)
"""However busy, a session ends after so long, and the password is asked for again."""

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly `last_seen` is kept: a write for each request would queue readers behind writers."""

EXPIRED_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who a session's token belongs to (a `Caller`)."""

    account: str
    role: Role
    clinic: str
    session: str
    device: str
    language: str


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just begun. `token` and `share` leave the server with this answer alone; only the share is kept."""

    session: str
    token: str
    share: bytes


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """A line of the device list; `open` while a session runs on it."""

    device: str
    label: str
    created: datetime
    last_seen: datetime
    current: bool
    open: bool

    def as_json(self) -> JsonObject:
        """The line as it travels."""
        return {
            "device": self.device,
            "label": self.label,
            "created": format_time(self.created),
            "last_seen": format_time(self.last_seen),
            "current": self.current,
            "open": self.open,
        }


def begin(session: Session, account: str, device: str, label: str, at: datetime) -> NewSession:
    """Begin a session of an account on a device, which is entered in the account's list if it is new.

    Raises:
        DeviceTaken: the device id is another account's.
    """
    _enter_device(session, account, device, label, at)
    token, share = b64u_encode(secrets.token_bytes(32)), secrets.token_bytes(32)
    begun = SignedInSession(
        session=_new_session_id(at),
        account=account,
        device=device,
        token_hash=_token_hash(token),
        share=share,
        created=at,
        last_seen=at,
    )
    store.add_session(session, begun)
    return NewSession(begun.session, token, share)


def recognise(database: Database, token: str, at: datetime) -> Recognised | None:
    """Whose token this is, or None if its session is over; notes, to the minute, that it was seen."""
    with database.reading_session() as session:
        found = store.find_by_token(session, _token_hash(token))
        if found is None or _is_over(found[0], at):
            return None
        running, account = found
    if at - running.last_seen >= SEEN_EVERY:
        with database.unit_of_work() as session:
            store.touch(session, running.session, running.device, at)
    return _caller(running, account)


def is_running(session: Session, session_id: str, at: datetime) -> bool:
    """Whether a session is still good at this time; for who acts long after they were recognised."""
    running = store.find_session(session, session_id)
    return running is not None and not _is_over(running, at)


def share_of(session: Session, session_id: str) -> bytes:
    """The server's half of the device's wrapping key, 32 bytes.

    Raises:
        NotFound: the session has ended meanwhile.
    """
    running = store.find_session(session, session_id)
    if running is None:
        raise NotFound
    return running.share


def lock(session: Session, caller: Caller, at: datetime) -> None:
    """End the session at the person's or the idle timer's wish; the device stays in the list."""
    _announce(session, store.remove_session(session, caller.session), EndReason.LOCKED)
    audit.record(session, _entry(caller, Action.ACCOUNT_LOCKED, at))


def sign_out(session: Session, caller: Caller, at: datetime) -> None:
    """End every session on this device and take it from the list."""
    _announce(session, store.remove_sessions_on(session, caller.device), EndReason.SIGNED_OUT)
    store.remove_device(session, caller.account, caller.device)
    audit.record(session, _entry(caller, Action.ACCOUNT_SIGNED_OUT, at))


def list_devices(session: Session, caller: Caller, at: datetime) -> list[ListedDevice]:
    """The caller's devices, the one seen last first."""
    open_on = {running.device for running in store.list_sessions(session, caller.account) if not _is_over(running, at)}
    return [
        ListedDevice(
            device=device.device,
            label=device.label,
            created=device.created,
            last_seen=device.last_seen,
            current=device.device == caller.device,
            open=device.device in open_on,
        )
        for device in store.list_devices(session, caller.account)
    ]


def sign_out_device(session: Session, caller: Caller, device: str, at: datetime) -> None:
    """End what runs on one of the caller's devices and take it from the list.

    Raises:
        NotFound: the caller has no such device.
    """
    found = store.find_device(session, device)
    if found is None or found.account != caller.account:
        raise NotFound
    _announce(session, store.remove_sessions_on(session, device), EndReason.REVOKED)
    store.remove_device(session, caller.account, device)
    audit.record(session, _entry(caller, Action.DEVICE_SIGNED_OUT, at, device=device, reason=Reason.REVOKED))


def sign_out_others(session: Session, caller: Caller, at: datetime) -> None:
    """End what runs on every device but this one and take them all from the list."""
    others = [device.device for device in store.list_devices(session, caller.account) if device.device != caller.device]
    _announce(session, store.remove_other_sessions(session, caller.account, caller.session), EndReason.REVOKED)
    store.remove_other_devices(session, caller.account, caller.device)
    audit.record_all(
        session,
        [_entry(caller, Action.DEVICE_SIGNED_OUT, at, device=device, reason=Reason.REVOKED) for device in others],
    )


def end_with_old_credentials(session: Session, caller: Caller, at: datetime) -> None:
    """End every other session of the caller's account: it was begun with what has just been replaced.

    The devices stay in the list; their people sign in again with the new password.
    """
    removed = store.remove_other_sessions(session, caller.account, caller.session)
    _announce(session, removed, EndReason.CREDENTIALS_CHANGED)
    why = Reason.CREDENTIALS_CHANGED
    audit.record_all(
        session,
        [_entry(caller, Action.ACCOUNT_SIGNED_OUT, at, device=ended.device, reason=why) for ended in removed],
    )


def end_expired(session: Session, at: datetime) -> int:
    """End sessions that idled or lived too long, at most 500 at once; how many ended."""
    removed = store.remove_expired(session, at - IDLE_LIMIT, at - LIFETIME, EXPIRED_AT_ONCE)
    clinics = find_clinics(session, {ended.account for ended in removed})
    _announce(session, removed, EndReason.IDLE)
    audit.record_all(
        session,
        [
            AuditEvent(
                clinic=clinics[ended.account],
                actor=SYSTEM,
                subject=ended.account,
                action=Action.ACCOUNT_LOCKED,
                reason=Reason.IDLE,
                automatic=True,
                time=at,
            )
            for ended in removed
        ],
    )
    return len(removed)


def _enter_device(session: Session, account: str, device: str, label: str, at: datetime) -> None:
    known = store.find_device(session, device)
    if known is not None and known.account == account:
        known.label, known.last_seen = label, at
        return
    entered = Device(device=device, account=account, label=label, created=at, last_seen=at)
    if known is not None or not store.add_device(session, entered):
        raise DeviceTaken


def _announce(session: Session, removed: store.Removed, reason: EndReason) -> None:
    if removed:
        events.publish(session, SessionsEnded(tuple(ended.session for ended in removed), reason))


def _is_over(running: SignedInSession, at: datetime) -> bool:
    return running.last_seen <= at - IDLE_LIMIT or running.created <= at - LIFETIME


def _caller(running: SignedInSession, account: Account) -> Recognised:
    return Recognised(
        account=account.account,
        role=Role(account.role),
        clinic=account.clinic,
        session=running.session,
        device=running.device,
        language=account.language,
    )


def _entry(
    caller: Caller, action: Action, at: datetime, *, device: str | None = None, reason: Reason | None = None
) -> AuditEvent:
    return AuditEvent(
        clinic=caller.clinic,
        actor=caller.account,
        subject=caller.account,
        action=action,
        object=device or caller.device,
        reason=reason,
        time=at,
    )


def _token_hash(token: str) -> bytes:
    return sha256(token.encode(errors="replace"))


def _new_session_id(at: datetime) -> str:
    return make_id("ses", int(at.timestamp() * 1000), secrets.token_bytes(10))
