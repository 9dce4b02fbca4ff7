"""Appending to a chain: one of two wins, what was kept is what was signed, and nothing is ever changed."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from messenger.audit import logs
from messenger.audit.actions import Action
from messenger.audit.models import AuditBody
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.chains.errors import ChainMoved, ClockSkewed
from messenger.chains.models import ChainHead, ChainStatement
from messenger.db import Database
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import parse_object
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.sign_in import SignInBody
from messenger.protocol.statement import Statement, verify
from tests.factories import SUNRISE, HandClock, PersonAtHand, new_id


@pytest.fixture
def patient(database: Database) -> PersonAtHand:
    """Somebody in a clinic that has a log."""
    person = PersonAtHand("patient", HandClock(), clinic=new_id("cln"))
    with database.unit_of_work() as session:
        logs.create_log(session, person.clinic, "localhost:8000", b"secret", SUNRISE)
    return person


def consent(patient: PersonAtHand, sequence: int = 0, previous: str | None = None) -> Statement[ConsentBody]:
    """A consent of its own id at a place of the patient's chain."""
    envelope = patient.first_consent(new_id("tea"), sequence=sequence, previous=previous)
    return verify(envelope, ConsentBody, {"self": SigningPublicKey(patient.current.signing.public.raw)})


def append(session: Session, patient: PersonAtHand, statement: Statement[ConsentBody]) -> bytes:
    return chains.append(session, statement, entry(patient))


def entry(patient: PersonAtHand) -> AuditEvent:
    return AuditEvent(
        clinic=patient.clinic,
        actor=patient.account,
        subject=patient.account,
        action=Action.CONSENT_GIVEN,
        time=patient.clock.now(),
    )


def chain_of(patient: PersonAtHand) -> str:
    return f"consent:{patient.account}"


def test_a_chain_is_handed_out_as_it_was_signed_and_in_order(database: Database, patient: PersonAtHand) -> None:
    first = consent(patient)
    second = consent(patient, 1, first.hash)
    with database.unit_of_work() as session:
        append(session, patient, first)
        append(session, patient, second)
    with database.reading_session() as session:
        assert chains.list_statements(session, chain_of(patient)) == [first.envelope, second.envelope]
        assert chains.head(session, chain_of(patient)) == chains.Head(1, second.hash)
        assert chains.place_of(session, chain_of(patient), second.hash) == 1
        assert chains.place_of(session, "consent:acc_other", first.hash) is None


def test_of_a_statement_kept_elsewhere_the_chain_keeps_place_and_hash(
    database: Database, patient: PersonAtHand
) -> None:
    first = consent(patient)
    second = consent(patient, 1, first.hash)
    with database.unit_of_work() as session:
        chains.append_hash(session, first, entry(patient))
        append(session, patient, second)
    with database.reading_session() as session:
        assert chains.list_statements(session, chain_of(patient)) == [second.envelope]
        assert chains.place_of(session, chain_of(patient), first.hash) == 0
        stored = [row.envelope for row in session.query(ChainStatement) if row.sequence == 0]
        assert stored == [None]


def test_a_chain_that_has_not_begun_is_empty(database: Database, patient: PersonAtHand) -> None:
    with database.reading_session() as session:
        assert chains.list_statements(session, chain_of(patient)) == []
        assert chains.head(session, chain_of(patient)) is None


def test_the_entry_in_the_log_names_the_statement(database: Database, patient: PersonAtHand) -> None:
    statement = consent(patient)
    with database.unit_of_work() as session:
        append(session, patient, statement)
    with database.reading_session() as session:
        body = session.scalars(select(AuditBody.body)).one()
    assert parse_object(body.encode())["statement"] == statement.hash


@pytest.mark.parametrize("place", ["the start", "the end"])
def test_the_second_of_two_at_one_place_is_told_that_the_chain_moved(
    database: Database, patient: PersonAtHand, place: str
) -> None:
    previous = None
    if place == "the end":
        first = consent(patient)
        previous = first.hash
        with database.unit_of_work() as session:
            append(session, patient, first)
    rivals = [consent(patient, 1 if previous else 0, previous) for _ in range(2)]
    with database.unit_of_work() as session:
        append(session, patient, rivals[0])
    with pytest.raises(ChainMoved), database.unit_of_work() as session:
        append(session, patient, rivals[1])
    with database.reading_session() as session:
        assert chains.list_statements(session, chain_of(patient))[-1] == rivals[0].envelope
        entries = session.scalars(select(AuditBody.event)).all()
    assert len(entries) == (2 if previous else 1)


