"""The floor: the same stack, which only relays through Flask-SocketIO's ordinary handlers and stores nothing."""

from typing import Any

from flask import Flask
from flask_socketio import SocketIO, emit, join_room

app = Flask(__name__)
sockets = SocketIO(app, async_mode="gevent", http_compression=False, transports=["websocket"], manage_session=False)


@sockets.on("conversation:follow")  # type: ignore[untyped-decorator]  # Flask-SocketIO publishes no types
def follow(data: dict[str, Any]) -> dict[str, Any]:
    """Hear what is relayed in a conversation."""
    join_room(data["conversation"])
    return {"ok": True, "last_sequence": 0}


@sockets.on("message:send")  # type: ignore[untyped-decorator]  # as above
def relay(data: dict[str, Any]) -> dict[str, Any]:
    """Pass a message on and say so."""
    message = {name: data[name] for name in ("header", "ciphertext", "signature")}
    emit(
        "message:new",
        {"conversation": data["conversation"], "message": message},
        to=data["conversation"],
        include_self=False,
    )
    return {"ok": True, "sequence": 0}
