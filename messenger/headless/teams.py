"""Care teams: named by the clinic, keyed by their manager, opened to others by whoever holds the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from messenger.headless.account import Account
from messenger.headless.directory import Directory
from messenger.headless.errors import KeyChanged, NotAMember
from messenger.headless.identifiers import new_id, now
from messenger.protocol.encoding import b64u_encode, hash_text
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.clinic import ClinicKeyShareBody
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamCreateBody, TeamGenerationBody
from messenger.protocol.sealing import SealingKey, SealingPublicKey, clinic_key_box_info, seal
from messenger.protocol.signers import known_account
from messenger.protocol.statement import make_statement
from messenger.protocol.team_chain import TeamChain
from messenger.protocol.team_due import GenerationReason, generation_due, is_placed, next_members
from messenger.protocol.team_key import make_admission, make_generation

_BY_ITSELF: Final[frozenset[GenerationReason | None]] = frozenset({"left", "cover_ended"})
"""Replaced keys are looked at by a person first."""


def create_team(account: Account, name: str, manager: str) -> str:
    """Names a team and its manager in the clinic's word; the team's id. Raises `NotTheKeyHolder`, `ServiceRefused`."""
    team = new_id("tea", account.clock)
    statement = make_statement(
        TeamCreateBody(team, account.clinic.clinic, name, manager),
        account=account.id,
        keys={"clinic": account.clinic_key()},
        time=now(account.clock),
        sequence=0,
    )
    account.api.post("/api/teams", {"statement": statement.as_json()})
    return team


def share_clinic_key(account: Account, directory: Directory, holder: str) -> None:
    """Seals the clinic's key to another administrator.

    Raises `NotTheKeyHolder`, `KeyChanged`, `ServiceRefused` (`chain_moved`).
    """
    key, chain = account.clinic_key(), known_account(directory.find, holder)
    if holder in directory.changed:
        raise KeyChanged(holder)
    public, clinic = chain.current.sealing, account.clinic
    box = seal(public, clinic_key_box_info(clinic.clinic, holder, public.id, key.id), key.seed)
    statement = make_statement(
        ClinicKeyShareBody(clinic.clinic, holder, public.id, hash_text(box)),
        account=account.id,
        keys={"clinic": key},
        time=now(account.clock),
        sequence=len(clinic.hashes),
        previous=clinic.head,
    )
    account.api.post("/api/clinic/statements", {"statement": statement.as_json(), "box": b64u_encode(box)})


def tend_teams(account: Account, directory: Directory) -> list[str]:
    """What a member's client does by itself: the first key of a team it manages, the next where it is due because
    somebody left or cover ended, the running key for who waits.

    The accounts that were let in. Raises `ServiceRefused` (`chain_moved` when a colleague was first), `KeyChanged`.
    """
    admitted: list[str] = []
    for team in list(directory.teams()):
        chain = directory.teams()[team]
        if chain.running is None and account.id in chain.managers:
            _begin(account, directory, chain)
            admitted.append(account.id)
        elif _is_member(account, chain) and generation_due(chain, directory.find, now(account.clock)) in _BY_ITSELF:
            begin_generation(account, directory, team)
        admitted.extend(_admit_waiting(account, directory, team))
    return admitted


def begin_generation(account: Account, directory: Directory, team: str, leaving_out: str | None = None) -> None:
    """A new key for a team and who is in it, such as after one of them had keys stolen; a manager may leave one out.

    Raises `NotAMember`, `ServiceRefused`.
    """
    chain = directory.teams()[team]
    if chain.running is None:
        raise NotAMember
    before = directory.team_key(team, chain.running.sealing_key.id)
    due = next_members(chain, now(account.clock))
    members = {member: _newest_key(directory, member) for member in due if member != leaving_out}
    new = make_generation(team, chain.running.number + 1, members, before)
    _post(account, directory, chain, new.body, new.boxes, new.link)


def _is_member(account: Account, chain: TeamChain) -> bool:
    """Whether the account is in the team for good and holds its key, so that it makes keys and lets others in."""
    at = now(account.clock)
    stay = chain.stay_at(account.id, at)
    return stay is not None and stay.cover is None and chain.reads(chain.running, account.id, at)


def _begin(account: Account, directory: Directory, chain: TeamChain) -> None:
    new = make_generation(chain.team, 1, {account.id: account.vault.current.sealing.public}, None)
    _post(account, directory, chain, new.body, new.boxes, None)


def _admit_waiting(account: Account, directory: Directory, team: str) -> list[str]:
    admitted: list[str] = []
    for waiting in directory.own_box(team).waiting:
        chain = directory.teams()[team]
        running = chain.running
        if running is None or not _is_member(account, chain) or waiting in running.members:
            continue
        joiner = known_account(directory.find, waiting)
        if not is_placed(chain, joiner, now(account.clock)):
            continue
        key: SealingKey = directory.team_key(team, running.sealing_key.id)
        body, box = make_admission(team, running.number, key, waiting, _newest_key(directory, waiting))
        _post(account, directory, chain, body, {waiting: box}, None)
        admitted.append(waiting)
    return admitted


def _newest_key(directory: Directory, account: str) -> SealingPublicKey:
    chain = known_account(directory.find, account)
    if account in directory.changed:
        raise KeyChanged(account)
    return chain.current.sealing


def _post(
    account: Account,
    directory: Directory,
    chain: TeamChain,
    body: TeamGenerationBody | TeamAdmissionBody,
    boxes: Mapping[str, bytes],
    link: bytes | None,
) -> None:
    statement = account.says(body, sequence=len(chain.hashes), previous=chain.head)
    request: JsonObject = {
        "statement": statement.as_json(),
        "boxes": {member: b64u_encode(box) for member, box in boxes.items()},
        "link": None if link is None else b64u_encode(link),
    }
    account.api.post(f"/api/teams/{chain.team}/statements", request)
    directory.forget()