def test_of_many_who_append_at_once_one_wins(database: Database, patient: PersonAtHand) -> None:
    rivals = [consent(patient) for _ in range(6)]
    together = threading.Barrier(len(rivals))
    outcomes: list[str] = []

    def compete(rival: Statement[ConsentBody]) -> None:
        together.wait()
        try:
            with database.unit_of_work() as session:
                append(session, patient, rival)
            outcomes.append("won")
        except ChainMoved:
            outcomes.append("moved")

    threads = [threading.Thread(target=compete, args=(rival,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved"] * 5 + ["won"]


def test_a_statement_that_skips_a_place_is_refused(database: Database, patient: PersonAtHand) -> None:
    first = consent(patient)
    with database.unit_of_work() as session:
        append(session, patient, first)
    with pytest.raises(ChainMoved), database.unit_of_work() as session:
        append(session, patient, consent(patient, 2, first.hash))


@pytest.mark.parametrize("off", [timedelta(minutes=10, seconds=1), -timedelta(minutes=10, seconds=1)])
def test_a_statement_is_neither_dated_back_nor_ahead(database: Database, patient: PersonAtHand, off: timedelta) -> None:
    statement = consent(patient)
    patient.clock.advance(off)
    with pytest.raises(ClockSkewed), database.unit_of_work() as session:
        append(session, patient, statement)


def test_a_clock_may_be_a_few_minutes_off(database: Database, patient: PersonAtHand) -> None:
    statement = consent(patient)
    patient.clock.advance(timedelta(minutes=10))
    with database.unit_of_work() as session:
        append(session, patient, statement)


def test_a_statement_that_stands_alone_has_no_chain(database: Database, patient: PersonAtHand) -> None:
    proof = patient.proof(bytes(32), "http://localhost:8000")
    statement = verify(proof, SignInBody, {"credential": patient.credentials["password"].sign_in.public})
    with pytest.raises(ValueError, match="no chain"), database.unit_of_work() as session:
        chains.append(session, statement, entry(patient))


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_a_statement(database: Database, patient: PersonAtHand, verb: str) -> None:
    with database.unit_of_work() as session:
        append(session, patient, consent(patient))
    change = update(ChainStatement).values(kind="other") if verb == "update" else delete(ChainStatement)
    with pytest.raises(DatabaseError, match="append-only"), database.unit_of_work() as session:
        session.execute(change)


@pytest.mark.parametrize("failing", ["head", "statement", "entry"])
def test_statement_head_and_entry_stand_or_fall_together(
    database: Database, patient: PersonAtHand, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = {
        "head": "messenger.chains.store.begin_chain",
        "statement": "messenger.chains.store.add_statement",
        "entry": "messenger.audit.service.record",
    }[failing]

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(target, fail)
    with pytest.raises(OSError, match="no space"), database.unit_of_work() as session:
        append(session, patient, consent(patient))
    with database.reading_session() as session:
        for model in (ChainHead, ChainStatement, AuditBody):
            assert session.scalars(select(model)).all() == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attempts=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12))
def test_whatever_is_tried_a_chain_stays_contiguous(database: Database, attempts: list[tuple[int, bool]]) -> None:
    """Each attempt names a place and the true head or a stale one; only the place next after the head is taken."""
    patient = PersonAtHand("patient", HandClock(), clinic=new_id("cln"))
    with database.unit_of_work() as session:
        logs.create_log(session, patient.clinic, "localhost:8000", b"secret", SUNRISE)
    kept: list[Statement[ConsentBody]] = []
    for sequence, honest in attempts:
        true_head = kept[-1].hash if kept else None
        previous = true_head if honest else b64u_encode(bytes(32))
        if (previous is None) != (sequence == 0):
            continue  # not a statement at all: it would not parse
        statement = consent(patient, sequence, previous)
        fits = honest and sequence == len(kept)
        try:
            with database.unit_of_work() as session:
                append(session, patient, statement)
            assert fits
            kept.append(statement)
        except ChainMoved:
            assert not fits
    with database.reading_session() as session:
        stored = chains.list_statements(session, chain_of(patient))
    assert stored == [statement.envelope for statement in kept]
