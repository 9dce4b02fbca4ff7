"""Oneself, as the clinic knows one."""

from datetime import datetime

from sqlalchemy.orm import Session

from messenger.accounts import people
from messenger.protocol.json_strict import JsonObject
from messenger.teams import service


def view_oneself(session: Session, account: str, at: datetime) -> JsonObject:
    """The account's own entry, with the versions its client compares with what it holds, and its teams."""
    own = people.get_own(session, account)
    return {
        "account": own.account,
        "clinic": own.clinic,
        "role": own.role.value,
        "name": own.name,
        "language": own.language,
        "key_version": own.key_version,
        "vault_version": own.vault_version,
        "teams": list(service.teams_of(session, account, at)),
        "card": None if own.card is None else own.card.as_json(),
    }
