"""What a joiner checks before making a key: who invites, into which clinic and teams (`docs/protocol.md` §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from messenger.protocol.account_chain import AccountChain, verify_account_chain, verify_invitation
from messenger.protocol.clinic_chain import ClinicChain, verify_clinic_chain
from messenger.protocol.errors import ChainRefused
from messenger.protocol.invitation import InvitationLink
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.statement import Envelope, peek_body
from messenger.protocol.team_chain import TeamChain, verify_team_chain


@dataclass(frozen=True)
class ServedOffer:
    """What the server answers for an invitation; nothing of it is believed yet.

    `inviter` is the chain of who signed with a key of their own, None where the clinic signed; `members` are the chains
    of the teams' members, whom the clinic invited.
    """

    clinic: Sequence[Envelope]
    invitation: Envelope
    inviter: tuple[str, Sequence[Envelope]] | None
    teams: Mapping[str, Sequence[Envelope]]
    members: Mapping[str, Sequence[Envelope]]


@dataclass(frozen=True)
class Offer:
    """An invitation that was verified down from the fingerprint in the link."""

    clinic: ClinicChain
    invitation: InvitationBody
    inviter: AccountChain | None
    teams: Mapping[str, TeamChain]
    members: Mapping[str, AccountChain]


def verify_offer(link: InvitationLink, served: ServedOffer, now: str) -> Offer:
    """The offer behind a link, at the instant `now`.

    Raises `ChainRefused`: what the chains raise, `wrong_invitation` (another one than the link's), `wrong_secret` (not
    made with the link's secret), `invitation_expired`, `unknown_team`.
    """
    clinic = verify_clinic_chain(served.clinic, link.fingerprint)
    inviter = None if served.inviter is None else verify_account_chain(served.inviter[1], served.inviter[0], clinic)
    # The account is the server's to name here and nowhere later: from now on the joiner's client holds it itself.
    account = _account_of(served.invitation)
    invitation = verify_invitation(served.invitation, account, clinic, inviter).body
    if invitation.invitation != link.invitation:
        raise ChainRefused("wrong_invitation", "This is another invitation than the link's.")
    if invitation.public_key != link.key.public:
        raise ChainRefused("wrong_secret", "This invitation was not made with the secret of the link.")
    if now >= invitation.expires:
        raise ChainRefused("invitation_expired", "This invitation has expired.")
    members = {account: verify_account_chain(chain, account, clinic) for account, chain in served.members.items()}
    missing = set(invitation.teams) - set(served.teams)
    if missing:
        raise ChainRefused("unknown_team", "The invitation names a team that was not served.")
    teams = {team: verify_team_chain(served.teams[team], team, clinic, members.get) for team in invitation.teams}
    return Offer(clinic, invitation, inviter, teams, members)


def _account_of(envelope: Envelope) -> str:
    return peek_body(envelope, InvitationBody).account
