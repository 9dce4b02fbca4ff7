"""Live connections, with real clients against a real server."""

import json
import os
import signal
import socket as sockets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import Any

import pytest
import requests
import socketio
import websocket

from messenger import schema
from tests.servers import ROOT, STOP_SECONDS, free_port

Ack = dict[str, Any]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The probe server, under gunicorn as in production."""
    folder = tmp_path_factory.mktemp("sockets")
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    database_url = f"sqlite:///{folder / 'probe.db'}"
    schema.upgrade(database_url)
    environ = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": database_url, "DEMO": "1", "BASE_URL": here}
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gevent", "--no-control-socket",
               "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1", "tests.web.socket_probe:app"]  # fmt: skip
    with (folder / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_until_it_answers(here, server)
        yield here
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(STOP_SECONDS)


def wait_until_it_answers(here: str, server: subprocess.Popen[bytes]) -> None:
    adapter = requests.adapters.HTTPAdapter(max_retries=requests.adapters.Retry(connect=60, backoff_factor=0.05))
    with requests.Session() as session:
        session.mount("http://", adapter)
        assert session.get(f"{here}/favicon.svg", timeout=30).ok
    assert server.poll() is None


class Caller:
    """A Socket.IO client of one session; what the server emits arrives in `heard`."""

    def __init__(self, address: str, session: str, role: str = "patient", **auth: str) -> None:
        self.heard: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.client = socketio.Client(reconnection=False)
        self.client.on("*", lambda event, *data: self.heard.put((event, *data)))
        self.client.on("disconnect", lambda *_: self.heard.put(("disconnect", None)))
        self.client.connect(
            address, auth={"role": role, "session": session, **auth}, transports=["websocket"], wait_timeout=10
        )
        self._connection = self.client.eio.ws

    def call(self, event: str, data: Any = None) -> Ack:
        answer: Ack = self.client.call(event, data, timeout=20)
        return answer

    def close(self) -> None:
        """Leave; where the server has closed already, the library keeps its end of the connection open."""
        self.client.disconnect()
        self._connection.shutdown()

    def hears(self) -> tuple[str, Any]:
        return self.heard.get(timeout=20)


@pytest.fixture
def caller(address: str) -> Iterator[Callable[..., Caller]]:
    with ExitStack() as connected:

        def connect(session: str, role: str = "patient", **auth: str) -> Caller:
            one = Caller(address, session, role, **auth)
            connected.callback(one.close)
            return one

        yield connect


@contextmanager
def bare_connection(address: str, **options: Any) -> Iterator[websocket.WebSocket]:
    """A WebSocket that has said nothing yet."""
    url = address.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    connection = websocket.create_connection(url, timeout=20, **options)
    try:
        yield connection
    finally:
        # `close` leaves the socket open where the server closed first.
        connection.shutdown()  # type: ignore[no-untyped-call]


@contextmanager
def raw_connection(address: str, session: str, **options: Any) -> Iterator[websocket.WebSocket]:
    """A WebSocket that speaks just enough Socket.IO to be let in, and then does what a test wants."""
    with bare_connection(address, **options) as connection:
        assert str(connection.recv()).startswith("0")
        connection.send("40" + json.dumps({"role": "patient", "session": session}))
        assert str(connection.recv()).startswith("40")
        yield connection


def test_a_caller_is_known_at_each_event(caller: Callable[..., Caller]) -> None:
    assert caller("one").call("echo", {"a": 1}) == {"ok": True, "said": {"a": 1}, "session": "one"}


def test_who_is_not_recognised_does_not_get_in(address: str) -> None:
    with bare_connection(address) as connection:
        connection.recv()
        connection.send("40")
        packet = str(connection.recv())
    assert packet.startswith("44")
    assert json.loads(packet[2:])["data"]["code"] == "sign_in_needed"


def test_a_session_that_ends_while_its_socket_connects_does_not_get_in(address: str) -> None:
    with bare_connection(address) as connection:
        connection.recv()
        connection.send("40" + json.dumps({"role": "patient", "session": "ends meanwhile"}))
        packet = str(connection.recv())
    assert packet.startswith("44")
    assert json.loads(packet[2:])["data"]["code"] == "sign_in_needed"


def test_a_guard_holds_for_events_as_for_routes(caller: Callable[..., Caller]) -> None:
    assert caller("one", "nurse").call("staff-only") == {"ok": True}
    assert caller("two", "patient").call("staff-only")["error"]["code"] == "role_not_allowed"


def test_a_refusal_is_answered_in_the_callers_language(caller: Callable[..., Caller]) -> None:
    answer = caller("one", language="zh-Hans").call("staff-only")
    assert answer == {"ok": False, "error": {"code": "role_not_allowed", "message": "您的角色不能这样做。"}}


def test_a_fault_is_answered_without_its_words(caller: Callable[..., Caller]) -> None:
    one = caller("one")
    assert one.call("fail", "foreseen")["error"]["code"] == "chain_moved"
    fault = one.call("fail")["error"]
    assert fault["code"] == "server_fault"
    assert "Margaret" not in fault["message"]


def test_an_event_is_one_transaction(caller: Callable[..., Caller]) -> None:
    one = caller("one")
    assert one.call("write", "kept")["ok"]
    assert one.call("write", "refused")["error"]["code"] == "chain_moved"
    assert one.call("rows")["rows"] == ["kept"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_cannot_connect(origin: str, address: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused, raw_connection(address, "one", origin=origin):
        pass
    assert refused.value.status_code == 400


def test_what_a_proxy_claims_to_be_called_makes_no_origin_ours(address: str) -> None:
    claim = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    evil = raw_connection(address, "one", origin="http://evil.example", header=claim)
    with pytest.raises(websocket.WebSocketBadStatusException), evil:
        pass


def test_our_own_page_can_connect(address: str) -> None:
    with raw_connection(address, "one", origin=address) as connection:
        assert connection.connected


def test_only_websockets_are_spoken(address: str) -> None:
    assert requests.get(f"{address}/socket.io/?EIO=4&transport=polling", timeout=5).status_code == 400


def test_nothing_is_compressed_even_when_a_client_asks(address: str) -> None:
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    with raw_connection(address, "one", header=offer) as connection:
        assert "sec-websocket-extensions" not in connection.headers


def test_large_events_arrive_whole_and_in_order(caller: Callable[..., Caller]) -> None:
    one = caller("one")
    one.call("flood", {"events": 30, "bytes": 100_000, "session": "one"})
    for number in range(30):
        event, data = one.hears()
        assert (event, data["number"], len(data["water"])) == ("drop", number, 100_000)


def test_an_event_that_is_too_large_ends_the_connection(caller: Callable[..., Caller]) -> None:
    one = caller("one")
    one.client.emit("echo", "x" * 300_000)
    assert one.hears()[0] == "disconnect"


def test_ended_sessions_are_told_why_and_cut_at_once_in_all_their_tabs(caller: Callable[..., Caller]) -> None:
    tabs = [caller("ending"), caller("ending")]
    other = caller("other")
    other.call("end", "ending")
    for tab in tabs:
        assert tab.hears() == ("session:ended", {"reason": "revoked"})
        assert tab.hears()[0] == "disconnect"
    assert other.call("echo", 1)["ok"]
    assert other.call("who-left")["left"].count("ending") == 2


def read_to_the_end(connection: websocket.WebSocket) -> int:
    """How many characters came before the server closed."""
    received = 0
    try:
        while message := connection.recv():
            received += len(message)
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        pass
    return received


def test_a_client_that_stops_reading_is_cut_and_the_others_go_on(address: str, caller: Callable[..., Caller]) -> None:
    narrow = [(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)]
    other = caller("other")
    with raw_connection(address, "stalled", sockopt=narrow) as stalled:
        other.call("flood", {"events": 200, "bytes": 100_000, "session": "stalled"})
        assert other.call("echo", 1)["ok"]
        assert read_to_the_end(stalled) < 200 * 100_000 / 2
    assert "stalled" in other.call("who-left")["left"]


def test_a_connection_that_never_says_who_it_is_is_closed(address: str) -> None:
    with bare_connection(address) as nameless:
        assert read_to_the_end(nameless) < 1000
