"""Socket.IO over one WebSocket with nothing around it, so that what is measured is the server and not its client."""

import json
from typing import Any, Self

import websocket


class Connection:
    """One Socket.IO connection to the default namespace."""

    def __init__(self, url: str, token: str | None) -> None:
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._socket = websocket.create_connection(address, timeout=30, origin=url)
        self._sent = 0
        try:
            self._expect("0")
            self._socket.send("40" + json.dumps({"token": token} if token else {}))
            self._expect("40")
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._socket.close()

    def call(self, event: str, argument: Any) -> Any:
        """Emit and wait for the acknowledgement."""
        self.emit(event, json.dumps(argument))
        return self.acknowledged()

    def emit(self, event: str, encoded: str) -> None:
        """Emit an event whose argument is JSON already."""
        self._sent += 1
        self._socket.send(f'42{self._sent}["{event}",{encoded}]')

    def acknowledged(self) -> Any:
        """The acknowledgement of the newest emit."""
        prefix = f"43{self._sent}"
        return json.loads(self._expect(prefix)[len(prefix) :])[0]

    def heard(self, event: str) -> str:
        """The next event of this name, as its packet."""
        return self._expect(f'42["{event}"')

    def _expect(self, prefix: str) -> str:
        while True:
            packet = str(self._socket.recv())
            if packet == "2":
                self._socket.send("3")
            elif packet.startswith("44"):
                raise RuntimeError(f"the server refused the connection: {packet}")
            elif packet.startswith(prefix):
                return packet
