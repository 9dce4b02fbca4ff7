"""Entries stand or fall with what they record."""

import hashlib

import pytest
from sqlalchemy import select, text

from messenger import events
from messenger.audit import service as audit
from messenger.audit.actions import Action, Outcome, Reason
from messenger.audit.errors import LogUnwritable
from messenger.audit.models import AuditBody, AuditDetail, QueuedEntry
from messenger.audit.service import EntriesRecorded
from messenger.db import Database, open_database
from messenger.protocol.commitment import CommittedText
from messenger.protocol.encoding import b64u_encode, format_time
from tests.audit.logs import LogAtHand, a_log
from tests.factories import new_id


def test_an_entry_says_who_did_what_to_whose_record(database: Database) -> None:
    log = a_log(database)
    conversation, actor = new_id("cnv"), new_id("acc")
    event = log.event(
        actor=actor,
        on_behalf=new_id("acc"),
        conversation=conversation,
        outcome=Outcome.REFUSED,
        reason=Reason.NOT_A_READER,
        automatic=True,
    )
    (entry,) = log.record(event)
    body = log.body(entry)
    assert event.statement is not None
    assert (body.id, body.clinic, body.actor, body.on_behalf) == (entry, log.clinic, actor, event.on_behalf)
    assert (body.action, body.object, body.subject) == ("message:sent", event.object, event.subject)
    assert (body.conversation, body.outcome, body.reason) == (conversation, "refused", "not_a_reader")
    assert (body.statement, body.automatic, body.time) == (
        b64u_encode(event.statement),
        True,
        format_time(log.clock.now()),
    )


def test_two_entries_that_say_the_same_have_bodies_that_cannot_be_guessed_from_each_other(database: Database) -> None:
    log = a_log(database)
    event = log.event()
    first, second = (log.body(entry) for entry in log.record(event, event))
    assert first.nonce != second.nonce
    assert len(first.nonce) == 32


def test_what_waits_for_the_sequencer_is_the_hash_of_the_stored_bytes(database: Database) -> None:
    log = a_log(database)
    log.record(log.event(), log.event())
    with database.reading_session() as session:
        rows = session.execute(
            select(AuditBody.body, QueuedEntry.body_hash, AuditBody.subject, QueuedEntry.subject).join(
                QueuedEntry, QueuedEntry.event == AuditBody.event
            )
        ).all()
    assert len(rows) == 2
    assert all(hashlib.sha256(body.encode("ascii")).digest() == queued for body, queued, _, _ in rows)
    assert all(body == queued for _, _, body, queued in rows)


def test_an_entry_of_what_was_rolled_back_is_not_there(database: Database) -> None:
    log = a_log(database)
    with database.session() as session:
        audit.record(session, log.event())
        events.forget(session)
    assert log.queued() == 0


def test_details_stand_beside_the_entry_and_can_be_erased(database: Database) -> None:
    log = a_log(database)
    (entry,) = log.record(log.event(detail='{"first":1,"last":3}'))
    with database.unit_of_work() as session:
        detail = session.get(AuditDetail, entry)
        assert detail is not None
        CommittedText(detail.salt, detail.text).check(log.body(entry).detail)
        session.delete(detail)
    assert '"first"' not in str(log.body(entry))


def test_the_sequencer_is_told_only_of_what_is_durable(database: Database) -> None:
    log = a_log(database)
    heard: list[EntriesRecorded] = []
    database.subscribers.after_commit(EntriesRecorded)(heard.append)
    with database.session() as session:
        audit.record(session, log.event())
        events.forget(session)
    assert heard == []
    log.record(log.event())
    assert heard == [EntriesRecorded(frozenset({log.clinic}))]


def change_and_record(log: LogAtHand) -> None:
    with log.database.unit_of_work() as session:
        session.execute(text("UPDATE logs SET origin = 'changed'"))
        audit.record(session, log.event())


def test_a_change_whose_entry_cannot_be_written_does_not_happen(database: Database) -> None:
    log = a_log(database)
    with database.unit_of_work() as session:
        session.execute(text("ALTER TABLE audit_queue RENAME TO audit_queue_gone"))
    with pytest.raises(LogUnwritable) as refused:
        change_and_record(log)
    assert (refused.value.status, refused.value.code) == (503, "cannot_be_stored")
    with database.unit_of_work() as session:
        assert session.scalar(text("SELECT origin FROM logs")) != "changed"
        session.execute(text("ALTER TABLE audit_queue_gone RENAME TO audit_queue"))
    log.record(log.event())


def test_nothing_recorded_is_nothing_written(database: Database) -> None:
    log = a_log(database)
    with database.unit_of_work() as session:
        assert audit.record_all(session, []) == []
    assert log.queued() == 0


@pytest.mark.parametrize("action", Action)
def test_every_action_can_be_recorded_and_read_back(sqlite_url: str, action: Action) -> None:
    database = open_database(sqlite_url)
    log = a_log(database)
    (entry,) = log.record(log.event(action=action))
    assert log.body(entry).action == action
    database.dispose()
