"""The demo clinic as `make run` makes it: real accounts, a week of messages that verify, a log in order."""

import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from messenger.clock import SystemClock
from messenger.headless.api import Api
from messenger.headless.conversations import Conversations
from messenger.headless.custodians import clinic_now
from messenger.headless.keystore import Keystore
from messenger.headless.profiles import read_profile
from messenger.headless.reading import OpenedConversation, read_all
from messenger.headless.signing_in import sign_in
from messenger.protocol.encoding import parse_time
from tests.headless.residents import run_messenger
from tests.servers import BetweenServer

pytestmark = pytest.mark.slow

ROLES = [
    *["administrator"] * 2,
    *["compliance"] * 2,
    "cover",
    *["custodian"] * 3,
    "nurse",
    *["patient"] * 2,
    "provider",
]


class Demo:
    """A server with the demo clinic."""

    def __init__(self, server: BetweenServer) -> None:
        self.server = server
        self.file = server.data_dir / "demo.json"
        self.document: dict[str, Any] = json.loads(self.file.read_text())

    def account(self, name: str) -> dict[str, Any]:
        """One of its accounts."""
        found: dict[str, Any] = next(one for one in self.document["accounts"] if one["name"] == name)
        return found


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder / 'between.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").create_database()
    with BetweenServer(folder / "server", url, {"DEMO": "1"}) as server:
        yield Demo(server)


def _read(demo: Demo, name: str, folder: Path) -> tuple[Conversations, list[OpenedConversation]]:
    account = demo.account(name)
    keystore = Keystore(folder / f"{name}.json")
    with keystore:
        signed_in = sign_in(Api(demo.server.here), keystore, SystemClock(), name, account["password"])
        conversations = Conversations.of(signed_in)
        return conversations, [read_all(conversations, one) for one in account["conversations"]]


def test_its_file_is_what_outside_tools_rely_on(demo: Demo) -> None:
    assert stat.S_IMODE(demo.file.stat().st_mode) == 0o600
    assert set(demo.document) == {"url", "clinic", "accounts"}
    assert demo.document["url"] == demo.server.base_url
    assert set(demo.document["clinic"]) == {"id", "name", "fingerprint", "log_key"}
    assert sorted(one["role"] for one in demo.document["accounts"]) == sorted(ROLES)
    for one in demo.document["accounts"]:
        assert set(one) == {"role", "name", "password", "account", "teams", "conversations"}


def test_a_week_of_messages_verifies_on_both_sides_and_questions_are_open(demo: Demo, tmp_path: Path) -> None:
    conversations, by_staff = _read(demo, "amara", tmp_path)
    by_patients = [opened for name in ("peggy", "xiuying") for opened in _read(demo, name, tmp_path)[1]]
    for opened in (*by_staff, *by_patients):
        assert opened.thread().findings == ()
        assert {one.reason for one in opened.thread().messages} <= {None, "erased"}
        assert opened.conversation.name
    messages = [one for opened in by_staff for one in opened.thread().messages]
    assert len(messages) > 20
    assert any("血糖" in (one.text or "") for one in messages)
    times = [parse_time(one.received) for one in messages]
    assert timedelta(days=5) < datetime.now(UTC) - min(times) < timedelta(days=7)
    assert max(times) <= datetime.now(UTC)
    open_questions = [question for one in conversations.list() for question in one.open_questions]
    assert len(open_questions) == 3
    patient = demo.account("xiuying")["account"]
    profile = read_profile(conversations.account, conversations.directory, patient)
    assert profile is not None
    assert profile.legal_name == "陈秀英"


def test_its_custodians_are_named_by_the_clinic(demo: Demo, tmp_path: Path) -> None:
    with Keystore(tmp_path / "olga.json") as keystore:
        olga = sign_in(Api(demo.server.here), keystore, SystemClock(), "olga", demo.account("olga")["password"])
        running = clinic_now(olga).custodians
    custodians = [one["account"] for one in demo.document["accounts"] if one["role"] == "custodian"]
    assert running is not None
    assert sorted(running.keys) == sorted(custodians)


def test_its_log_is_whole_and_its_times_only_go_forward(demo: Demo) -> None:
    done = run_messenger(demo.server, "log", "verify", "--database", demo.server.database_url)
    report = json.loads(done.stdout)
    assert (report["ok"], report["findings"]) == (True, [])
    assert report["size"] > 100


def test_a_second_start_keeps_it_and_prints_its_accounts(demo: Demo) -> None:
    before = demo.file.read_text()
    demo.server.stop()
    demo.server.start()
    assert demo.file.read_text() == before
    assert not (demo.server.data_dir / "demo.unfinished").exists()
    for account in demo.document["accounts"]:
        assert any(line.split() == [account["role"], *_words_of(account)] for line in demo.server.said)


def _words_of(account: dict[str, Any]) -> list[str]:
    return [*account["name"].split(), *account["password"].split()]


def test_without_the_demo_there_is_no_clinic(start_server: Callable[..., BetweenServer], sqlite_url: str) -> None:
    server = start_server(sqlite_url, DEMO="0")
    assert not (server.data_dir / "demo.json").exists()


def test_an_interrupted_sqlite_demo_is_simply_made_again(
    start_server: Callable[..., BetweenServer], sqlite_url: str, tmp_path: Path
) -> None:
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    database.with_name(f"{database.name}.making").write_bytes(b"half a database")
    (tmp_path / "server-0").mkdir()
    (tmp_path / "server-0" / "demo.unfinished").touch()
    server = start_server(sqlite_url, DEMO="1")
    assert (server.data_dir / "demo.json").exists()
    assert not database.with_name(f"{database.name}.making").exists()


def test_an_interrupted_postgresql_demo_is_told(postgres_url: str, tmp_path: Path) -> None:
    server = BetweenServer(tmp_path / "server", postgres_url, {"DEMO": "1"})
    server.data_dir.mkdir()
    run_messenger(server, "clinic", "create", "Half a Demo")
    (server.data_dir / "demo.unfinished").touch()
    refused = run_messenger(server, "serve", expect=1)
    assert json.loads(refused.stderr)["error"]["code"] == "demo_unfinished"
