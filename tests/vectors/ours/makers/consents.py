"""Vectors of a patient's consents: given, changed, revoked; what stands after each, and what each change does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from messenger.protocol.consent_chain import ConsentChain, ConsentStatement, verify_consent_chain
from messenger.protocol.consent_change import change_of
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.consent import ConsentBody, ConsentChangeBody, ConsentRevocationBody
from tests.vectors.ours.makers.world import (
    CHEN,
    CLINIC,
    OTHER_TEAM,
    PEGGY,
    TEAM,
    TOM,
    Person,
    Statements,
    at,
    in_chain,
    made_id,
    newer,
    wire,
)

ELM, OAK = made_id("cnv", "elm"), made_id("cnv", "oak")


def consent_body(name: str, grantee: str = TEAM) -> ConsentBody:
    """A consent of Peggy's, from minute 100 on."""
    return ConsentBody(
        made_id("cns", name), PEGGY.account, CLINIC, grantee, "all", "treatment", "all", None, at(100), None, True
    )


def changed(consent: ConsentBody, **terms: Any) -> ConsentChangeBody:
    """Other terms for a consent; those not named stay."""
    now = replace(consent, **terms)
    return ConsentChangeBody(
        now.consent,
        now.patient,
        now.scope,
        now.purpose,
        now.history,
        now.history_from,
        now.not_before,
        now.until,
        now.may_open,
    )


def revoked(consent: ConsentBody) -> ConsentRevocationBody:
    """The end of a consent."""
    return ConsentRevocationBody(consent.consent, consent.patient)


def decided(*bodies: ConsentStatement | BlockBody | UnblockBody, person: Person = PEGGY) -> Statements:
    """These decisions as one chain of the person's, signed at minutes 100, 200, …"""
    statements: Statements = []
    for number, body in enumerate(bodies, start=1):
        statements.append(in_chain(body, person.account, {"self": person.signing()}, 100 * number, statements))
    return statements


def consent_chains() -> list[JsonValue]:
    """Chains with what each statement decided and what stands after it, or why they are refused."""
    good = [_case(name, statements, None, PEGGY) for name, statements in _good()]
    return [*good, *(_case(*case) for case in [*_given_wrongly(), *_decided_wrongly()])]


def _case(name: str, statements: Statements, error: str | None, patient: Person) -> JsonObject:
    case: JsonObject = {"name": name, "patient": patient.account, "statements": wire(statements)}
    if error is not None:
        return {**case, "error": error}
    chain = verify_consent_chain(statements, patient.verified())
    decisions: list[JsonValue] = [
        {
            "place": one.place,
            "hash": one.hash,
            "time": one.time,
            "did": one.did,
            "consent": one.consent,
            "before": None if one.before is None else one.before.as_json(),
            "after": None if one.after is None else one.after.as_json(),
        }
        for one in chain.decisions
    ]
    return {**case, "head": chain.head, "decisions": decisions, "terms": [_terms(chain, head) for head in chain.hashes]}


def _terms(chain: ConsentChain, head: str) -> JsonValue:
    """What stands after a statement, or `newer_version`; and what had been withdrawn from a conversation by then."""
    place = chain.place_of(head)
    known = not any(newer <= place for newer in chain.newer)
    standing: JsonValue = [one.as_json() for one in chain.terms_at(head)] if known else "newer_version"
    return {"standing": standing, "withdrawals": chain.withdrawals(head, ELM)}


def _good() -> list[tuple[str, Statements]]:
    one, two = consent_body("one"), consent_body("two", OTHER_TEAM)
    narrowed, scoped = changed(one, until=at(900)), replace(two, scope=OAK)
    twice = decided(one, changed(one, history="from", history_from=at(50)), changed(one, purpose="billing"))
    with_newer = decided(one, two)
    with_newer.append(newer(f"consent:{PEGGY.account}", with_newer))
    after = in_chain(revoked(consent_body("unheard")), PEGGY.account, {"self": PEGGY.signing()}, 400, with_newer)
    return [
        ("two consents", decided(one, two)),
        ("none yet", []),
        ("one for each purpose", decided(*_of_each_purpose())),
        ("one changed", decided(one, two, narrowed)),
        ("one changed twice", twice),
        ("one changed and changed back", decided(one, narrowed, changed(one))),
        ("one revoked", decided(one, two, revoked(one))),
        ("all revoked", decided(one, two, revoked(one), revoked(two))),
        ("one changed, then revoked", decided(one, narrowed, revoked(one))),
        ("one revoked and the team consented to again", decided(one, revoked(one), consent_body("again"))),
        ("one of another conversation revoked", decided(one, scoped, revoked(scoped))),
        ("one narrowed to a conversation and back", decided(one, changed(one, scope=ELM), changed(one))),
        ("one moved to another conversation", decided(one, changed(one, scope=OAK), changed(one, scope=ELM))),
        ("one put off", decided(one, changed(one, not_before=at(500)))),
        ("something from a newer version, and what comes after it", [*with_newer, after]),
    ]


def _of_each_purpose() -> list[ConsentBody]:
    return [
        replace(consent_body("one"), purpose="treatment"),
        replace(consent_body("two"), purpose="coordination"),
        replace(consent_body("three"), purpose="billing"),
        replace(consent_body("four"), purpose="complaint"),
    ]


Wrong = tuple[str, Statements, str, Person]


