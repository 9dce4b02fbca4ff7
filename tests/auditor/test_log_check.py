"""The auditor is silent about a sound log, and names what was done to a broken one."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from messenger.audit import store
from messenger.audit.logs import open_signing_key
from messenger.audit.models import AuditCheckpoint
from messenger.auditor.database_check import Given, snapshot
from messenger.auditor.errors import CannotCheck
from messenger.auditor.queue_check import LONGEST_WAIT
from messenger.auditor.tables import QUEUE
from messenger.merkle.checkpoint import Checkpoint, sign_checkpoint
from messenger.merkle.note import SigningKey, VerifierKey
from tests.auditor.logs import break_in, checked, codes, sequence
from tests.cast import Cast


def test_a_sound_log_is_found_in_order_with_its_size_and_root(cast: Cast) -> None:
    placed = sequence(cast)
    report = checked(cast)
    assert report.findings == []
    assert report.ok
    assert report.size == placed > 20
    assert len(report.root) == 43


def test_an_entry_that_waits_for_the_sequencer_is_in_order(cast: Cast) -> None:
    sequence(cast)
    cast.house.sign_in(cast.patient)
    assert checked(cast).findings == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "UPDATE audit_bodies SET body = REPLACE(body, 'team:created', 'team:ended') WHERE action = 'team:created'",
            ["body_changed", "body_columns_differ"],
        ),
        (
            "UPDATE audit_bodies SET body = '{}' WHERE action = 'team:created'",
            ["body_changed", "body_malformed", "statement_without_entry"],
        ),
        ("UPDATE audit_bodies SET actor = subject WHERE action = 'team:created'", ["body_columns_differ"]),
        ('UPDATE audit_frames SET hash = body_hash WHERE "index" = 3', ["frame_changed"]),
        ('UPDATE audit_nodes SET hash = :hash WHERE level = 1 AND "index" = 2', ["node_changed"]),
        ('DELETE FROM audit_nodes WHERE level = 0 AND "index" = 5', ["node_missing"]),
        ("UPDATE audit_checkpoints SET note = REPLACE(note, 'log/', 'lag/')", ["wrong_origin"]),
    ],
)
def test_what_was_changed_is_named(cast: Cast, sql: str, expected: list[str]) -> None:
    sequence(cast)
    values = {"hash": b"\x07" * 32} if ":hash" in sql else {}
    break_in(cast, sql, **values)
    assert codes(checked(cast)) == expected


def test_a_removed_entry_leaves_a_gap(cast: Cast) -> None:
    sequence(cast)
    break_in(
        cast,
        'DELETE FROM audit_bodies WHERE event = (SELECT event FROM audit_frames WHERE "index" = 4)',
        'DELETE FROM audit_frames WHERE "index" = 4',
    )
    assert "index_gap" in codes(checked(cast))


def test_an_entry_whose_body_is_gone_is_named_at_its_place(cast: Cast) -> None:
    sequence(cast)
    break_in(cast, 'DELETE FROM audit_bodies WHERE event = (SELECT event FROM audit_frames WHERE "index" = 4)')
    findings = [finding for finding in checked(cast).findings if finding.code == "body_missing"]
    assert [finding.index for finding in findings] == [4]


def test_two_entries_that_changed_places_break_chain_and_root(cast: Cast) -> None:
    sequence(cast)
    break_in(
        cast,
        'UPDATE audit_frames SET "index" = -1 WHERE "index" = 2',
        'UPDATE audit_frames SET "index" = 2 WHERE "index" = 6',
        'UPDATE audit_frames SET "index" = 6 WHERE "index" = -1',
    )
    assert {"checkpoint_root", "frame_changed", "node_changed"} <= set(codes(checked(cast)))


def test_a_cut_tail_is_smaller_than_what_was_signed(cast: Cast) -> None:
    size = sequence(cast)
    break_in(
        cast,
        'DELETE FROM audit_bodies WHERE event = (SELECT event FROM audit_frames WHERE "index" = :last)',
        'DELETE FROM audit_frames WHERE "index" = :last',
        last=size - 1,
    )
    assert "tree_shrunk" in codes(checked(cast))


def test_a_tail_cut_with_its_checkpoint_is_caught_by_a_kept_one(cast: Cast) -> None:
    sequence(cast)
    cast.house.sign_in(cast.patient)
    kept = _newest_note(cast, after=sequence(cast))
    break_in(
        cast,
        "DELETE FROM audit_checkpoints WHERE size = (SELECT MAX(size) FROM audit_checkpoints)",
        'DELETE FROM audit_bodies WHERE event = (SELECT event FROM audit_frames ORDER BY "index" DESC LIMIT 1)',
        'DELETE FROM audit_frames WHERE "index" = (SELECT MAX("index") FROM audit_frames)',
    )
    assert codes(checked(cast)) == []
    assert codes(checked(cast, Given(since=kept))) == ["tree_shrunk"]


def test_a_second_history_signed_with_the_logs_own_key_is_a_fork_to_who_kept_the_first(cast: Cast) -> None:
    size = sequence(cast)
    house = cast.house
    with house.database.reading_session() as session:
        key = open_signing_key(session, cast.hand.clinic, house.settings.secret_key.encode())
    other = sign_checkpoint(Checkpoint(key.name, size, b"\x01" * 32), [key]).serialise()
    assert codes(checked(cast, Given(since=other))) == ["fork"]


def test_a_checkpoint_of_another_key_is_refused(cast: Cast) -> None:
    sequence(cast)
    with cast.house.database.reading_session() as session:
        log = store.find_log(session, cast.hand.clinic)
        assert log is not None
    stranger = SigningKey(log.origin, Ed25519PrivateKey.generate()).verifier
    found = codes(checked(cast, Given(log_key=stranger)))
    assert found == ["checkpoint_signature", "wrong_key"]
    assert checked(cast, Given(log_key=VerifierKey.parse(log.verifier_key))).ok


def test_a_statement_whose_entry_waits_is_in_order(cast: Cast) -> None:
    sequence(cast)
    cast.enter_patient()
    assert checked(cast).findings == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE audit_queue SET body_hash = :hash", ["body_changed"]),
        (
            "UPDATE audit_bodies SET actor = 'somebody' WHERE event IN (SELECT event FROM audit_queue)",
            ["body_columns_differ"],
        ),
        ("DELETE FROM audit_bodies WHERE event IN (SELECT event FROM audit_queue)", ["body_missing"]),
    ],
)
def test_what_was_changed_while_it_waited_is_named(cast: Cast, sql: str, expected: list[str]) -> None:
    sequence(cast)
    cast.house.sign_in(cast.patient)
    break_in(cast, sql, **({"hash": b"\x07" * 32} if ":hash" in sql else {}))
    assert codes(checked(cast)) == expected


def test_an_entry_that_the_log_went_on_without_is_named(cast: Cast) -> None:
    sequence(cast)
    cast.house.sign_in(cast.patient)
    set_aside = "UPDATE audit_queue SET clinic = :clinic WHERE clinic = :other"
    break_in(cast, set_aside, clinic="elsewhere", other=cast.hand.clinic)
    cast.house.clock.advance(LONGEST_WAIT + timedelta(seconds=1))
    cast.house.sign_in(cast.patient)
    sequence(cast)
    break_in(cast, set_aside, clinic=cast.hand.clinic, other="elsewhere")
    assert codes(checked(cast)) == ["entry_held_back"]


def test_what_is_written_while_the_check_reads_is_left_to_the_next_one(cast: Cast) -> None:
    waiting = select(func.count()).select_from(QUEUE)
    with snapshot(cast.house.settings.database_url) as connection:
        before = connection.execute(waiting).scalar_one()
        cast.house.sign_in(cast.patient)
        assert connection.execute(waiting).scalar_one() == before
    with snapshot(cast.house.settings.database_url) as connection:
        assert connection.execute(waiting).scalar_one() > before


def test_an_entry_taken_out_of_the_queue_is_missed(cast: Cast) -> None:
    sequence(cast)
    cast.house.sign_in(cast.patient)
    break_in(cast, "DELETE FROM audit_queue")
    assert codes(checked(cast)) == ["entry_never_sequenced"]


def test_a_log_without_a_checkpoint_is_named(cast: Cast) -> None:
    sequence(cast)
    break_in(cast, "DELETE FROM audit_checkpoints")
    assert codes(checked(cast)) == ["checkpoint_missing"]


def test_a_database_without_such_a_clinic_cannot_be_checked(cast: Cast) -> None:
    with pytest.raises(CannotCheck) as refused:
        checked(cast, Given(clinic="cln_0195f000000070008000000000000000"))
    assert refused.value.code == "which_clinic"


def _newest_note(cast: Cast, *, after: int) -> bytes:
    assert after
    with cast.house.database.reading_session() as session:
        note = session.scalars(select(AuditCheckpoint.note).order_by(AuditCheckpoint.size.desc())).first()
    assert note is not None
    return note.encode()
