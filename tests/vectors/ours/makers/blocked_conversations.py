"""Conversations in which somebody is blocked: links, when one is due, and what of the past is opened to whom."""

from __future__ import annotations

from messenger.protocol.consent_chain import ConsentStatement
from messenger.protocol.history_due import history_due
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.conversation import ConversationHistoryBody, OpenedEpoch
from messenger.protocol.rotation import rotation_due
from tests.vectors.ours.makers.consents import consent_body
from tests.vectors.ours.makers.conversation import CONVERSATION, Conversation, Surroundings, accounts, epoch
from tests.vectors.ours.makers.conversation import peggy_and_team as whole
from tests.vectors.ours.makers.team_people import PERIOD, START, Told
from tests.vectors.ours.makers.world import (
    AMARA,
    DINA,
    MEI,
    PEGGY,
    ROBBED,
    TEAM,
    TOM,
    Person,
    at,
    some_hash,
    wire,
)

Block = BlockBody | UnblockBody
ONE = consent_body("one")
THREE = START.appoints(MEI, 50, "physician").admits(MEI, 51)
"""Amara, Tom and Mei."""


def block(person: Person) -> BlockBody:
    """Peggy keeps somebody from reading."""
    return BlockBody(PEGGY.account, person.account)


def unblock(person: Person) -> UnblockBody:
    """Peggy lets them again."""
    return UnblockBody(PEGGY.account, person.account)


def people(*persons: Person) -> dict[str, str]:
    """Peggy and these, each under their newest key."""
    return {one.account: one.sealing().id for one in (PEGGY, *persons)}


def _around(*decisions: ConsentStatement | Block, team: Told = THREE) -> Conversation:
    return Conversation(Surroundings(consents=(ONE, *decisions), team=team.statements))


def _begun(
    *persons: Person, around: Conversation, head: int = 2, minutes: int = 300, by: Person = PEGGY
) -> Conversation:
    readers = people(*persons) if persons else whole()
    return around.created(by, minutes=minutes, epoch=epoch(1, readers), consent_head=around.consent_head(head))


def _after(
    before: Conversation, *persons: Person, head: int = 2, minutes: int = 500, by: Person = PEGGY
) -> Conversation:
    readers, number = people(*persons) if persons else whole(), len(before.statements) + 1
    link = epoch(number, readers)
    return before.rotated(by, minutes=minutes, number=number, epoch=link, consent_head=before.consent_head(head))


def control_case(name: str, conversation: Conversation, error: str | None) -> JsonObject:
    around, statements = conversation.around, conversation.statements
    case: JsonObject = {
        "name": name,
        "consents": wire(around.consent_statements()),
        "team": wire(around.team_statements()),
        "statements": wire(statements),
    }
    if error is not None:
        return {**case, "error": error}
    chain = around.verify(statements)
    return {**case, "epochs": [[one.reader for one in link.epoch.readers] for link in chain.links]}


Case = tuple[str, Conversation, str | None]


def links() -> list[Case]:
    blocked, again = _around(block(TOM)), _around(block(TOM), unblock(TOM))
    team = _begun(around=blocked, head=1)
    apart = _after(team, AMARA, MEI)
    return [
        ("the others from the block on", apart, None),
        ("rotated by one of the others", _after(apart, AMARA, MEI, minutes=600, by=MEI), None),
        ("begun after the block", _begun(AMARA, MEI, around=blocked), None),
        ("begun after the block by one of the others", _begun(AMARA, MEI, around=blocked, by=MEI), None),
        ("on the word of before the block", _after(team, head=1), None),
        (
            "the team again once nobody is blocked",
            _after(_after(_begun(around=again, head=1), AMARA, MEI), head=3),
            None,
        ),
        ("everybody blocked but the patient", _begun_alone(_around(block(TOM), block(MEI), block(AMARA))), None),
        ("somebody blocked who is not in the team", _begun(around=_around(block(ROBBED))), None),
        ("named by one of the others", _after(team, AMARA, MEI).named(MEI, number=2), None),
    ]


def _begun_alone(around: Conversation) -> Conversation:
    return around.created(epoch=epoch(1, people()), consent_head=around.consent_head(4))


def links_refused() -> list[Case]:
    blocked = _around(block(TOM))
    team, tom = _begun(around=blocked, head=1), consent_body("two", TOM.account)
    by_name = _begun(AMARA, MEI, TOM, around=_around(tom, block(TOM)), head=3)
    second = {**people(AMARA, MEI), TEAM: whole()[TEAM]}
    return [
        ("the team's key after the block", _after(team), "wrong_readers"),
        ("whom the patient blocked", _after(team, AMARA, MEI, TOM), "wrong_readers"),
        ("whom the patient blocked, by a consent of their own", by_name, "wrong_readers"),
        (
            "the others and the team's key too",
            team.rotated(epoch=epoch(2, second), consent_head=team.consent_head(2)),
            "wrong_readers",
        ),
        ("one of the others left out", _after(team, AMARA), "wrong_readers"),
        ("back to before the block", _after(_after(team, AMARA, MEI), head=1, minutes=600), "consent_went_back"),
        ("the others before the block", _after(team, AMARA, MEI, head=1), "wrong_readers"),
        ("begun by whom the patient blocked", _begun(AMARA, MEI, around=blocked, by=TOM), "not_covered"),
        (
            "rotated by whom the patient blocked",
            _after(_after(team, AMARA, MEI), AMARA, MEI, minutes=600, by=TOM),
            "not_covered",
        ),
        ("named by whom the patient blocked", _after(team, AMARA, MEI).named(TOM, number=2), "not_covered"),
    ]