def _given_wrongly() -> Sequence[Wrong]:
    one, two = decided(consent_body("one"), consent_body("two", OTHER_TEAM))
    tom = {"self": TOM.signing()}
    by_tom = in_chain(consent_body("two", TOM.account), TOM.account, tom, 200, [one])
    forged = in_chain(consent_body("two", TOM.account), PEGGY.account, tom, 200, [one])
    elsewhere = replace(consent_body("one"), clinic=made_id("cln", "another"))
    of_chen = replace(consent_body("one"), patient=CHEN.account)
    of_tom = replace(consent_body("one"), patient=TOM.account)
    return [
        ("by the team's nurse", [one, by_tom], "unknown_signer", PEGGY),
        ("in the patient's name by the nurse", [one, forged], "unknown_signer", PEGGY),
        (
            "the same consent again",
            decided(consent_body("one"), consent_body("one", OTHER_TEAM)),
            "consent_repeated",
            PEGGY,
        ),
        ("the first held back", [two], "broken_chain", PEGGY),
        ("in another order", [two, one], "broken_chain", PEGGY),
        ("for another clinic", decided(elsewhere), "wrong_clinic", PEGGY),
        ("another patient's", decided(of_chen, person=CHEN), "unknown_signer", PEGGY),
        ("a nurse's own", decided(of_tom, person=TOM), "not_a_patient", TOM),
    ]


def _decided_wrongly() -> Sequence[Wrong]:
    one = consent_body("one")
    narrowed = changed(one, until=at(900))
    first, change, end = decided(one, narrowed, revoked(one))
    tom = {"self": TOM.signing()}
    extended = changed(one, until=at(9000))
    return [
        ("a change of a consent never given", decided(one, changed(consent_body("two"))), "unknown_consent", PEGGY),
        ("the end of a consent never given", decided(one, revoked(consent_body("two"))), "unknown_consent", PEGGY),
        ("a change that changes nothing", decided(one, changed(one)), "nothing_changed", PEGGY),
        ("the same change twice", decided(one, narrowed, narrowed), "nothing_changed", PEGGY),
        ("a change after the end", decided(one, revoked(one), narrowed), "consent_ended", PEGGY),
        ("the end twice", decided(one, revoked(one), revoked(one)), "consent_ended", PEGGY),
        ("a consent back after its end", decided(one, revoked(one), one), "consent_repeated", PEGGY),
        ("a change before the consent", [change], "broken_chain", PEGGY),
        ("the change held back", [first, end], "broken_chain", PEGGY),
        ("the end before the change", [first, end, change], "broken_chain", PEGGY),
        ("extended by the nurse", [first, in_chain(extended, TOM.account, tom, 200, [first])], "unknown_signer", PEGGY),
        (
            "extended in the patient's name by the nurse",
            [first, in_chain(extended, PEGGY.account, tom, 200, [first])],
            "unknown_signer",
            PEGGY,
        ),
        (
            "revoked by another patient",
            [first, in_chain(revoked(one), CHEN.account, {"self": CHEN.signing()}, 200, [first])],
            "unknown_signer",
            PEGGY,
        ),
        (
            "another patient's change, signed by the patient",
            [first, in_chain(replace(narrowed, patient=CHEN.account), PEGGY.account, _PEGGY, 200, [first])],
            "broken_chain",
            PEGGY,
        ),
    ]


_PEGGY = {"self": PEGGY.signing()}


def changes() -> JsonObject:
    """What differs between two states of one consent, code by code."""
    return {"cases": [_change(*case) for case in _changes()]}


def _change(name: str, before: ConsentBody, after: ConsentBody, expected: list[str]) -> JsonObject:
    found = change_of(before, after)
    assert list(found) == expected, (name, found)
    return {"name": name, "before": before.as_json(), "after": after.as_json(), "codes": [*expected]}


def _changes() -> list[tuple[str, ConsentBody, ConsentBody, list[str]]]:
    one = consent_body("one")
    ends, elm = replace(one, until=at(900)), replace(one, scope=ELM)
    none, early, late = (replace(one, history=reach, history_from=since) for reach, since in _REACHES)
    everything = replace(late, not_before=at(200), until=at(900), scope=ELM, may_open=False, purpose="complaint")
    pairs = [
        ("it starts later", one, replace(one, not_before=at(101)), "start"),
        ("it ends", one, ends, "end"),
        ("it ends sooner", ends, replace(one, until=at(899)), "end"),
        ("one conversation alone", one, elm, "scope"),
        ("less of what was before", one, early, "history"),
        ("still less of it", early, late, "history"),
        ("nothing of it", late, none, "history"),
        ("nothing of it at once", one, none, "history"),
        (
            "from the beginning of time is not all",
            one,
            replace(early, history_from="1970-01-01T00:00:00.000Z"),
            "history",
        ),
        ("may not begin conversations", one, replace(one, may_open=False), "may_open"),
    ]
    cases = [(name, before, after, [f"{what}_narrowed"]) for name, before, after, what in pairs]
    cases += [(f"not: {name}", after, before, [f"{what}_extended"]) for name, before, after, what in pairs]
    moved = ["start_narrowed", "end_narrowed", "scope_narrowed", "history_narrowed", "may_open_narrowed"]
    return [
        ("nothing", one, one, []),
        *cases,
        ("another conversation", elm, replace(one, scope=OAK), ["scope_narrowed", "scope_extended"]),
        ("another purpose", one, replace(one, purpose="coordination"), ["purpose_changed"]),
        ("another period", ends, replace(one, not_before=at(900), until=at(950)), ["start_narrowed", "end_extended"]),
        ("everything", one, everything, [*moved, "purpose_changed"]),
    ]


_REACHES: Any = [("none", None), ("from", at(50)), ("from", at(60))]
