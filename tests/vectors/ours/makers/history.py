"""Vectors of history: earlier epochs opened to a later reader, which of them are due, and their boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from messenger.protocol.consent_chain import ConsentStatement
from messenger.protocol.encoding import b64u_encode, hash_text
from messenger.protocol.epoch import epoch_commitment
from messenger.protocol.history_due import history_due
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.conversation import ConversationHistoryBody, OpenedEpoch
from messenger.protocol.sealing import history_box_info
from tests.vectors.ours.makers.chains import TEAM_KEYS
from tests.vectors.ours.makers.consents import OAK, changed, consent_body, revoked
from tests.vectors.ours.makers.conversation import (
    CONVERSATION,
    Conversation,
    Surroundings,
    epoch,
    epoch_key,
    peggy_and_team,
)
from tests.vectors.ours.makers.pinned import pinned_box
from tests.vectors.ours.makers.world import AMARA, CHEN, PEGGY, ROBBED, TEAM, TOM, Person, at, made_id, some_hash, wire

ONE, TWO = consent_body("one"), replace(consent_body("two", ROBBED.account), not_before=at(200))
WITHOUT = replace(consent_body("three", ROBBED.account), history="none")
NOW: Final = 850
Case = tuple[str, Conversation, str | None]


def history() -> JsonObject:
    """`chains`: what was opened, judged by the people of `chains.json`; `due`: what is to be opened still, at `now`."""
    cases = [*_opened(), *_not_readers(), *_not_consented(), *_beyond_consent()]
    return {
        "conversation": CONVERSATION,
        "patient": PEGGY.account,
        "chains": [_case(*case) for case in cases],
        "due": [_due_case(*case) for case in _due()],
        "boxes": _boxes(),
    }


def _served(name: str, conversation: Conversation) -> JsonObject:
    around = conversation.around
    return {
        "name": name,
        "consents": wire(around.consent_statements()),
        "team": wire(around.team_statements()),
        "statements": wire(conversation.statements),
    }


def _case(name: str, conversation: Conversation, error: str | None) -> JsonObject:
    case = _served(name, conversation)
    if error is not None:
        return {**case, "error": error}
    chain = conversation.around.verify(conversation.statements)
    opened: list[JsonValue] = [
        {
            "statement": grant.statement,
            "place": grant.place,
            "time": grant.time,
            "signer": grant.signer,
            "consent": grant.consent,
            "reader": grant.reader,
            "key": grant.key,
            "epochs": [{"number": number, "box": box} for number, box in grant.boxes.items()],
        }
        for grant in chain.history
    ]
    return {**case, "head": chain.head, "history": opened}


def _due_case(name: str, conversation: Conversation, expected: tuple[int, ...]) -> JsonObject:
    around = conversation.around
    due = history_due(around.verify(conversation.statements), around.consent_chain(), around.teams(), at(NOW))
    assert [(one.reader, one.epochs) for one in due] == ([(ROBBED.account, expected)] if expected else []), name
    told: list[JsonValue] = [
        {"consent": one.consent, "reader": one.reader, "key": one.key, "epochs": [*one.epochs]} for one in due
    ]
    return {**_served(name, conversation), "now": at(NOW), "due": told}


def joined(*decisions: ConsentStatement, head: int = 2, keys: Mapping[str, str] | None = None) -> Conversation:
    """Peggy and her team since minute 300 and a second epoch since 500; with the nurse since a third, minute 700."""
    begun = Conversation(Surroundings(consents=(ONE, *(decisions or (TWO,))))).created().rotated()
    readers = keys or {**peggy_and_team(), ROBBED.account: ROBBED.sealing().id}
    return begun.rotated(
        number=3, minutes=700, epoch=epoch(3, readers), consent_head=begun.consent_head(head), reason="added"
    )


def opening(*numbers: int, **changes: Any) -> ConversationHistoryBody:
    """These epochs opened to the nurse under the second consent."""
    opened = tuple(OpenedEpoch(number, some_hash(f"history box {number}")) for number in numbers)
    body = ConversationHistoryBody(CONVERSATION, TWO.consent, ROBBED.account, ROBBED.sealing().id, opened)
    return replace(body, **changes)


def _since(minutes: int) -> ConsentBody:
    return replace(TWO, history="from", history_from=at(minutes))


def _opened_by(person: Person, conversation: Conversation, *numbers: int, **changes: Any) -> Conversation:
    return conversation.then(opening(*numbers, **changes), person, 800)


def _opened() -> list[Case]:
    all_of_it = joined()
    extended = joined(replace(TWO, history="none"), changed(TWO), head=3)
    narrowed = joined(TWO, changed(TWO, history="none"))
    # The nurse alone at first, under keys that were replaced since; the team comes with the third epoch.
    old = {PEGGY.account: PEGGY.sealing().id, ROBBED.account: ROBBED.sealing(1).id}
    nurse_first = Surroundings(consents=(replace(ONE, grantee=ROBBED.account), replace(TWO, grantee=TEAM)))
    with_nurse = Conversation(nurse_first).created(epoch=epoch(1, old))
    with_nurse = with_nurse.rotated(PEGGY, epoch=epoch(2, {**old, ROBBED.account: ROBBED.sealing().id}))
    everybody = {**peggy_and_team(), ROBBED.account: ROBBED.sealing().id}
    with_team = with_nurse.rotated(
        PEGGY, number=3, minutes=700, epoch=epoch(3, everybody), consent_head=with_nurse.consent_head(2)
    )
    return [
        ("all of it, by the team's manager", _opened_by(AMARA, all_of_it, 1, 2), None),
        ("all of it, by the patient", _opened_by(PEGGY, all_of_it, 1, 2), None),
        ("a part of it, by a nurse of the team", _opened_by(TOM, all_of_it, 2), None),
        ("the rest of it later", _opened_by(PEGGY, _opened_by(TOM, all_of_it, 2), 1), None),
        ("once more, with other boxes", _opened_by(PEGGY, _opened_by(TOM, all_of_it, 1, 2), 1, 2), None),
        ("from a date on", _opened_by(AMARA, joined(_since(400)), 2), None),
        ("from the instant in which the epoch began", _opened_by(AMARA, joined(_since(500)), 2), None),
        (
            "under a consent to this conversation alone",
            _opened_by(PEGGY, joined(replace(TWO, scope=CONVERSATION)), 1),
            None,
        ),
        ("after the consent was extended and a rotation named it", _opened_by(AMARA, extended, 1, 2), None),
        ("under the terms of the running link, narrowed since", _opened_by(AMARA, narrowed, 1, 2), None),
        (
            "to a team, by the nurse who was there first",
            _opened_by(ROBBED, with_team, 1, 2, reader=TEAM, key=TEAM_KEYS[0].id),
            None,
        ),
        (
            "to the new key of one who was there under the old",
            _opened_by(PEGGY, with_team, 1, consent=ONE.consent),
            None,
        ),
    ]


def _due() -> list[tuple[str, Conversation, tuple[int, ...]]]:
    """Nothing is opened yet, or by the links themselves; with the epochs that are due to the one later reader."""
    later = Surroundings(second_generation=(AMARA,))
    generation = Conversation(later).created().rotated(epoch=epoch(2, peggy_and_team(2)), reason="team")
    without = replace(TWO, history="none")
    begun = _opened_by(PEGGY, joined(), 2)
    return [
        ("all of it is due", joined(), (1, 2)),
        ("what was opened already is not", begun, (1,)),
        ("nothing is due where nothing was consented to", joined(without), ()),
        ("from a date on is due", joined(_since(400)), (2,)),
        ("an epoch that ran on the date is not", joined(_since(501)), ()),
        ("nothing is due to a team for its new generation", generation, ()),
        ("nothing is due once it was narrowed", joined(TWO, changed(TWO, history="none")), ()),
        ("what was extended waits for a rotation", joined(without, changed(TWO)), ()),
        ("nothing is due once it was revoked", joined(TWO, revoked(TWO)), ()),
        ("the wider of two consents counts", joined(WITHOUT, TWO, head=3), (1, 2)),
        ("nothing is due after the end", joined(replace(TWO, until=at(NOW))), ()),
    ]


def _not_readers() -> list[Case]:
    before = Conversation(Surroundings(consents=(ONE, TWO))).created().rotated()
    without = Conversation(Surroundings(consents=(ONE, replace(TWO, history="none")))).created().rotated()
    return [
        ("by somebody who is no reader", _opened_by(CHEN, joined(), 1), "not_covered"),
        ("before the rotation that adds the reader", _opened_by(AMARA, before, 1), "wrong_readers"),
        ("the running epoch, before the rotation that adds the reader", _opened_by(AMARA, before, 2), "wrong_readers"),
        ("the running epoch without history", _opened_by(AMARA, without, 2), "wrong_readers"),
        ("to somebody nobody consented to", _opened_by(AMARA, joined(), 1, reader=CHEN.account), "wrong_readers"),
        ("to a key that was replaced", _opened_by(AMARA, joined(), 1, key=ROBBED.sealing(1).id), "unknown_reader_key"),
        ("to another's key", _opened_by(AMARA, joined(), 1, key=CHEN.sealing().id), "unknown_reader_key"),
        ("in another conversation", joined().then(opening(1, conversation=OAK), AMARA, 800), "broken_chain"),
        ("in place of a beginning", Conversation().then(opening(1), AMARA, 800), "wrong_type"),
    ]


def _not_consented() -> list[Case]:
    elsewhere = joined(replace(TWO, scope=OAK), WITHOUT, head=3)
    revoked_since = joined(TWO, WITHOUT, revoked(TWO), head=4)
    return [
        (
            "under a consent nobody gave",
            _opened_by(AMARA, joined(), 1, consent=made_id("cns", "none")),
            "not_consented",
        ),
        ("under the team's consent", _opened_by(AMARA, joined(), 1, consent=ONE.consent), "not_consented"),
        ("to the patient under another's consent", _to_peggy(joined()), "not_consented"),
        ("under a consent to another conversation", _opened_by(AMARA, elsewhere, 1), "not_consented"),
        ("under a consent that was revoked", _opened_by(AMARA, revoked_since, 1), "not_consented"),
        ("under a consent that has ended", _opened_by(AMARA, joined(replace(TWO, until=at(800))), 1), "not_consented"),
        (
            "under a consent given since",
            _opened_by(AMARA, joined(TWO, WITHOUT), 1, consent=WITHOUT.consent),
            "not_consented",
        ),
    ]


def _to_peggy(conversation: Conversation) -> Conversation:
    return _opened_by(AMARA, conversation, 1, reader=PEGGY.account, key=PEGGY.sealing().id)


def _beyond_consent() -> list[Case]:
    refused = "history_not_consented"
    without = joined(replace(TWO, history="none"))
    fourth = {**peggy_and_team(), ROBBED.account: ROBBED.sealing().id}
    further = joined().rotated(number=4, minutes=750, epoch=epoch(4, fourth), consent_head=joined().consent_head(2))
    extended_since = joined(replace(TWO, history="none"), changed(TWO))
    return [
        ("without history, the first epoch", _opened_by(AMARA, without, 1), refused),
        ("without history, the epoch at the time of the consent", _opened_by(AMARA, without, 2), refused),
        ("without history, the running epoch", _opened_by(AMARA, without, 3), refused),
        ("the running epoch", _opened_by(AMARA, joined(), 3), refused),
        ("an epoch that never was", _opened_by(AMARA, joined(), 9), refused),
        ("an epoch that the reader's key has already", _opened_by(AMARA, further, 3), refused),
        ("an epoch that ran on the date", _opened_by(AMARA, joined(_since(501)), 2), refused),
        ("one epoch too many", _opened_by(AMARA, joined(_since(400)), 1, 2), refused),
        ("under terms that no rotation named yet", _opened_by(AMARA, extended_since, 1), refused),
    ]


def _boxes() -> list[JsonValue]:
    key, reader, conversation = epoch_key(1), ROBBED.sealing(), CONVERSATION
    commitment = epoch_commitment(conversation, 1, key)
    place = (conversation, 1, ROBBED.account, reader.id, commitment)
    good_info = history_box_info(*place, TWO.consent)
    good, lying = pinned_box(reader, good_info, key), pinned_box(reader, good_info, epoch_key(2))
    other_consent = pinned_box(reader, history_box_info(*place, ONE.consent), key)
    other_place = pinned_box(reader, history_box_info(OAK, *place[1:], TWO.consent), key)
    cases: list[tuple[str, bytes, bytes, str, str | None]] = [
        ("the box that is listed", good, good, reader.id, None),
        ("another box than is listed", good, lying, reader.id, "wrong_box"),
        ("listed for another key", good, good, PEGGY.sealing().id, "wrong_box"),
        ("sealed under another consent", other_consent, other_consent, reader.id, "cannot_open"),
        ("sealed for another conversation", other_place, other_place, reader.id, "cannot_open"),
        ("another key than is committed to", lying, lying, reader.id, "wrong_commitment"),
    ]
    made: list[JsonValue] = []
    for name, listed, box, key_id, error in cases:
        body = opening(1, key=key_id, epochs=(OpenedEpoch(1, hash_text(listed)),))
        outcome: JsonObject = {"key_hex": key.hex()} if error is None else {"error": error}
        first = epoch(1, peggy_and_team()).as_json()
        seed = reader.seed.hex()
        made.append(
            {"name": name, "body": body.as_json(), "epoch": first, "seed_hex": seed, "box": b64u_encode(box), **outcome}
        )
    return made
