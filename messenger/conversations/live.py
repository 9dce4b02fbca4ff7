"""What leaves for the browsers after a commit: from a queue of its own, never on the path of an acknowledgement.

A live event is a courtesy. One that is lost loses no message: clients close gaps by sequence.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from messenger.channel import EventsMissed
from messenger.clock import Clock
from messenger.consent import service as consent
from messenger.conversations import access, epochs, opening, store
from messenger.conversations.announcements import (
    ConversationChanged,
    LeasesEnded,
    MessageErased,
    MessagesSent,
    ReadersChanged,
    ReceiptChanged,
    SentMessage,
    TypingChanged,
)
from messenger.conversations.caller import Caller
from messenger.conversations.errors import ConversationUnknown, OpenFirst
from messenger.conversations.followers import Followers
from messenger.conversations.forms import change_form, message_form
from messenger.conversations.reading import readers_for
from messenger.conversations.rooms import Connections, all_rooms, care_room, everybody, patient_room, rooms_of
from messenger.db import Database
from messenger.roles import Role
from messenger.teams import service as teams
from messenger.teams.announcements import ReadersLeft

CHANGES_EVERY_SECONDS: Final = 0.5
"""Readers who do not follow a conversation are told of its newest state this often at most, not of each message."""

SWEEP_SECONDS: Final = 5.0
"""How often sockets whose leases have ended leave their rooms even if nothing is said there."""

Announcement = (
    MessagesSent
    | MessageErased
    | ReceiptChanged
    | ConversationChanged
    | ReadersChanged
    | ReadersLeft
    | LeasesEnded
    | TypingChanged
    | EventsMissed
)

log = logging.getLogger(__name__)


class Live:
    """Tells this node's sockets what was committed, here or on another node; `run` does so until `stop`.

    While what other nodes decide may not arrive (`in_touch` is False), every lease is asked for anew before its socket
    is told anything.
    """

    def __init__(
        self, connections: Connections, database: Database, clock: Clock, in_touch: Callable[[], bool]
    ) -> None:
        self._connections = connections
        self._in_touch = in_touch
        self._database = database
        self._clock = clock
        self._followers = Followers(self._lease_of)
        self._announced: queue.SimpleQueue[Announcement | None] = queue.SimpleQueue()
        self._changed: dict[str, ConversationChanged] = {}
        self._missed = False
        self._told = self._swept = time.monotonic()
        self._stopped = threading.Event()

    def hear(self, announcement: Announcement) -> None:
        """Take what was committed; returns at once."""
        self._announced.put(announcement)

    def follow(self, sid: str, caller: Caller, conversation: str) -> int:
        """Let a socket hear what is written within its session's lease; the last sequence, from which on it hears.

        Raises:
            OpenFirst: no lease runs, or none any more.
        """
        until = self._lease_of(caller, conversation)
        if until is None:
            raise OpenFirst
        self._followers.add(sid, caller, conversation, until)
        self._let_hear(sid, caller, conversation)
        # Asked again now that revocations find this socket: one that was committed in between must not be missed.
        if self._lease_of(caller, conversation) is None:
            self._followers.remove(sid, conversation)
            self._leave_rooms(sid, conversation)
            raise OpenFirst
        # Read only now: a message committed in between is either counted here or heard.
        with self._database.reading_session() as session:
            return store.get_conversation(session, conversation).last_sequence

    def leave(self, caller: Caller, conversation: str) -> None:
        """Let no socket of the caller's session hear of the conversation any longer."""
        for sid in self._followers.remove_session(caller.session, conversation):
            self._leave_rooms(sid, conversation)

    def forget(self, sid: str) -> None:
        """A socket is gone."""
        self._followers.forget(sid)

    def typing(self, sid: str, caller: Caller, conversation: str, *, typing: bool) -> None:
        """Tell followers that somebody writes: colleagues hear who, patients that the team does.

        Raises:
            OpenFirst: the socket does not follow the conversation.
        """
        if not self._followers.follows(sid, conversation, self._clock.now()):
            raise OpenFirst
        self._database.subscribers.announce([TypingChanged(conversation, caller.account, caller.role, typing)])

    def run(self) -> None:
        """Tell what is heard, until `stop`."""
        while not self._stopped.is_set():
            try:
                self._tell_next()
            except Exception as error:  # noqa: BLE001 (clients catch up by sequence; the next event is to be told)
                log.error("a live event could not be told: %s", type(error).__name__)  # noqa: TRY400

    def stop(self) -> None:
        """End `run`."""
        self._stopped.set()
        self._announced.put(None)

    def _tell_next(self) -> None:
        try:
            announcement = self._announced.get(timeout=self._rest())
        except queue.Empty:
            announcement = None
        if announcement is not None:
            self._tell(announcement)
        now = time.monotonic()
        if (self._changed or self._missed) and now - self._told >= CHANGES_EVERY_SECONDS:
            self._told = now
            self._tell_changes()
            self._tell_missed()
        if now - self._swept >= SWEEP_SECONDS:
            self._swept = now
            self._sweep()

    def _rest(self) -> float:
        return CHANGES_EVERY_SECONDS if self._changed or self._missed else SWEEP_SECONDS

    def _tell(self, announcement: Announcement) -> None:
        match announcement:
            case MessagesSent(messages):
                for message in messages:
                    self._tell_message(message)
            case ConversationChanged():
                self._changed[announcement.conversation] = announcement
                for sid, caller in self._followers.waiting(announcement.conversation).items():
                    self._let_hear(sid, caller, announcement.conversation)
            case MessageErased(conversation, message):
                self._say(conversation, "message:erased", {"conversation": conversation, "id": message})
            case ReceiptChanged(conversation, account, delivered, read):
                changed = {"conversation": conversation, "account": account, "delivered": delivered, "read": read}
                self._say(conversation, "receipt:changed", changed)
            case TypingChanged():
                self._tell_typing(announcement)
            case _:
                self._silence_some(announcement)

    def _silence_some(self, announcement: ReadersChanged | ReadersLeft | LeasesEnded | EventsMissed) -> None:
        match announcement:
            case ReadersChanged(conversation, lost):
                self._close(conversation, lost)
            case ReadersLeft(_, accounts, _):
                for sid, conversation in self._followers.look_again_at(accounts, self._clock.now()):
                    self._leave_rooms(sid, conversation)
                    self._connections.emit("conversation:closed", {"conversation": conversation}, to=sid)
            case LeasesEnded(conversation):
                self._close(conversation, ())
            case EventsMissed():
                self._missed = True
                self._look_again()

    def _let_hear(self, sid: str, caller: Caller, conversation: str) -> None:
        """What is written goes to a socket only if the key that it is written under was sealed to whom it belongs."""
        with self._database.reading_session() as session:
            row = store.get_conversation(session, conversation)
            if not epochs.reads_running(session, row, readers_for(session, caller, self._clock.now())):
                return
        for room in rooms_of(conversation, caller):
            self._connections.enter(sid, room)
        self._followers.let_hear(sid, conversation)

    def _close(self, conversation: str, lost: tuple[str, ...]) -> None:
        """A consent changed: who is not covered any more is deaf before they are told so, once."""
        for sid in self._followers.look_again(conversation, self._clock.now()):
            self._leave_rooms(sid, conversation)
        for account in lost:
            self._connections.emit("conversation:closed", {"conversation": conversation}, to=f"account:{account}")

    def _tell_message(self, message: SentMessage) -> None:
        told = {"conversation": message.conversation, "message": message_form(message)}
        self._say(message.conversation, "message:new", told)

    def _say(self, conversation: str, event: str, told: Mapping[str, Any]) -> None:
        self._drop_lapsed(conversation, self._clock.now())
        self._connections.emit(event, told, to=everybody(conversation))

    def _tell_typing(self, changed: TypingChanged) -> None:
        conversation = changed.conversation
        self._drop_lapsed(conversation, self._clock.now())
        told = {"conversation": conversation, "account": changed.account, "typing": changed.typing}
        self._connections.emit("typing:changed", told, to=care_room(conversation))
        seen = told if changed.role is Role.PATIENT else told | {"account": None}
        self._connections.emit("typing:changed", seen, to=patient_room(conversation))

    def _look_again(self) -> None:
        """Other nodes may have decided anything: who is not served any more falls silent before all are told to ask."""
        at = self._clock.now()
        for conversation in self._followers.conversations():
            self._silence(conversation, self._followers.look_again(conversation, at), at)
            for sid, caller in self._followers.waiting(conversation).items():
                self._let_hear(sid, caller, conversation)

    def _tell_missed(self) -> None:
        """Clients fetch what they were not told; how far others have read follows here."""
        if not self._missed:
            return
        self._missed = False
        self._connections.emit_to_all("events:missed", {})
        for conversation in self._followers.conversations():
            with self._database.reading_session() as session:
                row = store.get_conversation(session, conversation)
                receipts = store.list_receipts(session, conversation)
            changed = ConversationChanged(conversation, row.last_sequence, row.control_head, ())
            told = {"changed": [change_form(changed)]}
            self._connections.emit("conversations:changed", told, to=everybody(conversation))
            for receipt in receipts:
                self._tell(ReceiptChanged(conversation, receipt.account, receipt.delivered, receipt.read))

    def _tell_changes(self) -> None:
        changed, self._changed = self._changed, {}
        readers = {reader for change in changed.values() for reader in change.readers}
        members = self._members({reader for reader in readers if reader.startswith("tea_")})
        shut_out = self._shut_out(changed) if members else {}
        told: dict[str, list[Mapping[str, Any]]] = {}
        for change in changed.values():
            accounts = {account for reader in change.readers for account in members.get(reader, {reader})}
            for account in accounts - shut_out.get(change.conversation, set()):
                told.setdefault(account, []).append(change_form(change))
        # Together: who reads eighty lively conversations is told once, and asks for their list once.
        for account, changes in told.items():
            self._connections.emit("conversations:changed", {"changed": changes}, to=f"account:{account}")

    def _members(self, among: set[str]) -> dict[str, set[str]]:
        if not among:
            return {}
        with self._database.reading_session() as session:
            return teams.members_of_each(session, among, self._clock.now())

    def _shut_out(self, conversations: Collection[str]) -> dict[str, set[str]]:
        with self._database.reading_session() as session:
            return access.kept_from(session, conversations)

    def _sweep(self) -> None:
        at = self._clock.now()
        for conversation in self._followers.conversations():
            self._drop_lapsed(conversation, at)

    def _drop_lapsed(self, conversation: str, at: datetime) -> None:
        lapsed = self._followers.drop_lapsed if self._in_touch() else self._followers.look_again
        self._silence(conversation, lapsed(conversation, at), at)

    def _silence(self, conversation: str, lapsed: Mapping[str, Caller], at: datetime) -> None:
        for sid, caller in lapsed.items():
            self._leave_rooms(sid, conversation)
            if not self._covers(caller, conversation, at):
                self._connections.emit("conversation:closed", {"conversation": conversation}, to=sid)

    def _covers(self, caller: Caller, conversation: str, at: datetime) -> bool:
        with self._database.reading_session() as session:
            patient = store.get_conversation(session, conversation).patient
            return consent.may_read(session, caller.account, patient, conversation, at)

    def _leave_rooms(self, sid: str, conversation: str) -> None:
        for room in all_rooms(conversation):
            self._connections.leave(sid, room)

    def _lease_of(self, caller: Caller, conversation: str) -> datetime | None:
        with self._database.reading_session() as session:
            try:
                row = store.get_conversation(session, conversation)
                return opening.require_lease(session, caller, row, self._clock.now())
            except (OpenFirst, ConversationUnknown):
                return None
