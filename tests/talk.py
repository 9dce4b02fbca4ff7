"""A conversation at hand: its keys, its chain, and everybody's device in it, as the clients of a cast hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.test import TestResponse

from messenger.protocol.encoding import b64u_encode, format_time, hash_text
from messenger.protocol.epoch import NewEpoch, encrypt_name, make_epoch
from messenger.protocol.kinds.access import LeaseRenewalBody, OpenBody
from messenger.protocol.kinds.conversation import (
    ConversationCreateBody,
    ConversationNameBody,
    ConversationRotationBody,
)
from messenger.protocol.message import Body, Correction, Header, Message, Retraction, Text, write_message
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.statement import Body as StatementBody
from messenger.protocol.statement import Envelope
from tests.cast import Cast, House, answered
from tests.factories import PersonAtHand, new_id, new_nonce


@dataclass
class DeviceAtHand:
    """Where a device's chain of messages in a conversation stands."""

    sequence: int = 0
    previous: str | None = None


@dataclass
class Talk:
    """One conversation of one patient with the cast's team."""

    cast: Cast
    patient: PersonAtHand
    consent_head: str
    conversation: str = field(default_factory=lambda: new_id("cnv"))
    epoch: NewEpoch | None = None
    head: str = ""
    control_sequence: int = -1
    devices: dict[str, DeviceAtHand] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.cast.house

    @property
    def key(self) -> bytes:
        assert self.epoch is not None
        return self.epoch.key

    @property
    def number(self) -> int:
        return 0 if self.epoch is None else self.epoch.epoch.number

    def path(self, verb: str) -> str:
        return f"/api/conversations/{self.conversation}/{verb}"

    def readers(self) -> dict[str, SealingPublicKey]:
        """Whom the patient lets read, with their keys of now."""
        return {self.patient.account: self.patient.sealing_public, self.cast.team.team: self.cast.team.sealing_public}

    def next_epoch(self, readers: Mapping[str, SealingPublicKey] | None = None) -> NewEpoch:
        return make_epoch(self.conversation, self.number + 1, self.readers() if readers is None else readers)

    def creation(self, by: PersonAtHand, epoch: NewEpoch, name: str | None = None, **changed: Any) -> dict[str, Any]:
        """The body of a beginning."""
        ciphertext = None if name is None else encrypt_name(epoch.key, self.conversation, 1, name)
        members = {
            "conversation": self.conversation,
            "clinic": self.patient.clinic,
            "patient": self.patient.account,
            "consent_head": self.consent_head,
            "epoch": epoch.epoch,
            "name": None if ciphertext is None else hash_text(ciphertext),
        }
        return link(self._says(by, ConversationCreateBody(**{**members, **changed})), epoch.boxes, ciphertext)

    def rotation(self, by: PersonAtHand, epoch: NewEpoch, **changed: Any) -> dict[str, Any]:
        """The body of a rotation."""
        members = {
            "conversation": self.conversation,
            "consent_head": self.consent_head,
            "epoch": epoch.epoch,
            "reason": "age",
            "name": None,
        }
        return link(self._says(by, ConversationRotationBody(**{**members, **changed})), epoch.boxes, None)

    def naming(self, by: PersonAtHand, name: str, **changed: Any) -> dict[str, Any]:
        """The body of a naming."""
        ciphertext = encrypt_name(self.key, self.conversation, self.number, name)
        members = {"conversation": self.conversation, "epoch": self.number, "name": hash_text(ciphertext)}
        return link(self._says(by, ConversationNameBody(**{**members, **changed})), {}, ciphertext)

    def begin(self, by: PersonAtHand, name: str | None = None) -> "Talk":
        """Begin it through the door."""
        epoch = self.next_epoch()
        body = self.creation(by, epoch, name)
        assert self.house.post("/api/conversations", body, by=by) == {"conversation": self.conversation}
        self.moved(body, epoch)
        return self

    def rotate(self, by: PersonAtHand) -> None:
        """Change its key through the door."""
        self.rotate_for(self.readers(), by)

    def rotate_for(self, readers: Mapping[str, SealingPublicKey], by: PersonAtHand | None = None) -> None:
        """Change its key for these readers."""
        by, epoch = by or self.patient, self.next_epoch(readers)
        body = self.rotation(by, epoch)
        self.house.post(self.path("control"), body, by=by)
        self.moved(body, epoch)

    def moved(self, body: Mapping[str, Any], epoch: NewEpoch | None = None) -> None:
        """Note that the server took a link."""
        self.head = Envelope.parse(body["statement"]).hash
        self.control_sequence += 1
        self.epoch = epoch or self.epoch

    def opening(self, by: PersonAtHand, purpose: str = "read", **changed: Any) -> Envelope:
        """A signed request to be served."""
        members = {
            "account": by.account,
            "device": by.device,
            "conversation": self.conversation,
            "purpose": purpose,
            "nonce": new_nonce(),
        }
        return by.says(OpenBody(**{**members, **changed}))

    def renewal(self, by: PersonAtHand, opening: Envelope, **changed: Any) -> Envelope:
        """A signed request to go on being served."""
        members = {
            "account": by.account,
            "device": by.device,
            "conversation": self.conversation,
            "open": opening.hash,
            "nonce": new_nonce(),
        }
        return by.says(LeaseRenewalBody(**{**members, **changed}))

    def open(self, by: PersonAtHand, purpose: str = "read") -> Any:
        """Open it through the door; what is served."""
        return self.house.post(self.path("open"), {"statement": self.opening(by, purpose).as_json()}, by=by)

    def messages(self, by: PersonAtHand, query: str = "") -> Any:
        """A page of messages."""
        return self.house.get(self.path("messages") + query, by=by)

    def header(self, by: PersonAtHand, **changed: Any) -> Header:
        """The header of the next message of somebody's device."""
        device = self.devices.setdefault(by.device, DeviceAtHand())
        header = Header(
            conversation=self.conversation,
            epoch=self.number,
            id=new_id("msg"),
            sender=by.account,
            key=by.current.signing.id,
            device=by.device,
            device_sequence=device.sequence + 1,
            device_previous=device.previous,
            control_head=self.head,
            consent_head=self.consent_head,
            checkpoint=None,
            time=format_time(self.house.clock.now()),
            kind="update",
        )
        return replace(header, **changed)

    def write(self, by: PersonAtHand, body: Body | str = "Good morning", **changed: Any) -> Message:
        """The next message of somebody's device, encrypted and signed; the device's chain has not moved yet."""
        what = Text(body) if isinstance(body, str) else body
        return write_message(self.header(by, **changed), what, self.key, by.current.signing)

    def post(self, by: PersonAtHand, message: Message) -> TestResponse:
        """Send it, whatever comes of it."""
        return self.house.call("POST", self.path("messages"), message.as_json(), by=by)

    def sent(self, by: PersonAtHand, message: Message) -> Any:
        """Send it well: the acknowledgement. The device's chain moves on."""
        answer = answered(self.post(by, message))
        device = self.devices[by.device]
        device.sequence, device.previous = device.sequence + 1, message.hash
        return answer

    def send(self, by: PersonAtHand, body: Body | str = "Good morning", **changed: Any) -> Any:
        """Write and send; the acknowledgement."""
        return self.sent(by, self.write(by, body, **changed))

    def correct(self, by: PersonAtHand, original: str, text: str) -> Any:
        """Correct a message."""
        return self.send(by, Correction(text, "a slip"), corrects=original)

    def take_back(self, by: PersonAtHand, original: str) -> Any:
        """Take a message back."""
        return self.send(by, Retraction(), takes_back=original)

    def _says(self, by: PersonAtHand, body: StatementBody) -> Envelope:
        return by.says(body, sequence=self.control_sequence + 1, previous=self.head or None)


def a_talk(cast: Cast, patient: PersonAtHand | None = None) -> Talk:
    """A conversation that has not begun."""
    whose = patient or cast.patient
    consents = cast.house.get(f"/api/patients/{whose.account}/consents", by=whose)["statements"]
    return Talk(cast, whose, Envelope.parse(consents[-1]).hash)


def link(statement: Envelope, boxes: Mapping[str, bytes], name: bytes | None) -> dict[str, Any]:
    """A link as it travels."""
    return {
        "statement": statement.as_json(),
        "boxes": {reader: b64u_encode(box) for reader, box in boxes.items()},
        "name": None if name is None else b64u_encode(name),
    }
