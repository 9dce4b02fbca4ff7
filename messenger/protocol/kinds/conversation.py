"""The control chain of a conversation: its creation, its rotations, its names, its history (`docs/protocol.md` §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from messenger.protocol.ids import IdType
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

RotationReason = Literal["age", "team", "key", "added", "removed", "emergency"]


@dataclass(frozen=True)
class EpochReader:
    """To whom an epoch key was sealed: a person, a team or the conversation's emergency key."""

    reader: str
    key: str
    """The reader's sealing key id."""
    box: str
    """The hash of the box."""

    def as_json(self) -> JsonObject:
        """The reader as written."""
        return {"reader": self.reader, "key": self.key, "box": self.box}


@dataclass(frozen=True)
class Epoch:
    """One epoch key, by its commitment, and everybody to whom it was sealed."""

    number: int
    commitment: str
    readers: tuple[EpochReader, ...]

    @classmethod
    def parse(cls, members: Members) -> Epoch:
        """The epoch of these members; its readers are sorted by id and there is at least one."""
        epoch = cls(
            number=members.integer("number", least=1),
            commitment=members.hash("commitment"),
            readers=members.list("readers", parse_epoch_reader),
        )
        members.close()
        readers = [reader.reader for reader in epoch.readers]
        if not readers or readers != sorted(set(readers)):
            raise bad_members("an epoch's readers are sorted, each once")
        return epoch

    def as_json(self) -> JsonObject:
        """The epoch as written."""
        return {
            "number": self.number,
            "commitment": self.commitment,
            "readers": [reader.as_json() for reader in self.readers],
        }


def parse_reader(value: JsonValue) -> EpochReader:
    """A person or a team, of a JSON value."""
    return _reader(value, "acc", "tea")


def parse_epoch_reader(value: JsonValue) -> EpochReader:
    """A person, a team or an emergency key, of a JSON value."""
    return _reader(value, "acc", "tea", "emk")


def _reader(value: JsonValue, *types: IdType) -> EpochReader:
    members = Members(value)
    reader = EpochReader(members.id("reader", *types), members.hash("key"), members.hash("box"))
    members.close()
    return reader


@dataclass(frozen=True)
class ConversationCreateBody:
    """The first link: epoch 1."""

    kind: ClassVar[str] = "conversation-create"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    conversation: str
    clinic: str
    patient: str
    consent_head: str
    epoch: Epoch
    name: str | None
    """The hash of the encrypted name."""

    @classmethod
    def parse(cls, members: Members) -> ConversationCreateBody:
        """The body of these members; its epoch is the first."""
        body = cls(
            conversation=members.id("conversation", "cnv"),
            clinic=members.id("clinic", "cln"),
            patient=members.id("patient", "acc"),
            consent_head=members.hash("consent_head"),
            epoch=Epoch.parse(members.object("epoch")),
            name=members.or_none("name", members.hash),
        )
        if body.epoch.number != 1:
            raise bad_members("a conversation begins with epoch 1")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "conversation": self.conversation,
            "clinic": self.clinic,
            "patient": self.patient,
            "consent_head": self.consent_head,
            "epoch": self.epoch.as_json(),
            "name": self.name,
        }

    @property
    def chain(self) -> str:
        """The conversation's control chain."""
        return f"conversation:{self.conversation}"

    def may_stand_at(self, sequence: int) -> bool:
        """At the start alone."""
        return sequence == 0


@dataclass(frozen=True)
class ConversationRotationBody:
    """A later link: a new epoch key for the members of now."""

    kind: ClassVar[str] = "conversation-rotation"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    conversation: str
    consent_head: str
    epoch: Epoch
    reason: RotationReason
    name: str | None
    """The hash of the name, encrypted again under the new key."""

    @classmethod
    def parse(cls, members: Members) -> ConversationRotationBody:
        """The body of these members; its epoch is not the first."""
        body = cls(
            conversation=members.id("conversation", "cnv"),
            consent_head=members.hash("consent_head"),
            epoch=Epoch.parse(members.object("epoch")),
            reason=members.one_of("reason", get_args(RotationReason)),
            name=members.or_none("name", members.hash),
        )
        if body.epoch.number == 1:
            raise bad_members("a rotation begins a later epoch")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "conversation": self.conversation,
            "consent_head": self.consent_head,
            "epoch": self.epoch.as_json(),
            "reason": self.reason,
            "name": self.name,
        }

    @property
    def chain(self) -> str:
        """The conversation's control chain."""
        return f"conversation:{self.conversation}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the first link."""
        return sequence > 0


@dataclass(frozen=True)
class ConversationNameBody:
    """A new name, encrypted under the running epoch's key."""

    kind: ClassVar[str] = "conversation-name"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    conversation: str
    epoch: int
    name: str
    """The hash of the encrypted name."""

    @classmethod
    def parse(cls, members: Members) -> ConversationNameBody:
        """The body of these members."""
        return cls(
            conversation=members.id("conversation", "cnv"),
            epoch=members.integer("epoch", least=1),
            name=members.hash("name"),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"conversation": self.conversation, "epoch": self.epoch, "name": self.name}

    @property
    def chain(self) -> str:
        """The conversation's control chain."""
        return f"conversation:{self.conversation}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the first link."""
        return sequence > 0


@dataclass(frozen=True)
class OpenedEpoch:
    """An earlier epoch whose key was sealed to a later reader."""

    number: int
    box: str
    """The hash of the box."""

    def as_json(self) -> JsonObject:
        """The epoch as written."""
        return {"number": self.number, "box": self.box}


def _parse_opened(value: JsonValue) -> OpenedEpoch:
    members = Members(value)
    opened = OpenedEpoch(members.integer("number", least=1), members.hash("box"))
    members.close()
    return opened


@dataclass(frozen=True)
class ConversationHistoryBody:
    """Keys of earlier epochs, sealed to a reader whose consent reaches back to them."""

    kind: ClassVar[str] = "conversation-history"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    conversation: str
    consent: str
    reader: str
    key: str
    """The reader's sealing key id in the running link."""
    epochs: tuple[OpenedEpoch, ...]

    @classmethod
    def parse(cls, members: Members) -> ConversationHistoryBody:
        """The body of these members; its epochs are sorted by number and there is at least one."""
        body = cls(
            conversation=members.id("conversation", "cnv"),
            consent=members.id("consent", "cns"),
            reader=members.id("reader", "acc", "tea"),
            key=members.hash("key"),
            epochs=members.list("epochs", _parse_opened),
        )
        numbers = [epoch.number for epoch in body.epochs]
        if not numbers or numbers != sorted(set(numbers)):
            raise bad_members("the epochs opened are sorted, each once")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "conversation": self.conversation,
            "consent": self.consent,
            "reader": self.reader,
            "key": self.key,
            "epochs": [epoch.as_json() for epoch in self.epochs],
        }

    @property
    def chain(self) -> str:
        """The conversation's control chain."""
        return f"conversation:{self.conversation}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the first link."""
        return sequence > 0
