"""A server that lies: it stands between a real client and a real server and rewrites what passes.

The honest server behind it is started with `BASE_URL` set to this proxy's address, so that origins, cookies and the
address bound into sign-in proofs are those of the proxy: to the client it *is* the server.
"""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import simple_websocket
import websocket
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

Json = Any
JsonLie = Callable[[Json], Json]
BytesLie = Callable[[bytes], bytes]
EventLie = Callable[[Json], "list[Json]"]

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length", "te", "trailer"}


class _Quiet(WSGIRequestHandler):
    """Prints nothing of what passes; connections are kept, as a real server's are."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


@dataclass(frozen=True)
class SeenRequest:
    """One request as it left the client."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class SeenFrame:
    """One WebSocket text frame; `sent` is true from client to server."""

    sent: bool
    text: str


@dataclass
class HostileProxy:
    """Forwards to `upstream` (http://host:port) until told to lie. Use as a context manager."""

    upstream: str
    requests: list[SeenRequest] = field(default_factory=list)
    frames: list[SeenFrame] = field(default_factory=list)
    _json_lies: list[tuple[str, re.Pattern[str], JsonLie]] = field(default_factory=list)
    _bytes_lies: list[tuple[str, re.Pattern[str], BytesLie]] = field(default_factory=list)
    _answers: list[tuple[str, re.Pattern[str], int, Json]] = field(default_factory=list)
    _event_lies: dict[str, EventLie] = field(default_factory=dict)
    _sockets: list[simple_websocket.Server] = field(default_factory=list)
    _server: BaseWSGIServer | None = None

    def __enter__(self) -> Self:
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
        threading.Thread(target=self._server.serve_forever, name="hostile-proxy", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for socket in self._sockets:
            _close(socket)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def url(self) -> str:
        """The address that clients are given."""
        if self._server is None:
            raise RuntimeError("the proxy has not been entered")
        return f"http://localhost:{self._server.server_port}"

    def lie(self, method: str, path: str, change: JsonLie) -> None:
        """Pass every JSON answer to `method` on a path that fully matches the pattern `path` through `change`."""
        self._json_lies.append((method, re.compile(path), change))

    def lie_bytes(self, method: str, path: str, change: BytesLie) -> None:
        """As `lie`, on the raw bytes (pages and bundles)."""
        self._bytes_lies.append((method, re.compile(path), change))

    def answer(self, method: str, path: str, status: int, document: Json) -> None:
        """Answer without asking the honest server at all."""
        self._answers.append((method, re.compile(path), status, document))

    def lie_event(self, name: str, change: EventLie) -> None:
        """Pass the argument of every live event `name` to the client through `change`: none, one or several go on."""
        self._event_lies[name] = change

    def be_honest(self) -> None:
        """Stop lying, keep forwarding."""
        self._json_lies.clear()
        self._bytes_lies.clear()
        self._answers.clear()
        self._event_lies.clear()

    def inject_event(self, name: str, argument: Json) -> None:
        """Send a live event of our own making to every connected client."""
        for socket in self._sockets:
            socket.send("42" + json.dumps([name, argument]))

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            self._relay_socket(environ)
            start_response("101 Switching Protocols", [])
            return []
        request = _read_request(environ)
        self.requests.append(request)
        path = request.target.partition("?")[0]
        for method, pattern, status, document in self._answers:
            if method == request.method and pattern.fullmatch(path):
                body = json.dumps(document).encode()
                headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
                start_response(f"{status} Lie", headers)
                return [body]
        status_line, headers, body = self._forward(request)
        body = self._twist(request.method, path, body)
        start_response(status_line, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _forward(self, request: SeenRequest) -> tuple[str, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=60)
        try:
            connection.request(request.method, request.target, request.body or None, request.headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        headers = [(name, value) for name, value in response.getheaders() if name.lower() not in _HOP_BY_HOP]
        return f"{response.status} {response.reason}", headers, body

    def _twist(self, method: str, path: str, body: bytes) -> bytes:
        for lie_method, pattern, change in self._json_lies:
            if lie_method == method and pattern.fullmatch(path) and body:
                body = json.dumps(change(json.loads(body))).encode()
        for lie_method, pattern, change_bytes in self._bytes_lies:
            if lie_method == method and pattern.fullmatch(path):
                body = change_bytes(body)
        return body

    def _relay_socket(self, environ: dict[str, Any]) -> None:
        headers = _forwarded_headers(environ)
        for name in (
            "Host",
            "Connection",
            "Upgrade",
            "Sec-Websocket-Key",
            "Sec-Websocket-Version",
            "Sec-Websocket-Extensions",
        ):
            headers.pop(name, None)
        target = environ["PATH_INFO"] + "?" + environ.get("QUERY_STRING", "")
        # Not simple_websocket's client: it hears of a frame that came with the upgrade only when the next one comes.
        honest = websocket.create_connection(
            "ws://" + urlsplit(self.upstream).netloc + target, header=headers, suppress_origin=True
        )
        client = simple_websocket.Server(environ)
        self._sockets.append(client)
        up = threading.Thread(target=self._pump_up, args=(client, honest), daemon=True)
        up.start()
        try:
            while True:
                for text in self._twist_frame(_text(honest.recv())):
                    self.frames.append(SeenFrame(sent=False, text=text))
                    client.send(text)
        except (simple_websocket.ConnectionClosed, websocket.WebSocketException, OSError):
            _close(client)
        up.join(5)
        honest.shutdown()  # type: ignore[no-untyped-call]
        self._sockets.remove(client)

    def _pump_up(self, client: simple_websocket.Server, honest: websocket.WebSocket) -> None:
        try:
            while True:
                text = _text(client.receive())
                self.frames.append(SeenFrame(sent=True, text=text))
                honest.send(text)
        except (simple_websocket.ConnectionClosed, websocket.WebSocketException, OSError):
            honest.abort()  # type: ignore[no-untyped-call]  # wakes the other pump, too

    def _twist_frame(self, text: str) -> list[str]:
        if not text.startswith("42["):
            return [text]
        name, *arguments = json.loads(text[2:])
        change = self._event_lies.get(name)
        if change is None or not arguments:
            return [text]
        return ["42" + json.dumps([name, argument]) for argument in change(arguments[0])]


def _text(frame: str | bytes | None) -> str:
    return frame.decode() if isinstance(frame, bytes) else frame or ""


def _close(socket: simple_websocket.Server) -> None:
    try:
        socket.close()
    except simple_websocket.ConnectionClosed:
        return


def _forwarded_headers(environ: dict[str, Any]) -> dict[str, str]:
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    headers.pop("Accept-Encoding", None)
    return headers


def _read_request(environ: dict[str, Any]) -> SeenRequest:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]
    if "?" not in target and environ.get("QUERY_STRING"):
        target += "?" + environ["QUERY_STRING"]
    headers = _forwarded_headers(environ)
    for name in ("Connection", "Keep-Alive"):
        headers.pop(name, None)
    return SeenRequest(environ["REQUEST_METHOD"], target, headers, environ["wsgi.input"].read(length))
