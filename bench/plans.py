"""What the hot reads cost at a million rows: the plan that each database makes, and the time it takes."""

import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from bench.million import BUSY, PATIENTS, ROWS, fill
from messenger import schema
from messenger.audit import store as log
from messenger.consent import directory
from messenger.conversations import reading
from messenger.conversations.reading import Span
from messenger.inbox import service as inbox
from messenger.roles import Role
from messenger.web.identity import Identity
from tests.cast import a_cast, a_house
from tests.plans import asked_by, nodes
from tests.servers import postgres_server
from tests.talk import Talk, a_talk

TIMES = 5
A_WHOLE_TABLE = 10_000
"""Rows from which reading a table from end to end is worth saying."""

Call = Callable[[Talk, Session], object]
READS: dict[str, Call] = {
    "the inbox": lambda talk, session: inbox.list_waiting(session, _nurse(talk), talk.house.clock.now()),
    "the list of conversations": lambda talk, session: inbox.list_conversations(
        session, _nurse(talk), talk.house.clock.now()
    ),
    "the newest 50 messages": lambda talk, session: reading.newest_messages(
        session, _nurse(talk), BUSY, talk.house.clock.now()
    ),
    "catching up by sequence": lambda talk, session: reading.messages_page(
        session, _nurse(talk), talk.conversation, Span(None, 0, 200), talk.house.clock.now()
    ),
    "a control chain": lambda talk, session: reading.control_of(session, _nurse(talk), BUSY, talk.house.clock.now()),
    "somebody in the directory": lambda talk, session: directory.look_up(
        session, _nurse(talk), talk.patient.account, talk.house.clock.now()
    ),
    "the patients of a team": lambda talk, session: directory.list_patients(
        session, _nurse(talk), "", talk.house.clock.now()
    ),
    "the newest entries of subjects": lambda talk, session: log.chain_heads(
        session, talk.patient.clinic, log.list_waiting(session, talk.patient.clinic, 50)
    ),
    "a page of the log": lambda talk, session: log.list_frames(session, talk.patient.clinic, 500_000, 256),
}


def measure() -> None:
    """Print, for each database and read, its time and the steps of its plan."""
    with postgres_server() as postgres, tempfile.TemporaryDirectory(prefix="between-bench-") as folder:
        for name, url in (("PostgreSQL", postgres.create_database()), ("SQLite", f"sqlite:///{folder}/between.db")):
            print(f"\n{name}, {ROWS:,} messages, statements and entries, {PATIENTS:,} patients")
            with _million(url, folder) as talk:
                for read, call in READS.items():
                    _print(talk, read, call)


@contextmanager
def _million(url: str, folder: str) -> Iterator[Talk]:
    schema.upgrade(url)
    house = a_house(url, folder)
    with ExitStack() as ending:
        ending.callback(house.database.dispose)
        writer = house.app.extensions["between.writer"]
        working = threading.Thread(target=writer.run)
        working.start()
        ending.callback(working.join)
        ending.callback(writer.stop)
        talk = a_talk(a_cast(house))
        talk.begin(talk.patient)
        sent = talk.send(talk.patient, kind="question")
        talk.open(talk.cast.nurse)
        fill(house.database, talk, sent["id"])
        yield talk


def _nurse(talk: Talk) -> Identity:
    nurse = talk.cast.nurse
    return Identity(nurse.account, Role(nurse.role), nurse.clinic, nurse.session, nurse.device, "en")


def _print(talk: Talk, read: str, call: Call) -> None:
    database = talk.house.database
    steps: list[str] = []
    asked = asked_by(database, lambda session: call(talk, session))
    with database.engine.connect() as connection:
        for statement, given in asked:
            steps.extend(_steps(connection, statement, given))
    seconds = min(_seconds(talk, call) for _ in range(TIMES))
    print(f"  {read}: {seconds * 1000:.1f} ms, {len(asked)} statements")
    for step in dict.fromkeys(steps):
        print(f"      {step}")


def _seconds(talk: Talk, call: Call) -> float:
    with talk.house.database.unit_of_work() as session:
        began = time.perf_counter()
        call(talk, session)
        return time.perf_counter() - began


def _steps(connection: Connection, statement: str, given: Any) -> list[str]:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
        return [row[3] for row in rows if re.match(r"SEARCH|SCAN (?!CONSTANT|\()", row[3])]
    ((plan,),) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given).all()
    return [_step(node) for node in nodes(plan[0]["Plan"]) if "Relation Name" in node or "Index Name" in node]


def _step(node: dict[str, Any]) -> str:
    where = " ".join(str(node[name]) for name in ("Relation Name", "Index Name") if name in node)
    whole = node["Node Type"] == "Seq Scan" and node["Plan Rows"] > A_WHOLE_TABLE
    return f"{node['Node Type']} {where}" + (" (ALL OF IT)" if whole else "")
