"""When a team's next key is due, and for whom (`docs/protocol.md` §5)."""

from __future__ import annotations

from typing import Literal

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.kinds.invitation import CARE_STAFF
from messenger.protocol.signers import Accounts, known_account
from messenger.protocol.team_chain import TeamChain

GenerationReason = Literal["left", "cover_ended", "key"]


def next_members(team: TeamChain, at: str) -> tuple[str, ...]:
    """Who holds the running key and is in the team at an instant, cover that has not begun yet too; sorted."""
    running = team.running
    held = () if running is None else running.members
    stays = {stay.account: stay for stay in team.stays if stay.ended is None}
    return tuple(sorted(one for one in held if one in stays and not stays[one].is_over(at)))


def is_placed(team: TeamChain, account: AccountChain, at: str) -> bool:
    """Whether somebody who may has placed an account in the team, so that a member may seal it the running key.

    Asked before anything is sealed: who else waits, waits by the server's word alone.
    """
    stays = [stay for stay in team.stays if stay.account == account.account]
    if stays:
        return not stays[-1].is_over(at)
    return account.role in CARE_STAFF - {"cover"} and team.team in account.invitation.teams


def generation_due(team: TeamChain, accounts: Accounts, at: str) -> GenerationReason | None:
    """Why a member makes the team's next key before anything else, or None: the gravest reason of those that hold.

    Raises `ChainRefused` (`unknown_account`).
    """
    if team.running is None:
        return None
    gone = set(team.running.members) - set(next_members(team, at))
    standing = {stay.account for stay in team.stays if stay.ended is None}
    if gone - standing:
        return "left"
    if gone:
        return "cover_ended"
    newest = {one: known_account(accounts, one).current.sealing.id for one in team.running.members}
    return "key" if any(newest[one] != member.key for one, member in team.running.members.items()) else None
