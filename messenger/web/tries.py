"""Counting tries before they are made, and taking back the count of good ones.

The count is a transaction of its own: a request that is refused rolls its own back, and the try must stay counted.
"""

from messenger.web import limits
from messenger.web.limits import Limit
from messenger.web.request_scope import db_session, now, scope

Tried = tuple[Limit, str]
"""A limit, and the name, address or invitation that it counts."""


def spend(*tried: Tried) -> None:
    """Count one try of each.

    Raises:
        TooMany: the tries of one are used up.
    """
    held = scope()
    with held.database.unit_of_work() as session:
        for limit, subject in tried:
            limits.spend_try(session, limit, subject, now(), held.settings.secret_key)


def forgive(limit: Limit, subject: str) -> None:
    """Forget all tries of somebody who has proved in this request who they are."""
    limits.forgive_tries(db_session(), limit, subject, scope().settings.secret_key)


def refund(limit: Limit, subject: str) -> None:
    """Forget this one try, which was good: a clinic's staff share one address and sign in at the same hour."""
    limits.refund_try(db_session(), limit, subject, now(), scope().settings.secret_key)
