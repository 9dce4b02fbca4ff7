"""A clinic with a million messages and entries, made by the database itself: rows to be found, not opened."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from sqlalchemy import text

from messenger.db import Database
from tests.talk import Talk

ROWS = 1_000_000
PATIENTS = 2_000
COVERED = 100
"""Patients who let the team at hand read; the others consented to another one."""

_EACH = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
_DIALECT = {  # "hex": the form of an id, docs/protocol.md §1
    "sqlite": {"hex": "'0199000000007000' || '8' || printf('%015x', {})", "bytes": "CAST(printf('%032x', {}) AS BLOB)"},
    "postgresql": {
        "hex": "'0199000000007000' || '8' || lpad(to_hex({}), 15, '0')",
        "bytes": "convert_to(lpad(to_hex({}), 32, '0'), 'UTF8')",
    },
}
_TABLES: tuple[tuple[int, str], ...] = (
    (
        PATIENTS,
        """INSERT INTO invitations SELECT 'inv_' || {hex_i}, clinic, 'acc_' || {hex_i}, role, teams, inviter, founding,
           public_key, created, expires, used, cancelled, card_salt, card_text, label
           FROM invitations, n WHERE account = :patient""",
    ),
    (
        PATIENTS,
        """INSERT INTO accounts SELECT 'acc_' || {hex_i}, clinic, role, 'inv_' || {hex_i}, name || i, name_key || i,
           language, key_version, signing_key, sealing_key, sealing_key_id, vault_version, joined
           FROM accounts, n WHERE account = :patient""",
    ),
    (
        PATIENTS,
        """INSERT INTO consents SELECT 'acc_' || {hex_i}, 0, 'cns_' || {hex_i}, clinic,
           CASE WHEN i <= :covered THEN grantee ELSE 'tea_' || {hex_i} END, scope, purpose, history, history_from,
           not_before, until, may_open, ended FROM consents, n WHERE patient = :patient AND sequence = 0""",
    ),
    (
        PATIENTS,
        """INSERT INTO conversations SELECT 'cnv_' || {hex_i}, clinic, 'acc_' || {hex_i}, created, control_head, epoch,
           epoch_began, epoch_place, NULL, :rows / :patients, last_received, emergency, epoch_over
           FROM conversations, n WHERE conversation = :conversation""",
    ),
    (
        PATIENTS,
        """INSERT INTO epochs SELECT 'cnv_' || {hex_i}, epoch, after
           FROM epochs, n WHERE conversation = :conversation AND epoch = 1""",
    ),
    (
        PATIENTS,
        """INSERT INTO epoch_boxes SELECT 'cnv_' || {hex_i}, reader, epoch, box
           FROM epoch_boxes, n WHERE conversation = :conversation AND epoch = 1 AND reader LIKE 'tea_%'""",
    ),
    (
        ROWS,
        """INSERT INTO messages SELECT 'msg_' || {hex_i}, 'cnv_' || {hex_c}, i / :patients + 1, sender, device, i, hash,
           header, ciphertext, ciphertext_hash, signature, received
           FROM messages, n WHERE message = :message""",
    ),
    (
        ROWS // 5,
        """INSERT INTO questions SELECT 'msg_' || {hex_i}, clinic, 'cnv_' || {hex_c}, 'acc_' || {hex_c}, i, asked,
           category, urgency, NULL, NULL, CASE WHEN i % 100 = 0 THEN NULL ELSE asked END, NULL, NULL
           FROM questions, n WHERE question = :message""",
    ),
    (
        ROWS,
        """INSERT INTO chain_statements SELECT 'conversation:cnv_' || {hex_c}, i, {bytes_i}, kind, envelope
           FROM chain_statements, n WHERE chain = :chain AND sequence = 0""",
    ),
    (
        ROWS,
        """INSERT INTO audit_frames SELECT :clinic, i + 1000, 'evt_' || {hex_i}, 'acc_' || {hex_c}, i, {bytes_i},
           {bytes_i}, {bytes_i} FROM n""",
    ),
)


BUSY = f"cnv_01990000000070008{7:015x}"
"""One of the invented conversations, with its five hundred messages."""


def fill(database: Database, talk: Talk, message: str) -> None:
    """Multiply what stands in the talk's conversation, and let the database look at what it has."""
    given = {
        "patient": talk.patient.account,
        "clinic": talk.patient.clinic,
        "conversation": talk.conversation,
        "chain": f"conversation:{talk.conversation}",
        "message": message,
        "rows": ROWS,
        "patients": PATIENTS,
        "covered": COVERED,
    }
    with _connection(database) as execute:
        for rows, statement in _TABLES:
            filled = f"{_EACH.format(rows=rows)} {_spelt(database, statement)}"
            execute(filled, {name: value for name, value in given.items() if f":{name}" in filled})
        execute("ANALYZE", {})


@contextmanager
def _connection(database: Database) -> Iterator[Callable[[str, dict[str, object]], object]]:
    """Executes SQL and commits it. Invented rows may name what nobody has."""
    if database.engine.dialect.name == "sqlite":
        # The driver alone: it holds no row to its foreign keys, as the application's own connections do.
        with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as file:
            yield file.execute
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET session_replication_role = replica"))
        yield lambda sql, given: connection.execute(text(sql), given)


def _spelt(database: Database, statement: str) -> str:
    forms = _DIALECT[database.engine.dialect.name]
    return statement.format(
        hex_i=forms["hex"].format("i"),
        hex_c=forms["hex"].format(f"(i % {PATIENTS} + 1)"),
        bytes_i=forms["bytes"].format("i"),
    )
