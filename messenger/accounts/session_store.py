"""Reads and writes of sessions and devices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Row, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from messenger.accounts.models import Account, Device, SignedInSession
from messenger.bulk import among, table_of
from messenger.once import insert_once, values_of


class RemovedSession(NamedTuple):
    """A session that is no more, whose it was and where."""

    session: str
    account: str
    device: str


Removed = list[RemovedSession]

_sessions, _accounts = table_of(SignedInSession).c, table_of(Account).c

RUNNING: Final = (
    select(_sessions.session, _sessions.account, _accounts.signing_key)
    .join_from(table_of(SignedInSession), table_of(Account), _accounts.account == _sessions.account)
    .where(
        among(_sessions.session, "sessions"),
        _sessions.last_seen > bindparam("unseen_since"),
        _sessions.created > bindparam("begun_before"),
    )
)
"""Session, account and signing key of those of `sessions` that were seen after one time and begun after another."""


def add_session(session: Session, signed_in: SignedInSession) -> None:
    """Store a running session."""
    session.add(signed_in)
    session.flush()


def find_by_token(session: Session, token_hash: bytes) -> Row[SignedInSession, Account] | None:
    """The session whose token has this hash, with its account."""
    return session.execute(
        select(SignedInSession, Account)
        .join(Account, Account.account == SignedInSession.account)
        .where(SignedInSession.token_hash == token_hash)
    ).first()


def find_session(session: Session, session_id: str) -> SignedInSession | None:
    """The session of this id, if it runs."""
    return session.scalars(
        select(SignedInSession).where(SignedInSession.session == session_id).execution_options(populate_existing=True)
    ).first()


def list_sessions(session: Session, account: str) -> Sequence[SignedInSession]:
    """The running sessions of an account."""
    return session.scalars(select(SignedInSession).where(SignedInSession.account == account)).all()


def touch(session: Session, session_id: str, device: str, at: datetime) -> None:
    """Say that the session and its device were seen."""
    session.execute(update(SignedInSession).where(SignedInSession.session == session_id).values(last_seen=at))
    session.execute(update(Device).where(Device.device == device).values(last_seen=at))


def remove_session(session: Session, session_id: str) -> Removed:
    """Remove one session."""
    return _remove(session, SignedInSession.session == session_id)


def remove_sessions_on(session: Session, device: str) -> Removed:
    """Remove the sessions of one device."""
    return _remove(session, SignedInSession.device == device)


def remove_other_sessions(session: Session, account: str, kept: str) -> Removed:
    """Remove the sessions of an account, all but one."""
    return _remove(session, SignedInSession.account == account, SignedInSession.session != kept)


def remove_expired(session: Session, unseen_since: datetime, begun_before: datetime, limit: int) -> Removed:
    """Remove at most `limit` sessions that were last seen at or before the one or begun at or before the other."""
    over = (
        select(SignedInSession.session)
        .where(or_(SignedInSession.last_seen <= unseen_since, SignedInSession.created <= begun_before))
        .limit(limit)
    )
    # Two statements, so that the second is a look-up by key whatever the planner thinks of the first.
    return _remove(session, SignedInSession.session.in_(session.scalars(over).all()))


def find_device(session: Session, device: str) -> Device | None:
    """The device of this id, whosever it is."""
    return session.get(Device, device)


def add_device(session: Session, device: Device) -> bool:
    """Store a device; whether its id was still free."""
    return insert_once(session, Device, values_of(device))


def list_devices(session: Session, account: str) -> Sequence[Device]:
    """The devices of an account, the one seen last first."""
    return session.scalars(
        select(Device).where(Device.account == account).order_by(Device.last_seen.desc(), Device.device)
    ).all()


def remove_device(session: Session, account: str, device: str) -> None:
    """Remove a device of an account; its sessions must be gone already."""
    _discard(session, Device.account == account, Device.device == device)


def remove_other_devices(session: Session, account: str, kept: str) -> None:
    """Remove the devices of an account, all but one; their sessions must be gone already."""
    _discard(session, Device.account == account, Device.device != kept)


def _remove(session: Session, *which: ColumnElement[bool]) -> Removed:
    removed = (
        delete(SignedInSession)
        .where(*which)
        .returning(SignedInSession.session, SignedInSession.account, SignedInSession.device)
    )
    rows = session.execute(removed.execution_options(synchronize_session=False))
    return [RemovedSession(*row) for row in rows]


def _discard(session: Session, *which: ColumnElement[bool]) -> None:
    session.execute(delete(Device).where(*which).execution_options(synchronize_session=False))
