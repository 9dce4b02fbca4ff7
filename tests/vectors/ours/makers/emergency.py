"""Vectors of emergency access: custodians, choices, keys, requests, releases, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from messenger.protocol.consent_chain import verify_consent_chain
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.members import members
from messenger.protocol.rotation import EmergencyState, rotation_due
from messenger.protocol.statement import Body
from tests.vectors.ours.makers.chains import TEAM_KEYS, team_statements
from tests.vectors.ours.makers.consents import consent_body, revoked
from tests.vectors.ours.makers.conversation import CONVERSATION, Conversation, peggy_and_team
from tests.vectors.ours.makers.emergencies import emergencies
from tests.vectors.ours.makers.emergency_texts import texts_table
from tests.vectors.ours.makers.emergency_world import (
    CARLA,
    CORA,
    CYRIL,
    EMERGENCY_KEY,
    EVERYBODY,
    OPT_IN,
    OPT_OUT,
    begun,
    choosing,
    clinic_statements,
    custodians_body,
    emergency_key,
    emergency_secret,
    everybody,
    keyed,
    keyed_early,
    rotated,
    sealed,
    set_number,
    with_key,
)
from tests.vectors.ours.makers.world import (
    AMARA,
    CHEN,
    CLINIC_KEY,
    FOUNDER,
    PEGGY,
    ROBBED,
    STRANGER,
    TEAM,
    Person,
    Statements,
    at,
    in_chain,
    newer,
    some_hash,
    wire,
)

Control = tuple[str, Conversation, str | None]


def emergency() -> JsonObject:
    """`world` is the clinic of `chains.json` with custodians and compliance; all else is judged by it."""
    accounts: JsonObject = {
        one.account: {
            "name": one.name,
            "role": one.role,
            "inviter": None if one.inviter is None else one.inviter.account,
            "statements": wire(one.chain()),
        }
        for one in EVERYBODY
    }
    return {
        "world": {
            "clinic_key": CLINIC_KEY.id,
            "clinic": wire(clinic_statements()),
            "accounts": accounts,
            "teams": {TEAM: wire(team_statements())},
        },
        "sets": [{"hash": one.hash, "place": one.place, "keys": {**one.keys}} for one in map(set_number, (1, 2))],
        "clinic_chains": _clinic_chains(),
        "patient": PEGGY.account,
        "conversation": CONVERSATION,
        "choices": [*map(_choice, _choices())],
        "members": _members(),
        "control_chains": [_control(*case) for case in [*_good(), *_bad()]],
        "rotation": _rotations(),
        "emergencies": emergencies(),
        "texts": texts_table(),
    }


def _clinic_chains() -> list[JsonValue]:
    good = clinic_statements()
    by_stranger = in_chain(custodians_body(CARLA, CYRIL, CORA), FOUNDER, {"clinic": STRANGER}, 50, good)
    return [
        {"name": "two sets", "statements": wire(good), "sets": [set_number(1).hash, set_number(2).hash]},
        {"name": "one set", "statements": wire(good[:3]), "sets": [set_number(1).hash]},
        {"name": "no set", "statements": wire(good[:2]), "sets": []},
        {"name": "not named by the clinic", "statements": wire([*good, by_stranger]), "error": "wrong_key"},
        {"name": "a set held back", "statements": wire([*good[:2], good[3]]), "error": "broken_chain"},
    ]


def _choices() -> Sequence[tuple[str, Statements, str | None]]:
    one = consent_body("one")
    unread = choosing(OPT_IN)
    unread = [*unread, newer(f"consent:{PEGGY.account}", unread)]
    later = in_chain(OPT_OUT, PEGGY.account, {"self": PEGGY.signing()}, 900, unread)
    foreign = replace(OPT_IN, patient=CHEN.account)
    return [
        ("nothing chosen", choosing(), None),
        ("opted in", choosing(OPT_IN), None),
        ("opted in and out", choosing(OPT_IN, OPT_OUT), None),
        ("opted in, out and in", choosing(OPT_IN, OPT_OUT, OPT_IN), None),
        ("opted in between consents", choosing(OPT_IN, revoked(one)), None),
        ("something from a newer version in between", [*unread, later], None),
        ("opted in twice", choosing(OPT_IN, OPT_IN), "nothing_changed"),
        ("out without in", choosing(OPT_OUT), "nothing_changed"),
        ("another patient's choice", choosing(foreign), "broken_chain"),
        ("signed by another", _by(AMARA, choosing()), "unknown_signer"),
    ]


def _by(person: Person, before: Statements) -> Statements:
    return [*before, in_chain(OPT_IN, person.account, {"self": person.signing()}, 200, before)]


def _choice(case: tuple[str, Statements, str | None]) -> JsonObject:
    name, statements, error = case
    shown: JsonObject = {"name": name, "statements": wire(statements)}
    if error is not None:
        return {**shown, "error": error}
    chain = verify_consent_chain(statements, PEGGY.verified())
    heads: list[JsonValue] = []
    for place, head in enumerate(chain.hashes):
        known = not any(unread <= place for unread in chain.newer)
        opted_in: JsonValue = chain.opted_in_at(head) if known else "newer_version"
        heads.append({"opted_in": opted_in, "withdrawals": chain.withdrawals(head, CONVERSATION)})
    choices: list[JsonValue] = [
        {"place": one.place, "hash": one.hash, "time": one.time, "opted_in": one.opted_in} for one in chain.choices
    ]
    return {**shown, "choices": choices, "heads": heads}


def _members() -> list[JsonValue]:
    one = consent_body("one")
    cases: list[JsonValue] = []
    for name, minutes, key in (
        ("a key that stands reads", 150, EMERGENCY_KEY),
        ("without a key nobody more", 150, None),
        ("the key and the patient alone", 99, EMERGENCY_KEY),
    ):
        found = members(PEGGY.account, [one], CONVERSATION, at(minutes), key)
        shown: JsonObject = {"consents": [one.as_json()], "at": at(minutes), "emergency": key, "members": [*found]}
        cases.append({"name": name, **shown})
    return cases


def _control(name: str, conversation: Conversation, error: str | None) -> JsonObject:
    around, statements = conversation.around, conversation.statements
    case: JsonObject = {"name": name, "consents": wire(around.consent_statements()), "statements": wire(statements)}
    case["team"] = wire(around.team_statements())
    if error is not None:
        return {**case, "error": error}
    chain = around.verify(statements)
    epochs: list[JsonValue] = [[reader.reader for reader in link.epoch.readers] for link in chain.links]
    standing = None if chain.emergency is None else chain.emergency.id
    return {**case, "head": chain.head, "epochs": epochs, "standing": standing}


def _good() -> list[Control]:
    spent = rotated(sealed(), peggy_and_team(), "emergency", minutes=600)
    other = spent.then(emergency_key("oak"), PEGGY, 650)
    out = (OPT_IN, OPT_OUT)
    return [
        ("a key that nothing is sealed to yet", keyed(), None),
        ("an epoch sealed to it", sealed(), None),
        (
            "not sealed to on the word of before the opt-in",
            rotated(keyed_early(), peggy_and_team(), "age", head=0),
            None,
        ),
        ("left out after its use", spent, None),
        ("another made and sealed to", rotated(other, with_key("oak"), "added", minutes=700), None),
        ("replaced by another", rotated(_replaced(), with_key("oak"), "removed", minutes=700), None),
        ("of the next custodians", rotated(_replaced(2), with_key("oak"), "removed", minutes=900), None),
        ("left out after the patient opted out", rotated(keyed(*out), peggy_and_team(), "removed"), None),
    ]


def _replaced(number: int = 1) -> Conversation:
    return sealed().then(emergency_key("oak", number), PEGGY, 650 if number == 1 else 850)


def _bad() -> list[Control]:
    names = {**peggy_and_team(), EMERGENCY_KEY: TEAM_KEYS[0].id}
    shares = emergency_key().shares
    fewer, foreign = shares[:2], (*shares[:2], replace(shares[2], key=ROBBED.sealing().id))
    spent = rotated(sealed(), peggy_and_team(), "emergency", minutes=600)
    return [
        ("a key that nobody made", rotated(begun(), with_key(), "added"), "wrong_readers"),
        ("a key left out while it stands", rotated(keyed(), peggy_and_team(), "age"), "wrong_readers"),
        ("a key sealed to without an opt-in", rotated(keyed(OPT_IN, OPT_OUT), with_key(), "added"), "wrong_readers"),
        ("a key sealed to after its use", rotated(sealed(), with_key(), "emergency", minutes=600), "wrong_readers"),
        ("a key that was left out", rotated(spent, with_key(), "added", minutes=700), "wrong_readers"),
        ("an end where none stands", rotated(begun(), peggy_and_team(), "emergency"), "no_emergency_key"),
        ("a second end", rotated(spent, peggy_and_team(), "emergency", minutes=700), "no_emergency_key"),
        ("sealed to another key under its name", rotated(keyed(), names, "added"), "unknown_reader_key"),
        ("made by the team", begun().then(emergency_key(), AMARA, 350), "not_the_patient"),
        ("for custodians nobody named", keyed(custodian_set=some_hash("set")), "unknown_custodians"),
        ("a share too few", keyed(shares=fewer), "wrong_custodians"),
        ("a share for somebody else's key", keyed(shares=foreign), "wrong_custodians"),
        (
            "back to the custodians of before",
            keyed(name="oak", number=2).then(emergency_key(), PEGGY, 900),
            "custodians_went_back",
        ),
        ("a key again", spent.then(emergency_key(), PEGGY, 650), "key_reused"),
        (
            "a key again under another name",
            spent.then(emergency_key("oak", sealing_key=emergency_secret().public), PEGGY, 650),
            "key_reused",
        ),
        ("at the start", Conversation(begun().around).then(emergency_key(), PEGGY, 300), "wrong_type"),
    ]


def _rotations() -> list[JsonValue]:
    spent = rotated(sealed(), peggy_and_team(), "emergency", minutes=600)
    once: tuple[Body, ...] = (OPT_IN, OPT_OUT)
    cases: Sequence[tuple[str, Conversation, int | None, tuple[str, ...], str | None]] = [
        ("no key", begun(), 1, (), None),
        ("a key that nothing is sealed to", keyed(), 1, (), "added"),
        ("a key that is sealed to", sealed(), 1, (), None),
        ("a key of custodians who were replaced", sealed(), 2, (), "emergency"),
        ("a key whose custodians nobody names any more", sealed(), None, (), "emergency"),
        ("a key that was used", sealed(), 1, (EMERGENCY_KEY,), "emergency"),
        ("another key that was used", sealed(), 1, (emergency_key("oak").emergency_key,), None),
        ("a key that was used and left out", spent, 1, (EMERGENCY_KEY,), None),
        ("a used key of a patient who opted out", keyed(*once), 1, (EMERGENCY_KEY,), None),
        ("a key that was replaced", _replaced(), 1, (), "removed"),
    ]
    rotations: list[JsonValue] = []
    for name, conversation, number, used, reason in cases:
        around, running = conversation.around, None if number is None else set_number(number)
        chain = around.verify(conversation.statements)
        state = EmergencyState(running, used)
        due = rotation_due(chain, around.consent_chain(), around.teams(), everybody, at(1000), state)
        assert due == reason, (name, due)
        shown: JsonObject = {"running": None if running is None else running.hash, "used": [*used], "now": at(1000)}
        rotations.append({**_control(name, conversation, None), **shown, "reason": reason})
    return rotations