def clocks() -> list[Case]:
    """A team changes at a time, and clocks differ: for twenty minutes around it either readers are right."""
    joins = _around(block(TOM), team=START.appoints(MEI, 480, "physician").admits(MEI, 500))
    leaves = _around(block(TOM), team=THREE.removes(MEI, 500))
    late = _around(block(ROBBED), team=START.appoints(ROBBED, 480).admits(ROBBED, 500))
    cover = START.appoints(DINA, 50, "physician", cover=PERIOD).admits(DINA, 51)
    covered = _around(block(TOM), team=cover)
    return [
        ("nobody who joins much later", _begun(AMARA, around=joins, minutes=479), None),
        ("who joins later, much too early", _begun(AMARA, MEI, around=joins, minutes=479), "wrong_readers"),
        ("who joins, by a clock behind", _begun(AMARA, MEI, around=joins, minutes=480), None),
        ("without who joined, by a clock behind", _begun(AMARA, around=joins, minutes=520), None),
        ("without who joined, long after", _begun(AMARA, around=joins, minutes=521), "wrong_readers"),
        ("who left, by a clock behind", _begun(AMARA, MEI, around=leaves, minutes=520), None),
        ("who left long before", _begun(AMARA, MEI, around=leaves, minutes=521), "wrong_readers"),
        ("without who leaves, long before", _begun(AMARA, around=leaves, minutes=479), "wrong_readers"),
        ("the team until somebody blocked joins", _begun(around=late, minutes=520), None),
        ("the team long after somebody blocked joined", _begun(around=late, minutes=521), "wrong_readers"),
        ("the others once somebody blocked has joined", _begun(AMARA, TOM, around=late, minutes=521), None),
        ("cover in its period", _begun(AMARA, DINA, around=covered, minutes=500), None),
        ("cover before its period", _begun(AMARA, DINA, around=covered, minutes=499), "wrong_readers"),
        ("without cover in its period", _begun(AMARA, around=covered, minutes=599), "wrong_readers"),
    ]


def rotation_case(name: str, conversation: Conversation, minutes: int, expected: str | None) -> JsonObject:
    around = conversation.around
    chain = around.verify(conversation.statements)
    due = rotation_due(chain, around.consent_chain(), around.teams(), accounts, at(minutes))
    assert due == expected, (name, due)
    return {**control_case(name, conversation, None), "now": at(minutes), "reason": due}


def rotations() -> list[tuple[str, Conversation, int, str | None]]:
    blocked, again = _around(block(TOM)), _around(block(TOM), unblock(TOM))
    apart = _begun(AMARA, MEI, around=blocked)
    joins = _around(block(TOM), team=START.appoints(MEI, 480, "physician").admits(MEI, 500))
    leaves = _around(block(TOM), team=THREE.removes(MEI, 500))
    covered = _around(block(TOM), team=START.appoints(DINA, 50, "physician", cover=PERIOD).admits(DINA, 51))
    return [
        ("somebody blocked", _begun(around=blocked, head=1), 301, "removed"),
        ("nothing since the block", apart, 301, None),
        ("unblocked", _begun(AMARA, MEI, around=again), 301, "removed"),
        ("a colleague joined", _begun(AMARA, around=joins), 501, "added"),
        ("a colleague left", _begun(AMARA, MEI, around=leaves), 501, "removed"),
        ("cover is not yet", _begun(AMARA, around=covered), 499, None),
        ("cover has begun", _begun(AMARA, around=covered), 500, "added"),
        ("cover is over", _begun(AMARA, DINA, around=covered, minutes=550), 600, "removed"),
    ]


def history_case(name: str, conversation: Conversation, minutes: int, error: str | None) -> JsonObject:
    case = control_case(name, conversation, error)
    if error is not None:
        return case
    around = conversation.around
    due = history_due(around.verify(conversation.statements), around.consent_chain(), around.teams(), at(minutes))
    told: list[JsonValue] = [
        {"consent": one.consent, "reader": one.reader, "key": one.key, "epochs": [*one.epochs]} for one in due
    ]
    return {**case, "now": at(minutes), "due": told}


def histories() -> list[tuple[str, Conversation, int, str | None]]:
    joins = _around(block(TOM), team=START.appoints(MEI, 480, "physician").admits(MEI, 500))
    came = _after(_after(_begun(around=joins, head=1), AMARA, minutes=400), AMARA, MEI, minutes=600)
    again = _around(block(TOM), unblock(TOM))
    returned = _after(_after(_begun(around=again, head=1), AMARA, MEI, minutes=400), head=3, minutes=600)
    apart = _after(_begun(around=_around(block(TOM)), head=1), AMARA, MEI)
    return [
        ("the others hold what the team could read", apart, 700, None),
        ("a colleague who came is due what was said among the others", came, 700, None),
        ("opened to the colleague", came.then(_opens(MEI.account, MEI.sealing().id, 2), AMARA, 650), 700, None),
        ("the team again is due what was said without it", returned, 700, None),
        (
            "opened to somebody outside",
            came.then(_opens(TOM.account, TOM.sealing().id, 2), AMARA, 650),
            700,
            "wrong_readers",
        ),
        (
            "opened by whom the patient blocked",
            came.then(_opens(MEI.account, MEI.sealing().id, 2), TOM, 650),
            700,
            "not_covered",
        ),
    ]


def _opens(reader: str, key: str, number: int) -> ConversationHistoryBody:
    opened = (OpenedEpoch(number, some_hash(f"history box {number}")),)
    return ConversationHistoryBody(CONVERSATION, ONE.consent, reader, key, opened)
