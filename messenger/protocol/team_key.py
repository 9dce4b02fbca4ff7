"""A team's key: made by a member, sealed to every member, each generation holding the one before (§2, boxes)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.encoding import derive, hash_text, lines
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamGenerationBody, TeamMember
from messenger.protocol.sealing import SealingKey, SealingPublicKey, open_box, seal, team_box_info

_FIRST: Final = 1


@dataclass(frozen=True)
class NewGeneration:
    """A team key just made: the statement's body, the boxes and the link beside it."""

    body: TeamGenerationBody
    boxes: Mapping[str, bytes]
    link: bytes | None
    key: SealingKey


def make_generation(
    team: str, number: int, members: Mapping[str, SealingPublicKey], before: SealingKey | None
) -> NewGeneration:
    """A new random team key for `members` (account → its sealing key); `before` is the key of the generation before."""
    if (number == _FIRST) != (before is None):
        raise ValueError("every generation but the first links to the one before")
    key = SealingKey.generate()
    boxes = {
        account: seal(public, team_box_info(team, number, account, public.id, key.id), key.seed)
        for account, public in sorted(members.items())
    }
    listed = tuple(TeamMember(account, members[account].id, hash_text(box)) for account, box in boxes.items())
    link = None if before is None else encrypt(_link_key(key), _link_context(team, number), before.seed)
    body = TeamGenerationBody(team, number, key.public, listed, None if link is None else hash_text(link))
    return NewGeneration(body, boxes, link, key)


def make_admission(
    team: str, number: int, key: SealingKey, account: str, public: SealingPublicKey
) -> tuple[TeamAdmissionBody, bytes]:
    """The running key sealed to one who joins: the statement's body and the box beside it."""
    box = seal(public, team_box_info(team, number, account, public.id, key.id), key.seed)
    return TeamAdmissionBody(team, number, account, public.id, hash_text(box)), box


def open_team_key(
    team: str, number: int, member: TeamMember, team_key: SealingPublicKey, private: SealingKey, box: bytes
) -> SealingKey:
    """The team key in a member's box; raises `OpeningFailed`: `wrong_box` when it is not the box that the signed
    statement lists, `cannot_open`, `wrong_commitment` when it holds another key than the team's.
    """
    if member.key != private.id or member.box != hash_text(box):
        raise OpeningFailed("wrong_box", "This is not the box that was sealed to this member.")
    seed = open_box(private, team_box_info(team, number, member.account, private.id, team_key.id), box)
    return _team_key(seed, team_key)


def open_link(
    team: str, number: int, link_hash: str | None, key: SealingKey, before: SealingPublicKey, link: bytes
) -> SealingKey:
    """The key of the generation before, from the link of generation `number`; raises `OpeningFailed` (`wrong_box`,
    `cannot_decrypt`, `wrong_commitment`).
    """
    if link_hash != hash_text(link):
        raise OpeningFailed("wrong_box", "This is not the link that the team's statement lists.")
    return _team_key(decrypt(_link_key(key), _link_context(team, number), link), before)


def _team_key(seed: bytes, public: SealingPublicKey) -> SealingKey:
    key = SealingKey(seed)
    if key.public != public:
        raise OpeningFailed("wrong_commitment", "What was sealed is not the team's key.")
    return key


def _link_key(key: SealingKey) -> bytes:
    return derive(key.seed, b"", "team-link")


def _link_context(team: str, number: int) -> bytes:
    return lines("between/v1/team-link", team, str(number))
