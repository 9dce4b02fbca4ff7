"""Conversations over Socket.IO. What runs often needs no request context and opens no transaction of its own."""

from typing import Any

from messenger.channel import EventsMissed
from messenger.conversations import opening
from messenger.conversations.announcements import (
    ConversationChanged,
    LeasesEnded,
    MessageErased,
    MessagesSent,
    ReadersChanged,
    ReceiptChanged,
    TypingChanged,
)
from messenger.conversations.live import Live
from messenger.conversations.writer import Writer
from messenger.events import Subscribers
from messenger.protocol.encoding import format_time
from messenger.protocol.shape import Members
from messenger.web.guards import Guard
from messenger.web.identity import Identity
from messenger.web.request_scope import db_session, now
from messenger.web.sockets import Answer, Sockets


def register(sockets: Sockets, subscribers: Subscribers, writer: Writer, live: Live) -> None:
    """Register the room's events, and what is told to browsers after each commit."""
    subscribers.on_every_node(MessagesSent)(live.hear)
    subscribers.on_every_node(MessageErased)(live.hear)
    subscribers.on_every_node(ReceiptChanged)(live.hear)
    subscribers.on_every_node(ConversationChanged)(live.hear)
    subscribers.on_every_node(ReadersChanged)(live.hear)
    subscribers.on_every_node(LeasesEnded)(live.hear)
    subscribers.on_every_node(TypingChanged)(live.hear)
    subscribers.on_every_node(EventsMissed)(live.hear)
    sockets.on_left(lambda sid, _identity: live.forget(sid))
    _register_following(sockets, live)
    _register_writing(sockets, writer, live)


def _register_following(sockets: Sockets, live: Live) -> None:
    @sockets.hot_event("conversation:follow", Guard.SIGNED_IN)
    def follow(sid: str, identity: Identity, data: Any) -> Answer:
        members = Members(data)
        conversation = members.id("conversation", "cnv")
        members.close()
        return {"last_sequence": live.follow(sid, identity, conversation)}

    @sockets.socket_event("conversation:leave", Guard.SIGNED_IN)
    def leave(_sid: str, identity: Identity, data: Any) -> Answer:
        members = Members(data)
        conversation = members.id("conversation", "cnv")
        first, last = members.integer("first"), members.integer("last")
        members.close()
        live.leave(identity, conversation)
        opening.leave_conversation(db_session(), identity, conversation, first, last, now())
        return None


def _register_writing(sockets: Sockets, writer: Writer, live: Live) -> None:
    @sockets.hot_event("message:send", Guard.SIGNED_IN)
    def send(_sid: str, identity: Identity, data: Any) -> Answer:
        members = Members(data)
        conversation = members.id("conversation", "cnv")
        wire = {name: members.take(name) for name in ("header", "ciphertext", "signature")}
        members.close()
        sent = writer.post(identity, conversation, wire)
        return {"id": sent.id, "sequence": sent.sequence, "received": format_time(sent.received)}

    @sockets.hot_event("receipt:send", Guard.SIGNED_IN)
    def put_receipt(_sid: str, identity: Identity, data: Any) -> Answer:
        members = Members(data)
        writer.put_receipt(identity, members.id("conversation", "cnv"), members)
        return None

    @sockets.hot_event("typing", Guard.SIGNED_IN)
    def typing(sid: str, identity: Identity, data: Any) -> Answer:
        members = Members(data)
        conversation, is_typing = members.id("conversation", "cnv"), members.flag("typing")
        members.close()
        live.typing(sid, identity, conversation, typing=is_typing)
        return None
