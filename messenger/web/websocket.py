"""The WebSocket under Socket.IO: whole frames, no compression, and an end to a client that stops reading.

Three things that the stock transport leaves open: `socket.send` may write a part of a frame and say nothing;
permessage-deflate costs more memory than the messages do and would compress what must not be (CRIME); and the packets
for a client that reads nothing pile up without bound.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from engineio.async_drivers import gevent as driver
from engineio.packet import Packet
from gevent.lock import RLock
from simple_websocket import ConnectionClosed, Server

QUEUE_BYTES = 4 * 1024 * 1024
"""What may wait for one client, about forty of the largest messages; it fetches the rest by sequence."""

QUEUE_PACKETS = 2_000
SEND_SECONDS = 15
"""How long one frame may take to leave before the client counts as gone."""


class CappedQueue(driver.queue.JoinableQueue):  # type: ignore[misc]  # engineio publishes no types
    """Packets on their way to one client. Past the cap it drops all of them and asks for the client to be cut."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = 0
        self._cut: Callable[[], None] | None = None

    def on_overflow(self, cut: Callable[[], None]) -> None:
        """What to call, once, when the cap is passed."""
        self._cut = cut

    def put(self, item: Packet | None, *args: Any, **kwargs: Any) -> None:
        """Never blocks and never raises: a broadcast must reach the others."""
        if self._bytes > QUEUE_BYTES or self.qsize() > QUEUE_PACKETS:
            cut, self._cut = self._cut, None
            if cut is not None:
                gevent.spawn(cut)
            if item is not None:
                return
        self._bytes += _size(item)
        super().put(item, *args, **kwargs)

    def get(self, block: bool = True, timeout: float | None = None) -> Packet | None:  # noqa: ARG002, FBT001, FBT002
        """The oldest packet. Whoever waits has no timer: a ping comes every 25 seconds, and None at the end."""
        item = super().get(block)
        self._bytes -= _size(item)
        return item


class WebSocket:
    """What engineio expects of a WebSocket: called as a WSGI application, then `wait`, `send` and `close`."""

    def __init__(self, handler: Callable[["WebSocket"], object], _server: object) -> None:
        self._handler = handler
        self._connection: _Connection | None = None
        # engineio hands in a method of the Engine.IO socket; its queue is the one whose growth has to end it.
        queue = handler.__self__.queue  # type: ignore[attr-defined]
        if isinstance(queue, CappedQueue):
            queue.on_overflow(self.cut)

    def __call__(self, environ: dict[str, Any], _start_response: object) -> Iterable[bytes]:
        """Upgrade, run the handler to the connection's end, and leave the worker's socket to it."""
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)  # offers nothing, so nothing is compressed
        self._connection = environ["gunicorn.socket"] = _Connection(environ["gunicorn.socket"])
        self._socket = Server(
            environ,
            max_message_size=_server_limit(self._handler),
            thread_class=driver.Thread,
            event_class=driver.Event,
        )
        self._handler(self)
        raise StopIteration  # gunicorn's sign that the socket is no longer its own

    def wait(self) -> str | bytes | None:
        """The next message, or None at the end."""
        try:
            message: str | bytes = self._socket.receive()
        except ConnectionClosed:
            return None
        return message

    def send(self, message: str | bytes) -> None:
        """Send one message whole."""
        try:
            self._socket.send(message)
        except ConnectionClosed as error:
            raise OSError("closed") from error

    def close(self) -> None:
        """Say goodbye and close."""
        if self._socket.connected:
            self._socket.close()

    def cut(self) -> None:
        """Close without a word; whoever waits on the socket wakes up."""
        if self._connection is not None:
            self._connection.cut()


class _Connection:
    """A socket whose `send` writes all or ends the connection, one sender at a time."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._sending = RLock()
        self._is_cut = False

    def send(self, data: bytes) -> int:
        with self._sending:
            if self._is_cut:
                raise BrokenPipeError
            sent = self._send_at_once(data)
            if sent < len(data):
                self._send_patiently(data[sent:])
        return len(data)

    def _send_at_once(self, data: bytes) -> int:
        """What the kernel takes without waiting, nearly always all: a timer for each frame costs more than that."""
        try:
            return os.write(self._sock.fileno(), data)
        except BlockingIOError:
            return 0

    def _send_patiently(self, data: bytes) -> None:
        try:
            with gevent.Timeout(SEND_SECONDS):
                self._sock.sendall(data)
        except gevent.Timeout:
            self.cut()
            raise BrokenPipeError from None

    def recv(self, size: int) -> bytes:
        received: bytes = self._sock.recv(size)
        return received

    def close(self) -> None:
        self._sock.close()

    def cut(self) -> None:
        self._is_cut = True
        try:
            self._sock.shutdown(driver.gevent.socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already


def _size(item: Packet | None) -> int:
    return len(item.data) if item is not None and isinstance(item.data, (str, bytes)) else 0


def _server_limit(handler: Callable[..., object]) -> int:
    limit: int = handler.__self__.server.max_http_buffer_size  # type: ignore[attr-defined]
    return limit
