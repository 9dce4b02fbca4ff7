"""The people of a clinic as others may see them: role, card, and the chain that vouches for their keys."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from messenger.accounts import store
from messenger.accounts.models import Account, Invitation
from messenger.chains import service as chains
from messenger.errors import NotFound
from messenger.protocol.commitment import CommittedText
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.statement import Envelope
from messenger.roles import Role


@dataclass(frozen=True)
class Person:
    """Somebody who has joined. `card` is null for patients; `chain` begins with their invitation."""

    account: str
    clinic: str
    role: Role
    inviter: str
    card: CommittedText | None
    chain: list[Envelope]
    joined: datetime

    def as_json(self) -> JsonObject:
        """`{account, role, card, chain}`, as it travels."""
        return {
            "account": self.account,
            "role": self.role.value,
            "card": None if self.card is None else self.card.as_json(),
            "chain": [envelope.as_json() for envelope in self.chain],
        }


@dataclass(frozen=True)
class Entry:
    """A person without their chain, for lists; `sealing_key_id` is the current one."""

    account: str
    clinic: str
    role: Role
    card: CommittedText | None
    joined: datetime
    sealing_key_id: str


@dataclass(frozen=True)
class Own:
    """Somebody as they alone are told of themselves."""

    account: str
    clinic: str
    role: Role
    name: str
    language: str
    key_version: int
    vault_version: int
    card: CommittedText | None


def get_own(session: Session, account: str) -> Own:
    """The account itself.

    Raises:
        NotFound: nobody has joined under this id.
    """
    row = store.get_account(session, account)
    return Own(
        account=row.account,
        clinic=row.clinic,
        role=Role(row.role),
        name=row.name,
        language=row.language,
        key_version=row.key_version,
        vault_version=row.vault_version,
        card=_card(_invitations(session, [row])[row.account]),
    )


def get_person(session: Session, account: str) -> Person:
    """The person behind an account.

    Raises:
        NotFound: nobody has joined under this id.
    """
    found = list_people(session, [account])
    if not found:
        raise NotFound
    return found[0]


def find_numbered(session: Session, clinic: str, number: str) -> str | None:
    """The one patient of a clinic whom staff call by this number: the last six digits of the account, in either case.

    None where there is no such patient, or more than one: numbers are for people to read out, and may meet.
    """
    found = store.list_accounts_ending(session, clinic, Role.PATIENT.value, number.lower())
    return found[0] if len(found) == 1 else None


def list_people(session: Session, accounts: Collection[str]) -> list[Person]:
    """Those of the accounts that have joined, in the order of joining, with their chains: three queries for all."""
    rows = store.list_accounts(session, accounts)
    invitations = _invitations(session, rows)
    found = chains.list_chains(session, [f"account:{row.account}" for row in rows])
    return [
        Person(
            account=row.account,
            clinic=row.clinic,
            role=Role(row.role),
            inviter=invitations[row.account].inviter,
            card=_card(invitations[row.account]),
            chain=found[f"account:{row.account}"],
            joined=row.joined,
        )
        for row in rows
    ]


def find_entry(session: Session, account: str) -> Entry | None:
    """The person behind an account, or None if nobody has joined under this id."""
    return next(iter(list_entries(session, [account])), None)


def list_entries(session: Session, accounts: Collection[str]) -> list[Entry]:
    """Those of the accounts that have joined, in the order of joining."""
    return _entries(session, store.list_accounts(session, accounts))


def list_entries_of_roles(session: Session, clinic: str, roles: Iterable[Role]) -> list[Entry]:
    """Everybody of a clinic with one of these roles, in the order of joining."""
    return _entries(session, store.list_accounts_of_roles(session, clinic, [role.value for role in roles]))


def _entries(session: Session, rows: Collection[Account]) -> list[Entry]:
    invitations = _invitations(session, rows)
    return [
        Entry(row.account, row.clinic, Role(row.role), _card(invitations[row.account]), row.joined, row.sealing_key_id)
        for row in rows
    ]


def _invitations(session: Session, rows: Collection[Account]) -> dict[str, Invitation]:
    found = store.list_invitations_of(session, [row.account for row in rows])
    return {invitation.account: invitation for invitation in found}


def _card(invitation: Invitation) -> CommittedText | None:
    if invitation.card_salt is None or invitation.card_text is None:
        return None
    return CommittedText(invitation.card_salt, invitation.card_text)
