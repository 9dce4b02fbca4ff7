"""How often somebody may try. Counted in the database, so that a restart or a second node forgets nothing."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Request
from sqlalchemy import bindparam, delete, text, update
from sqlalchemy.orm import Session

from messenger.db import UtcDateTime
from messenger.errors import TooMany
from messenger.web.models import TryCount

SWEPT_AT_ONCE = 200
"""Rows of ended windows removed with each try: more than one try adds, so the table cannot grow without bound."""


@dataclass(frozen=True)
class Limit:
    """At most `tries` within each window of `per`."""

    name: str
    tries: int
    per: timedelta


KNOCK_BY_ADDRESS = Limit("knock-address", 1200, timedelta(minutes=15))
"""What costs us work and proves nothing yet: a challenge, a look at an invitation, a sealed nonce."""
SIGN_IN_BY_NAME = Limit("sign-in-name", 10, timedelta(minutes=15))
SIGN_IN_BY_ADDRESS = Limit("sign-in-address", 60, timedelta(minutes=15))
JOIN_BY_INVITATION = Limit("join-invitation", 10, timedelta(hours=1))
JOIN_BY_ADDRESS = Limit("join-address", 60, timedelta(hours=1))

_COUNT = text("""
INSERT INTO try_counts (subject, window_ends, tries) VALUES (:subject, :window_ends, 1)
ON CONFLICT (subject, window_ends) DO UPDATE SET tries = try_counts.tries + 1
RETURNING tries
""").bindparams(bindparam("window_ends", type_=UtcDateTime))

_SWEEP = text("""
DELETE FROM try_counts WHERE (subject, window_ends) IN
(SELECT subject, window_ends FROM try_counts WHERE window_ends <= :now ORDER BY window_ends LIMIT :rows)
""").bindparams(bindparam("now", type_=UtcDateTime))


def spend_try(session: Session, limit: Limit, subject: str, now: datetime, secret_key: str) -> None:
    """Count one try of a subject (a name, an address, an invitation's id).

    Raises:
        TooMany: the window's tries are used up; the error is recorded, so the count stands.
    """
    window_ends = _window_end(limit, now)
    row = {"subject": _keyed(limit, subject, secret_key), "window_ends": window_ends}
    session.execute(_SWEEP, {"now": now, "rows": SWEPT_AT_ONCE})
    tries = session.execute(_COUNT, row).scalar_one()
    if tries > limit.tries:
        seconds = max(1, round((window_ends - now).total_seconds()))
        raise TooMany(
            "too_many_tries",
            "Too many tries. Wait {minutes} minutes and try again.",
            retry_after=seconds,
            minutes=-(-seconds // 60),
        )


def forgive_tries(session: Session, limit: Limit, subject: str, secret_key: str) -> None:
    """Forget the tries of a subject that succeeded in the end."""
    session.execute(delete(TryCount).where(TryCount.subject == _keyed(limit, subject, secret_key)))


def refund_try(session: Session, limit: Limit, subject: str, now: datetime, secret_key: str) -> None:
    """Take back one try of the running window, because it was a good one."""
    session.execute(
        update(TryCount)
        .where(
            TryCount.subject == _keyed(limit, subject, secret_key),
            TryCount.window_ends == _window_end(limit, now),
            TryCount.tries > 0,
        )
        .values(tries=TryCount.tries - 1)
        .execution_options(synchronize_session=False)
    )


def client_address(request: Request, trusted_proxy: str | None) -> str:
    """The network address of the caller. X-Forwarded-For counts only when the one trusted proxy sent it."""
    direct = request.remote_addr or "unknown"
    if trusted_proxy is None or direct != trusted_proxy:
        return direct
    return request.headers.get("X-Forwarded-For", direct).rsplit(",", 1)[-1].strip()


def _window_end(limit: Limit, now: datetime) -> datetime:
    width = int(limit.per.total_seconds())
    return datetime.fromtimestamp((int(now.timestamp()) // width + 1) * width, UTC)


def _keyed(limit: Limit, subject: str, secret_key: str) -> str:
    mac = hmac.new(secret_key.encode(), f"try-count\0{limit.name}\0{subject}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()
