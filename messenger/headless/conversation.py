"""One conversation as this client has verified it: its control chain, its epoch keys, and who reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from messenger.headless.account import Account
from messenger.headless.custodians import NO_EMERGENCIES, EmergencyGround, ground_of
from messenger.headless.directory import Directory
from messenger.headless.errors import HistoryRolledBack, KeyChanged, NotAMember, ServiceRefused
from messenger.headless.identifiers import now
from messenger.headless.known import KnownConversation
from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.control_chain import ControlChain, continue_control_chain, verify_control_chain
from messenger.protocol.encoding import b64u_encode, hash_text
from messenger.protocol.epoch import decrypt_name, encrypt_name, make_epoch, open_epoch
from messenger.protocol.errors import ChainRefused, ProtocolError
from messenger.protocol.history import open_history
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.conversation import (
    ConversationCreateBody,
    ConversationNameBody,
    ConversationRotationBody,
    RotationReason,
)
from messenger.protocol.members import members as readers_at
from messenger.protocol.pins import ConversationPin, check_pinned_head
from messenger.protocol.rotation import current_keys, rotation_due
from messenger.protocol.sealing import SealingKey
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, peek_body
from messenger.protocol.verdict import Reading

_TRIES: Final = 5


@dataclass
class Conversation:
    """A conversation that this account reads."""

    account: Account
    directory: Directory
    id: str
    control: ControlChain
    consents: ConsentChain
    keys: dict[int, bytes] = field(repr=False)
    name: str | None
    ground: EmergencyGround = NO_EMERGENCIES

    @classmethod
    def load(cls, account: Account, directory: Directory, conversation: str) -> Conversation:
        """Fetches and verifies what is not known yet; raises `ServiceRefused`, `HistoryRolledBack`, `ChainRefused`."""
        path = f"/api/conversations/{conversation}/control{asked_after(directory, conversation)}"
        return cls.read(account, directory, conversation, account.api.get(path))

    @classmethod
    def read(cls, account: Account, directory: Directory, conversation: str, served: Members) -> Conversation:
        """The conversation of a control chain that was served; raises as `load`."""
        statements, known = served.list("statements", Envelope.parse), _known_to(account, conversation, served)
        if known is None and not statements:
            raise NotAMember
        # The server names the patient; the chain is then verified against that patient's own consents.
        patient = known.control.patient if known else peek_body(statements[0], ConversationCreateBody).patient
        consents = directory.consents(patient)
        ground = ground_of(account, served.or_none_object("emergency"))
        judged_by = (consents, directory.teams(), directory.find, ground.sets)
        if known is None:
            control = verify_control_chain(statements, conversation, *judged_by)
        else:
            control = continue_control_chain(known.control, statements, *judged_by)
        _pin(account, control)
        boxes = [Members(item) for item in served.list("boxes", lambda item: item)]
        names = served.json_object("names")
        keys = dict(known.keys) if known is not None else {}
        loaded = cls(account, directory, conversation, control, consents, keys, None, ground)
        for box in boxes:
            loaded._open_box(box)
        for box in [Members(item) for item in served.list("history", lambda item: item)]:
            loaded._open_history_box(box)
        same_name = known is not None and known.control.name == control.name
        loaded.name = known.name if known is not None and same_name else loaded._read_name(names)
        account.known.keep(KnownConversation(control, dict(loaded.keys), loaded.name))
        return loaded

    def reload(self) -> Conversation:
        """The conversation as it is now, everything looked at again."""
        self.directory.forget()
        return Conversation.load(self.account, self.directory, self.id)

    def reading(self) -> Reading:
        """What messages are judged by."""
        teams, instant = self.directory.teams(), now(self.account.clock)
        return Reading(self.control, self.consents, teams, self.directory.find, instant, self.keys)

    def readers(self) -> set[str]:
        """Every account that reads the running epoch: people, and the members of teams at their named generation."""
        found: set[str] = set()
        for reader, key in self.control.running.keys.items():
            if reader.startswith("tea_"):
                generation = self.directory.teams()[reader].generation_with_key(key)
                found.update(generation.members if generation is not None else ())
            else:
                found.add(reader)
        return found

    def require_known_keys(self) -> None:
        """Raises `KeyChanged` for the first reader whose keys have changed and were not acknowledged."""
        for reader in sorted(self.readers()):
            self.directory.find(reader)
            if reader in self.directory.changed:
                raise KeyChanged(reader)

    def rotated_if_due(self) -> Conversation:
        """Itself, or the conversation after this client has begun the epoch that was due."""
        conversation = self
        for _ in range(_TRIES):
            reason = rotation_due(
                conversation.control,
                conversation.consents,
                conversation.directory.teams(),
                conversation.directory.find,
                now(self.account.clock),
                conversation.ground.state,
            )
            if reason is None:
                return conversation
            conversation = conversation._begin_epoch(reason)
        raise HistoryRolledBack

    def rename(self, name: str) -> Conversation:
        """The conversation under a new name; raises `ServiceRefused`."""
        epoch = self.control.running.epoch.number
        ciphertext = encrypt_name(self._running_key(), self.id, epoch, name)
        body = ConversationNameBody(self.id, epoch, hash_text(ciphertext))
        return self._append(self._request(body, {}, ciphertext))

    def next_epoch(
        self,
        reason: RotationReason,
        terms: Iterable[ConsentBody],
        consent_head: str,
        *,
        opted_in: bool,
        blocked: Collection[str] | None = None,
    ) -> JsonObject:
        """The request that begins the next epoch under these terms; raises `KeyChanged`, `ChainRefused`.

        `blocked` None is who is blocked as the consents stand here.

        With the reason `emergency` it leaves out the emergency key that stands, for good.
        """
        instant, number = now(self.account.clock), self.control.running.epoch.number + 1
        emergency = self.control.emergency if opted_in and reason != "emergency" else None
        named = None if emergency is None else emergency.id
        shut_out = self.consents.blocked if blocked is None else blocked
        people = {team: chain.people for team, chain in self.directory.teams().items()}
        due = readers_at(self.control.patient, terms, self.id, instant, named, blocked=shut_out, teams=people)
        keys = current_keys(due, self.directory.teams(), self.directory.find, emergency)
        changed = sorted(self.directory.changed & set(due))
        if changed:
            raise KeyChanged(changed[0])
        new = make_epoch(self.id, number, keys)
        name = None if self.name is None else encrypt_name(new.key, self.id, number, self.name)
        named = None if name is None else hash_text(name)
        return self._request(ConversationRotationBody(self.id, consent_head, new.epoch, reason, named), new.boxes, name)

    def _begin_epoch(self, reason: RotationReason) -> Conversation:
        consents = self.consents
        return self._append(self.next_epoch(reason, consents.terms, consents.head or "", opted_in=consents.opted_in))

    def _request(
        self, body: ConversationRotationBody | ConversationNameBody, boxes: Mapping[str, bytes], name: bytes | None
    ) -> JsonObject:
        hashes = self.control.hashes
        return {
            "statement": self.account.says(body, sequence=len(hashes), previous=hashes[-1]).as_json(),
            "boxes": {reader: b64u_encode(box) for reader, box in boxes.items()},
            "name": None if name is None else b64u_encode(name),
        }

    def _append(self, request: JsonObject) -> Conversation:
        """Appends by compare-and-swap; who loses looks again and lets the caller decide anew."""
        try:
            self.account.api.post(f"/api/conversations/{self.id}/control", request)
        except ServiceRefused as refused:
            if refused.code not in {"chain_moved", "consent_moved", "wrong_readers"}:
                raise
        return self.reload()

    def _running_key(self) -> bytes:
        key = self.keys.get(self.control.running.epoch.number)
        if key is None:
            raise NotAMember
        return key

    def _open_box(self, box: Members) -> None:
        """Opens a box for whom it was sealed; one that does not open leaves its messages waiting for their key."""
        number, reader, sealed = box.integer("epoch", least=1), box.id("reader", "acc", "tea"), box.raw("box")
        link = self.control.link_of(number)
        if link is None or reader not in link.keys or number in self.keys:
            return
        try:
            private = self._private_key(reader, link.keys[reader])
            self.keys[number] = open_epoch(self.id, link.epoch, reader, private, sealed)
        except (ProtocolError, NotAMember):
            return

    def _open_history_box(self, box: Members) -> None:
        """As `_open_box`, for a box of an earlier epoch that a verified statement opened."""
        number, reader = box.integer("epoch", least=1), box.id("reader", "acc", "tea")
        statement, sealed, link = box.hash("statement"), box.raw("box"), self.control.link_of(number)
        grants = (one for one in self.control.history if (one.statement, one.reader) == (statement, reader))
        grant = next(grants, None)
        if link is None or grant is None or number in self.keys:
            return
        try:
            private = self._private_key(reader, grant.key)
            self.keys[number] = open_history(self.id, grant, link.epoch, private, sealed)
        except (ProtocolError, NotAMember):
            return

    def _private_key(self, reader: str, key_id: str) -> SealingKey:
        if reader.startswith("tea_"):
            return self.directory.team_key(reader, key_id)
        private = self.account.vault.sealing_key(key_id) if reader == self.account.id else None
        if private is None:
            raise NotAMember
        return private

    def _read_name(self, names: JsonObject) -> str | None:
        current = self.control.name
        if current is None or current.statement not in names or current.epoch not in self.keys:
            return None
        ciphertext = Members(names).raw(current.statement)
        try:
            if hash_text(ciphertext) != current.ciphertext:
                return None
            return decrypt_name(self.keys[current.epoch], self.id, current.epoch, ciphertext)
        except ProtocolError:
            return None


def asked_after(directory: Directory, conversation: str) -> str:
    """The query that leaves out what is known of a conversation, if nothing of that is missing here."""
    known = directory.account.known.find(conversation)
    if known is None or not known.is_whole_for(directory.reads_as()):
        return ""
    return f"?after={known.control.head}"


def _known_to(account: Account, conversation: str, served: Members) -> KnownConversation | None:
    """What the served statements follow; None where they are the whole chain.

    That is this client's own word: statements said to follow anything else follow nothing. Raises `ChainRefused`.
    """
    after = served.or_none("after", served.hash)
    if after is None:
        return None
    known = account.known.find(conversation)
    if known is None or known.control.head != after:
        raise ChainRefused("broken_chain", "These statements are said to follow one that this client has not verified.")
    return known


def _pin(account: Account, control: ControlChain) -> None:
    pinned = account.pins.conversations.get(control.conversation)
    try:
        check_pinned_head(pinned.head if pinned is not None else None, control.hashes)
    except ProtocolError as refused:
        raise HistoryRolledBack from refused
    sequence = pinned.sequence if pinned is not None else 0
    pin = ConversationPin(control.head, control.running.epoch.number, sequence)
    account.pin(lambda pins: replace(pins, conversations={**pins.conversations, control.conversation: pin}))


def pin_sequence(account: Account, conversation: str, served: int, met: int) -> None:
    """Remembers the newest number met; raises `HistoryRolledBack` if what is served ends before one met earlier."""
    pinned = account.pins.conversations[conversation]
    if served < pinned.sequence:
        raise HistoryRolledBack
    pin = replace(pinned, sequence=max(pinned.sequence, met))
    account.pin(lambda pins: replace(pins, conversations={**pins.conversations, conversation: pin}))
