"""Every committed entry gets one place, in one tree, under a signed checkpoint; whatever fails on the way."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, text

from messenger.audit import service as audit
from messenger.audit.models import QueuedEntry
from messenger.db import Database, open_database
from tests.audit.logs import LogAtHand, a_log
from tests.factories import new_id
from tests.faults.commits import FAULTS, commit_faults


def test_entries_are_placed_in_the_order_they_were_recorded(database: Database) -> None:
    log = a_log(database)
    patient, other = new_id("acc"), new_id("acc")
    log.record(log.event(patient), log.event(other), log.event(patient))
    log.record(log.event(patient))
    assert log.sequencer().sequence() == 4
    assert log.check_whole() == 4
    assert [row.size for row in log.checkpoints()] == [4]
    assert log.queued() == 0


def test_a_log_goes_on_where_it_was(database: Database) -> None:
    log = a_log(database)
    patient = new_id("acc")
    for size in range(1, 9):
        log.record(log.event(patient))
        assert log.sequencer().sequence() == 1
        assert log.check_whole() == size
    assert [row.size for row in log.checkpoints()] == list(range(1, 9))


def test_without_new_entries_no_checkpoint_is_signed(database: Database) -> None:
    log = a_log(database)
    log.record(log.event())
    sequencer = log.sequencer()
    assert (sequencer.sequence(), sequencer.sequence(), len(log.checkpoints())) == (1, 0, 1)


def test_each_clinic_has_a_tree_of_its_own(database: Database) -> None:
    first, second = a_log(database), a_log(database)
    patient = new_id("acc")
    first.record(first.event(patient), first.event(patient))
    second.record(second.event(patient))
    assert first.sequencer().sequence() == 3
    assert (first.check_whole(), second.check_whole()) == (2, 1)


def test_more_entries_than_one_transaction_takes_are_all_placed(database: Database) -> None:
    log = a_log(database)
    log.record(*(log.event() for _ in range(1003)))
    assert log.sequencer().sequence() == 1003
    assert log.check_whole() == 1003
    assert [row.size for row in log.checkpoints()] == [1000, 1003]


@pytest.mark.postgres
def test_an_entry_whose_transaction_began_early_and_committed_late_is_not_skipped(postgres_url: str) -> None:
    database = open_database(postgres_url)
    log = a_log(database)
    late = database.session()
    audit.record(late, log.event())
    log.record(log.event())
    assert log.sequencer().sequence() == 1
    late.commit()
    assert log.sequencer().sequence() == 1
    assert log.check_whole() == 2
    late.close()
    database.dispose()


@pytest.mark.postgres
def test_while_one_node_sequences_another_leaves_it_alone(postgres_url: str) -> None:
    database, node = open_database(postgres_url), open_database(postgres_url)
    log = a_log(database)
    log.record(log.event())
    other = LogAtHand(node, log.clock, log.clinic, log.key)
    inside, done = threading.Event(), threading.Event()

    @event.listens_for(database.engine, "commit")
    def _hold(_connection: Any) -> None:
        inside.set()
        assert done.wait(10)

    placing = threading.Thread(target=log.sequencer().sequence)
    placing.start()
    assert inside.wait(10)
    assert other.sequencer().sequence() == 0
    done.set()
    placing.join(10)
    assert log.check_whole() == 1
    assert not other.sequencer().failing
    for opened in (database, node):
        opened.dispose()


def test_two_sequencers_at_once_place_each_entry_once(database: Database) -> None:
    log = a_log(database)
    sequencers = [log.sequencer() for _ in range(3)]

    def record_and_sequence(which: int) -> None:
        for _ in range(10):
            log.record(log.event())
            sequencers[which].sequence()

    threads = [threading.Thread(target=record_and_sequence, args=(which,)) for which in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sequencers[0].sequence()
    assert log.check_whole() == 30
    assert not any(sequencer.failing for sequencer in sequencers)


def test_a_woken_sequencer_places_entries_within_a_second(database: Database) -> None:
    log = a_log(database)
    sequencer = log.sequencer()
    signed = threading.Event()
    database.subscribers.after_commit(audit.EntriesRecorded)(lambda _: sequencer.wake())
    event.listen(database.engine, "commit", lambda _: signed.set() if sequencing.ident == threading.get_ident() else 0)
    sequencing = threading.Thread(target=sequencer.run)
    sequencing.start()
    log.record(log.event())
    assert signed.wait(1)
    sequencer.stop()
    sequencing.join(5)
    assert not sequencing.is_alive()
    assert log.check_whole() == 1


def alter_node(log: LogAtHand) -> None:
    database = log.database
    with database.unit_of_work() as session:
        if database.engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_nodes_refuses_UPDATE"))
        else:
            session.execute(text("ALTER TABLE audit_nodes DISABLE TRIGGER ALL"))
        session.execute(text("UPDATE audit_nodes SET hash = :hash WHERE level = 0"), {"hash": b"x" * 32})


def remove_frame(log: LogAtHand) -> None:
    database = log.database
    with database.unit_of_work() as session:
        if database.engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_frames_refuses_DELETE"))
        else:
            session.execute(text("ALTER TABLE audit_frames DISABLE TRIGGER ALL"))
        session.execute(text('DELETE FROM audit_frames WHERE "index" = 0'))


@pytest.mark.parametrize("harm", [alter_node, remove_frame])
def test_a_log_that_was_altered_is_not_continued(database: Database, harm: Callable[[LogAtHand], None]) -> None:
    log, sound = a_log(database), a_log(database)
    log.record(log.event())
    sequencer = log.sequencer()
    sequencer.sequence()
    harm(log)
    log.record(log.event())
    sound.record(sound.event())
    assert sequencer.sequence() == 1
    assert sequencer.failing == {log.clinic}
    assert (log.queued(), sound.check_whole()) == (1, 1)


def test_a_log_sealed_under_another_secret_is_not_continued(database: Database) -> None:
    log = a_log(database)
    log.record(log.event())
    sequencer = log.sequencer(b"another secret than the one of the log")
    assert sequencer.sequence() == 0
    assert sequencer.failing == {log.clinic}
    assert log.sequencer().sequence() == 1


def test_an_entry_that_nobody_can_place_holds_up_its_clinic_alone(database: Database) -> None:
    log, sound = a_log(database), a_log(database)
    stray = {"clinic": new_id("cln"), "event": new_id("evt"), "subject": new_id("acc"), "body_hash": b"h" * 32}
    with database.unit_of_work() as session:
        session.execute(insert(QueuedEntry), stray)
    log.record(log.event())
    sound.record(sound.event())
    sequencer = log.sequencer()
    assert sequencer.sequence() == 2
    assert sequencer.failing == {stray["clinic"]}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(1, 5)),
        st.tuples(st.just("sequence"), st.sampled_from(FAULTS)),
    ),
    min_size=1,
    max_size=25,
)


@given(steps=STEPS, subjects=st.integers(1, 3))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_fails_the_log_holds_every_entry_once(database: Database, steps: list[Any], subjects: int) -> None:
    log = a_log(database)
    people = [new_id("acc") for _ in range(subjects)]
    recorded = 0
    with commit_faults(database) as faults:
        for step, detail in steps:
            if step == "record":
                log.record(*(log.event(people[number % subjects]) for number in range(detail)))
                recorded += detail
            else:
                faults.plan = [detail]
                sequencer = log.sequencer()
                sequencer.sequence()
                assert bool(sequencer.failing) == bool(faults.met)
                faults.plan, faults.met = [], 0
                log.check_whole()
    log.sequencer().sequence()
    assert log.check_whole() == recorded
    assert log.queued() == 0
