"""A full disk: nothing is taken, nothing is served, nothing is lost, and nobody has to start anything again."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from messenger.auditor.database_check import Given, check_database
from messenger.headless.errors import ServiceRefused
from messenger.headless.keystore import Waiting
from messenger.headless.reading import read_all
from messenger.headless.sending import Draft, Sender
from messenger.protocol.message import Text
from tests.headless.residents import Clinic
from tests.servers import BetweenServer

DISK_MEGABYTES = 48
RECOVERY_SECONDS = 10


@dataclass
class Disk:
    """A small file system of its own."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "between.db"

    def fill(self) -> None:
        """Leave no byte free, the space that SQLite's write-ahead log would use again included."""
        with closing(sqlite3.connect(self.database)) as connection:
            assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        descriptor = os.open(self._filler, os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(descriptor, bytes(65_536))
        except OSError:
            return
        finally:
            os.close(descriptor)

    def clear(self) -> None:
        self._filler.unlink()

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A tmpfs, mounted for real."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", str(folder)], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


@pytest.fixture
def clinic(disk: Disk, tmp_path: Path) -> Iterator[Clinic]:
    """A clinic whose server keeps everything on that disk."""
    with BetweenServer(disk.folder / "data", f"sqlite:///{disk.database}") as server:
        made = Clinic(server, tmp_path)
        made.gather()
        yield made


def refusal(refused: pytest.ExceptionInfo[ServiceRefused]) -> tuple[int, str]:
    return refused.value.status, refused.value.code


def readiness(clinic: Clinic) -> tuple[int, list[str]]:
    answer = requests.get(f"{clinic.server.here}/readyz", timeout=30)
    return answer.status_code, answer.json().get("failing", [])


def wait_until_ready(clinic: Clinic) -> None:
    """The log is continued in its next round; until then the server says that it is behind."""
    until = time.monotonic() + RECOVERY_SECONDS
    while (found := readiness(clinic)) != (200, []):
        assert time.monotonic() < until, found


@pytest.mark.slow
def test_a_full_disk_refuses_and_keeps_and_recovers_without_a_restart(clinic: Clinic, disk: Disk) -> None:
    conversation = clinic.begin_conversation()
    with clinic.talking("peggy", "amara") as (peggy, amara):
        sender, opened = Sender(pause=lambda _seconds: None), peggy.open(conversation)
        sender.send(opened, Draft(Text("before")))
        kept = peggy.account.keystore

        disk.fill()
        with pytest.raises(ServiceRefused) as refused:
            sender.send(opened, Draft(Text("while it is full")))
        assert refusal(refused) == (503, "cannot_be_stored")
        assert refused.value.sentence.endswith("please try again in a moment.")
        with pytest.raises(ServiceRefused) as refused:
            read_all(amara, conversation)
        assert refusal(refused) == (503, "cannot_be_stored")
        status, failing = readiness(clinic)
        assert status == 503
        assert "disk" in failing
        waiting: tuple[Waiting, ...] = kept.sealed.waiting
        assert [one.body for one in waiting] == [Text("while it is full").as_json()]

        disk.clear()
        (sent,) = sender.send_waiting(opened)
        assert (sent.id, sent.sequence) == (waiting[0].id, 2)
        assert kept.sealed.waiting == ()
        thread = read_all(amara, conversation).thread()
        assert [(one.text, one.reason) for one in thread.messages] == [("before", None), ("while it is full", None)]
        wait_until_ready(clinic)
    assert clinic.server.stop() == 0
    assert check_database(clinic.server.database_url, Given()).findings == []
