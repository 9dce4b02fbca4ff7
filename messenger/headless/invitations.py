"""Inviting: a secret made here, handed over in person, never sent to the service (`docs/protocol.md` §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from messenger.headless.account import Account
from messenger.headless.identifiers import new_id, now
from messenger.protocol.commitment import Card
from messenger.protocol.encoding import format_time
from messenger.protocol.invitation import InvitationLink, generate_invitation_secret
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.invitation import InvitationBody, Role
from messenger.protocol.statement import make_statement

RUNS: Final = timedelta(days=7)


@dataclass(frozen=True)
class MadeInvitation:
    """An invitation: the link holds the secret and exists nowhere else."""

    invitation: str
    account: str
    link: InvitationLink
    expires: str


def invite(account: Account, role: Role, teams: Sequence[str], card: Card | None = None) -> MadeInvitation:
    """Invites somebody. Staff need the clinic's key, patients this account's own where it is care staff.

    Raises `NotTheKeyHolder`, `ServiceRefused` (`two_administrators_needed`, …).
    """
    own_key = role == "patient" and account.is_care_staff
    signer = account.vault.current.signing if own_key else account.clinic_key()
    invitation, secret = new_id("inv", account.clock), generate_invitation_secret()
    link = InvitationLink(account.api.service, "i", invitation, secret, account.clinic.key.id)
    body = InvitationBody(
        invitation=invitation,
        account=new_id("acc", account.clock),
        clinic=account.clinic.clinic,
        clinic_key=account.clinic.key.id,
        role=role,
        teams=tuple(teams),
        public_key=link.key.public,
        expires=format_time(account.clock.now() + RUNS),
        inviter=account.id,
        card=None,
    )
    return _post(account, body, link, signer, card)


def cancel(account: Account, invitation: str) -> None:
    """Takes an invitation back; raises `ServiceRefused`."""
    account.api.delete(f"/api/invitations/{invitation}")


def _post(
    account: Account, body: InvitationBody, link: InvitationLink, signer: SigningKey, card: Card | None
) -> MadeInvitation:
    committed = None if card is None else card.commit()
    if committed is not None:
        body = replace(body, card=committed.commitment)
    statement = make_statement(body, account=account.id, keys={"inviter": signer}, time=now(account.clock), sequence=0)
    account.api.post(
        "/api/invitations",
        {
            "statement": statement.as_json(),
            "card": None if committed is None else committed.as_json(),
            "label": None,
        },
    )
    return MadeInvitation(body.invitation, body.account, link, body.expires)
