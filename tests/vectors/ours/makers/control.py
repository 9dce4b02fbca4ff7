"""Vectors of control chains and when an epoch must be left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from messenger.protocol.consent_chain import ConsentStatement
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.conversation import (
    ConversationRotationBody,
)
from messenger.protocol.rotation import rotation_due
from tests.vectors.ours.makers.chains import TEAM_KEYS
from tests.vectors.ours.makers.consents import OAK, changed, consent_body, revoked
from tests.vectors.ours.makers.conversation import (
    CONVERSATION,
    Conversation,
    Surroundings,
    accounts,
    epoch,
    peggy_and_team,
)
from tests.vectors.ours.makers.world import (
    AMARA,
    CHEN,
    OTHER_TEAM,
    PEGGY,
    ROBBED,
    TEAM,
    TOM,
    at,
    made_id,
    newer,
    some_hash,
    wire,
)

_WEEK = 7 * 24 * 60
Control = tuple[str, Conversation, str | None]


def control_chains() -> JsonObject:
    """`chains` are judged by the people and the clinic of `chains.json`; `rotation` says when an epoch must be left."""
    return {
        "conversation": CONVERSATION,
        "patient": PEGGY.account,
        "chains": [
            _control(*case) for case in [*_good(), *_bad_beginnings(), *_bad_rotations(), *_bad_since(), *_bad_order()]
        ],
        "rotation": _rotations(),
    }


def _control(name: str, conversation: Conversation, error: str | None) -> JsonObject:
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
    return {
        **case,
        "head": statements[-1].hash,
        "epochs": [[reader.reader for reader in link.epoch.readers] for link in chain.links],
        "name_of": None if chain.name is None else {"epoch": chain.name.epoch, "ciphertext": chain.name.ciphertext},
    }


def _good() -> list[Control]:
    begun = Conversation().created()
    later = Surroundings(second_generation=(AMARA,))
    with_tom = Surroundings(
        consents=(consent_body("one"), replace(consent_body("two", TOM.account), not_before=at(200)))
    )
    three = {**peggy_and_team(), TOM.account: TOM.sealing().id}
    rotated = (
        Conversation(with_tom)
        .created()
        .rotated(TOM, epoch=epoch(2, three), consent_head=Conversation(with_tom).consent_head(2))
    )
    return [
        ("begun by the patient", begun, None),
        ("begun by a nurse of the team", Conversation().created(TOM), None),
        ("begun without a name", Conversation().created(name=None), None),
        ("renamed by the nurse", begun.named(), None),
        ("rotated by the patient", begun.rotated(PEGGY), None),
        ("rotated by the team and renamed", begun.rotated().named(number=2), None),
        ("a name lost by a rotation", begun.rotated(name=None), None),
        (
            "the team's second generation",
            Conversation(later).created().rotated(epoch=epoch(2, peggy_and_team(2)), reason="team"),
            None,
        ),
        ("a reader added by a second consent", rotated, None),
        *_decided_since(),
        (
            "something from a newer version",
            Conversation(
                begun.around, [*begun.statements, newer(f"conversation:{CONVERSATION}", begun.statements)]
            ).rotated(),
            None,
        ),
    ]


def _decided_since() -> list[Control]:
    """Links after, or on the word of before, a change or an end of the consents."""
    ends = Surroundings(consents=(consent_body("one"), revoked(consent_body("one"))))
    begun, alone = Conversation(ends).created(), {PEGGY.account: PEGGY.sealing().id}
    shorter = Surroundings(consents=(consent_body("one"), changed(consent_body("one"), until=at(450))))
    unread = Surroundings(unread=True)
    last = Conversation(shorter).created(minutes=449, consent_head=Conversation(shorter).consent_head(2))
    return [
        ("on the word of before a revocation", begun.rotated(), None),
        ("a revoked team left out", begun.rotated(epoch=epoch(2, alone), consent_head=begun.consent_head(2)), None),
        ("before the shortened consent ends", last, None),
        ("before a newer version wrote into the consents", Conversation(unread).created().rotated(), None),
    ]


def _bad_since() -> list[Control]:
    ends = Surroundings(consents=(consent_body("one"), revoked(consent_body("one"))))
    begun = Conversation(ends).created()
    second = begun.consent_head(2)
    alone = {PEGGY.account: PEGGY.sealing().id}
    moved = begun.rotated(epoch=epoch(2, alone), consent_head=second)
    closed = Surroundings(consents=(consent_body("one"), changed(consent_body("one"), may_open=False)))
    unread = Conversation(Surroundings(unread=True))
    return [
        ("a revoked team kept", begun.rotated(consent_head=second), "wrong_readers"),
        ("a team left out before it was revoked", begun.rotated(epoch=epoch(2, alone)), "wrong_readers"),
        ("back to before the revocation", moved.rotated(PEGGY, number=3), "consent_went_back"),
        ("rotated by a nurse of a revoked team", moved.rotated(TOM, number=3, consent_head=second), "wrong_readers"),
        (
            "rotated without itself by a nurse of a revoked team",
            moved.rotated(TOM, number=3, consent_head=second, epoch=epoch(3, alone)),
            "not_covered",
        ),
        (
            "begun by a nurse who no longer may",
            Conversation(closed).created(TOM, consent_head=Conversation(closed).consent_head(2)),
            "not_covered",
        ),
        (
            "after a newer version wrote into the consents",
            unread.created().rotated(consent_head=unread.consent_head(2)),
            "newer_version",
        ),
    ]


def _bad_beginnings() -> list[Control]:
    closed = Surroundings(consents=(replace(consent_body("one"), may_open=False),))
    ended = Surroundings(consents=(replace(consent_body("one"), until=at(250)),))
    future = Surroundings(consents=(replace(consent_body("one"), not_before=at(301)),))
    elsewhere = Surroundings(consents=(replace(consent_body("one"), scope=made_id("cnv", "another")),))
    extra = {**peggy_and_team(), ROBBED.account: ROBBED.sealing().id}
    alone = {PEGGY.account: PEGGY.sealing().id}
    foreign = {**peggy_and_team(), PEGGY.account: CHEN.sealing().id}
    later_key = {**peggy_and_team(), TEAM: TEAM_KEYS[1].id}
    two_teams = Surroundings(consents=(consent_body("one"), consent_body("two", OTHER_TEAM)))
    both = {**peggy_and_team(), OTHER_TEAM: some_hash("another team's key")}
    return [
        ("no statement", Conversation(), "empty_chain"),
        ("begun by a nurse whom the consent does not let begin", Conversation(closed).created(TOM), "not_covered"),
        ("begun by staff outside the team", Conversation().created(ROBBED), "not_covered"),
        ("begun by another patient", Conversation().created(CHEN), "not_covered"),
        ("a reader more than consented to", Conversation().created(epoch=epoch(1, extra)), "wrong_readers"),
        ("a reader fewer", Conversation().created(epoch=epoch(1, alone)), "wrong_readers"),
        ("after the consent has ended", Conversation(ended).created(), "wrong_readers"),
        ("before the consent begins", Conversation(future).created(), "wrong_readers"),
        ("under a consent to another conversation", Conversation(elsewhere).created(), "wrong_readers"),
        ("sealed to another person's key", Conversation().created(epoch=epoch(1, foreign)), "unknown_reader_key"),
        ("sealed to a key the team never had", Conversation().created(epoch=epoch(1, later_key)), "unknown_reader_key"),
        (
            "a team nobody knows",
            Conversation(two_teams).created(epoch=epoch(1, both), consent_head=Conversation(two_teams).consent_head(2)),
            "unknown_team",
        ),
        ("another patient's", Conversation().created(patient=CHEN.account), "wrong_patient"),
        ("another clinic's", Conversation().created(clinic=made_id("cln", "another")), "wrong_clinic"),
        ("a consent nobody gave", Conversation().created(consent_head=some_hash("consent")), "unknown_consent_head"),
        ("begun by a rotation", Conversation().rotated(), "wrong_type"),
        ("another conversation's", Conversation().created(conversation=made_id("cnv", "another")), "broken_chain"),
    ]


def _bad_rotations() -> list[Control]:
    begun = Conversation().created()
    later = Surroundings(second_generation=(AMARA,))
    left = Conversation(later).created()
    moved = left.rotated(epoch=epoch(2, peggy_and_team(2)), reason="team")
    two = Surroundings(consents=(consent_body("one"), replace(consent_body("two", OTHER_TEAM), not_before=at(9000))))
    ahead = Conversation(two).created(consent_head=Conversation(two).consent_head(2))
    extra = {**peggy_and_team(), ROBBED.account: ROBBED.sealing().id}
    return [
        ("rotated by staff outside the team", begun.rotated(ROBBED), "not_covered"),
        ("rotated by another patient", begun.rotated(CHEN), "not_covered"),
        (
            "rotated by a nurse who left the team",
            left.rotated(TOM, epoch=epoch(2, peggy_and_team(2)), reason="team"),
            "not_covered",
        ),
        ("named by a nurse who left the team", moved.named(TOM, number=2), "not_covered"),
        ("an epoch left out", begun.rotated(number=3), "wrong_epoch_number"),
        ("an epoch again", begun.rotated().rotated(), "wrong_epoch_number"),
        ("a reader added without consent", begun.rotated(epoch=epoch(2, extra)), "wrong_readers"),
        ("back to the team's first key", moved.rotated(number=3), "reader_key_went_back"),
        ("back to the consents of before", ahead.rotated(), "consent_went_back"),
        ("a name under another epoch", begun.rotated().named(number=1), "wrong_epoch_number"),
    ]


def _bad_order() -> list[Control]:
    begun = Conversation().created()
    second = begun.rotated()
    third = second.rotated(number=3, minutes=700)
    around = begun.around
    forged = replace(begun.statements[0], signatures=(replace(begun.statements[0].signatures[0], signature=bytes(64)),))
    twice = Conversation(around, [*second.statements, second.statements[1]])
    other_head = Conversation(
        around, [begun.named().statements[0], *Conversation().created(minutes=301).rotated().statements[1:]]
    )
    robbed = replace(consent_body("one"), grantee=ROBBED.account)
    robbed_around = Surroundings(consents=(robbed,))
    readers = {PEGGY.account: PEGGY.sealing().id, ROBBED.account: ROBBED.sealing(2).id}
    old_readers = {**readers, ROBBED.account: ROBBED.sealing(1).id}
    with_robbed = Conversation(robbed_around).created(ROBBED, epoch=epoch(1, readers))
    retired = with_robbed.then(
        ConversationRotationBody(CONVERSATION, with_robbed.consent_head(), epoch(2, readers), "age", None),
        ROBBED,
        500,
        1,
    )
    went_back = with_robbed.rotated(PEGGY, epoch=epoch(2, old_readers))
    return [
        ("the beginning held back", Conversation(around, second.statements[1:]), "wrong_type"),
        ("a rotation held back", Conversation(around, [*begun.statements, third.statements[2]]), "broken_chain"),
        ("a rotation twice", twice, "broken_chain"),
        ("a rotation of another beginning", other_head, "broken_chain"),
        ("a false signature", Conversation(around, [forged]), "bad_signature"),
        ("signed by a key that had been replaced", retired, "retired_key"),
        ("sealed to a key that had been replaced", went_back, "reader_key_went_back"),
        ("a consent in its midst", begun.then(begun.around.consents[0], PEGGY, 500), "wrong_type"),
    ]


def _rotations() -> list[JsonValue]:
    begun = Conversation().created()
    second = Surroundings(second_generation=(AMARA,))
    ends = Surroundings(consents=(replace(consent_body("one"), until=at(900)),))
    person = replace(consent_body("one"), grantee=ROBBED.account)
    old_key = {PEGGY.account: PEGGY.sealing().id, ROBBED.account: ROBBED.sealing(1).id}
    robbed = Conversation(Surroundings(consents=(person,))).created(epoch=epoch(1, old_key))
    adds = Surroundings(consents=(consent_body("one"), replace(consent_body("two", TOM.account), not_before=at(800))))
    one, two = consent_body("one"), replace(consent_body("two", TOM.account), not_before=at(800))

    def decided(*decisions: ConsentStatement) -> Conversation:
        return Conversation(Surroundings(consents=(one, *decisions))).created()

    cases: Sequence[tuple[str, Conversation, int, str | None]] = [
        ("a consent revoked", decided(revoked(one)), 301, "removed"),
        ("a consent ended by a change", decided(changed(one, until=at(301))), 301, "removed"),
        ("a consent put off", decided(changed(one, not_before=at(900))), 301, "removed"),
        ("a consent put off, its start come", decided(changed(one, not_before=at(900))), 900, None),
        ("a consent moved to another conversation", decided(changed(one, scope=OAK)), 301, "removed"),
        ("a consent narrowed to this conversation", decided(changed(one, scope=CONVERSATION)), 301, None),
        ("a consent revoked and another given", decided(revoked(one), consent_body("again")), 301, None),
        ("a consent without history any more", decided(changed(one, history="none")), 301, None),
        ("a consent revoked before its start", decided(two, revoked(two)), 900, None),
        ("a consent brought forward", decided(two, changed(two, not_before=at(250))), 301, "added"),
        ("fresh", begun, 301, None),
        ("a minute before seven days", begun, 300 + _WEEK - 1, None),
        ("seven days old", begun, 300 + _WEEK, "age"),
        ("a new team key", Conversation(second).created(), 450, "team"),
        ("a new key of a reader", robbed, 450, "key"),
        ("a consent ended", Conversation(ends).created(), 900, "removed"),
        ("a consent about to end", Conversation(ends).created(), 899, None),
        ("a consent begun", Conversation(adds).created(), 800, "added"),
        ("a new team key and seven days", Conversation(second).created(), 300 + _WEEK, "team"),
    ]
    rotations: list[JsonValue] = []
    for name, conversation, minutes, reason in cases:
        around = conversation.around
        chain = around.verify(conversation.statements)
        due = rotation_due(chain, around.consent_chain(), around.teams(), accounts, at(minutes))
        assert due == reason, (name, due)
        rotations.append({**_control(name, conversation, None), "now": at(minutes), "reason": reason})
    return rotations
