"""A message as it is written and sent: header, body, ciphertext, signature (`docs/protocol.md` §6).

What a reader concludes from one is in `verdict`; how the messages of a device follow each other is in `device_chain`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from messenger.protocol.ask import Ask
from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.encoding import HASH_BYTES, b64u_encode, hash_text, pae, sha256
from messenger.protocol.errors import EncodingRefused, StatementRefused
from messenger.protocol.json_strict import JsonObject, JsonValue, parse_object, write_json
from messenger.protocol.keys import SIGNATURE_BYTES, SigningKey, SigningPublicKey
from messenger.protocol.kinds.consent import SCOPE_ALL
from messenger.protocol.padding import pad, unpad
from messenger.protocol.shape import Members, bad_members

VERSION: Final = 1
MAX_HEADER_BYTES: Final = 8_192
MAX_BODY_BYTES: Final = 60_000
MAX_CIPHERTEXT_BYTES: Final = 66_000
MAX_NAMED: Final = 20
MAX_CHECKPOINT_CHARACTERS: Final = 4_000
_MESSAGE_TYPE: Final = "application/vnd.between.message.v1+json"
_SIGNATURE_TYPE: Final = "application/vnd.between.message-signature.v1"

MessageKind = Literal["question", "update", "thanks"]
Category = Literal["medicines", "symptoms", "results", "appointments", "other"]
Urgency = Literal["ordinary", "urgent"]


@dataclass(frozen=True)
class Header:
    """What the server sees of a message; bound to the ciphertext and signed."""

    conversation: str
    epoch: int
    id: str
    sender: str
    key: str
    """The sender's signing key id."""
    device: str
    device_sequence: int
    """1 for the device's first message in this conversation."""
    device_previous: str | None
    """The hash of the device's message before, in this conversation."""
    control_head: str
    consent_head: str
    checkpoint: str | None
    """The newest log checkpoint the sender has verified, the whole signed note."""
    time: str
    kind: MessageKind
    category: Category | None = None
    urgency: Urgency = "ordinary"
    answers: tuple[str, ...] = ()
    acknowledges: tuple[str, ...] = ()
    corrects: str | None = None
    takes_back: str | None = None

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "v": VERSION,
            "conversation": self.conversation,
            "epoch": self.epoch,
            "id": self.id,
            "sender": self.sender,
            "key": self.key,
            "device": self.device,
            "device_sequence": self.device_sequence,
            "device_previous": self.device_previous,
            "control_head": self.control_head,
            "consent_head": self.consent_head,
            "checkpoint": self.checkpoint,
            "time": self.time,
            "kind": self.kind,
            "category": self.category,
            "urgency": self.urgency,
            "answers": list(self.answers),
            "acknowledges": list(self.acknowledges),
            "corrects": self.corrects,
            "takes_back": self.takes_back,
        }


def parse_header(data: bytes) -> Header:
    """The header in these bytes; whether anybody signed them is another question.

    Raises `StatementRefused` (`header_too_large`, `newer_version`) and `EncodingRefused` (`malformed_json`,
    `bad_members`).
    """
    if len(data) > MAX_HEADER_BYTES:
        raise StatementRefused("header_too_large", "The header of a message is at most 8,192 bytes.")
    members = Members(parse_object(data))
    if members.integer("v", least=1) != VERSION:
        raise StatementRefused("newer_version", "This message was written by a newer version.")
    header = Header(
        conversation=members.id("conversation", "cnv"),
        epoch=members.integer("epoch", least=1),
        id=members.id("id", "msg"),
        sender=members.id("sender", "acc"),
        key=members.hash("key"),
        device=members.id("device", "dev"),
        device_sequence=members.integer("device_sequence", least=1),
        device_previous=members.or_none("device_previous", members.hash),
        control_head=members.hash("control_head"),
        consent_head=members.hash("consent_head"),
        checkpoint=members.or_none("checkpoint", lambda name: members.text(name, longest=MAX_CHECKPOINT_CHARACTERS)),
        time=members.time("time"),
        kind=members.one_of("kind", get_args(MessageKind)),
        category=members.or_none("category", lambda name: members.one_of(name, get_args(Category))),
        urgency=members.one_of("urgency", get_args(Urgency)),
        answers=members.ids("answers", "msg"),
        acknowledges=members.ids("acknowledges", "msg"),
        corrects=members.or_none("corrects", lambda name: members.id(name, "msg")),
        takes_back=members.or_none("takes_back", lambda name: members.id(name, "msg")),
    )
    members.close()
    _check_aims(header)
    return header


def _check_aims(header: Header) -> None:
    if (header.device_sequence == 1) != (header.device_previous is None):
        raise bad_members("a device's first message, and no other, follows none")
    if max(len(header.answers), len(header.acknowledges)) > MAX_NAMED:
        raise bad_members("a message answers or acknowledges at most 20 others")
    if header.corrects is not None and header.takes_back is not None:
        raise bad_members("a message corrects or takes back, not both")
    if header.id in (*header.answers, *header.acknowledges, header.corrects, header.takes_back):
        raise bad_members("a message does not aim at itself")


@dataclass(frozen=True)
class Text:
    """What somebody writes."""

    text: str

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"type": "text", "text": self.text}


@dataclass(frozen=True)
class Correction:
    """What somebody should have written, and why; the original stays readable."""

    text: str
    reason: str

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"type": "correction", "text": self.text, "reason": self.reason}


@dataclass(frozen=True)
class Retraction:
    """The word with which somebody takes a message back."""

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"type": "retraction"}


Body = Text | Ask | Correction | Retraction


@dataclass(frozen=True)
class Message:
    """A message as it travels; `ciphertext` is None once it has been erased, and its hash stays."""

    header: bytes
    ciphertext: bytes | None = field(repr=False)
    ciphertext_hash: bytes
    signature: bytes

    @classmethod
    def parse(cls, value: JsonValue) -> Message:
        """From the wire form a client sends: `header`, `ciphertext`, `signature`.

        Raises `StatementRefused` (`header_too_large`, `message_too_large`), `EncodingRefused` (`bad_members`).
        """
        members = Members(value)
        header, ciphertext = members.raw("header"), members.raw("ciphertext")
        message = cls(header, ciphertext, sha256(ciphertext), members.raw("signature", SIGNATURE_BYTES))
        members.close()
        return message.checked()

    @classmethod
    def parse_served(cls, members: Members) -> Message:
        """From the members of a served message: as `parse`; an erased one has its `ciphertext_hash` alone."""
        header, ciphertext = members.raw("header"), members.or_none("ciphertext", members.raw)
        stated = members.or_none("ciphertext_hash", lambda name: members.raw(name, HASH_BYTES))
        signature = members.raw("signature", SIGNATURE_BYTES)
        if ciphertext is None and stated is None:
            raise bad_members("an erased message keeps its ciphertext's hash")
        known = sha256(ciphertext) if ciphertext is not None else stated or b""
        return cls(header, ciphertext, known, signature).checked()

    def checked(self) -> Message:
        """Itself; raises `StatementRefused` when it is larger than a message may be."""
        if len(self.header) > MAX_HEADER_BYTES:
            raise StatementRefused("header_too_large", "The header of a message is at most 8,192 bytes.")
        if self.ciphertext is not None and len(self.ciphertext) > MAX_CIPHERTEXT_BYTES:
            raise StatementRefused("message_too_large", "A message is at most 66,000 bytes.")
        return self

    def as_json(self) -> JsonObject:
        """The wire form a client sends; an erased message is never sent."""
        if self.ciphertext is None:
            raise ValueError("an erased message is never sent")
        return {
            "header": b64u_encode(self.header),
            "ciphertext": b64u_encode(self.ciphertext),
            "signature": b64u_encode(self.signature),
        }

    @property
    def signed_bytes(self) -> bytes:
        """What the signature is over: the header and the hash of the ciphertext."""
        return pae(_SIGNATURE_TYPE, self.header + self.ciphertext_hash)

    @property
    def hash(self) -> str:
        """The message hash, 43 characters."""
        return hash_text(self.signed_bytes)

    def verify(self, key: SigningPublicKey) -> None:
        """Returns if `key` signed it; raises `SignatureRefused` (`bad_signature`)."""
        key.verify(self.signature, self.signed_bytes)

    def verify_before_storing(self, key: SigningPublicKey) -> None:
        """As `verify`, for the server that takes it in (`SigningPublicKey.verify_before_storing`)."""
        key.verify_before_storing(self.signature, self.signed_bytes)


def write_message(header: Header, body: Body, epoch_key: bytes, signing: SigningKey) -> Message:
    """Encrypts and signs. Raises `StatementRefused` (`message_too_large`, `header_too_large`)."""
    header_bytes, plaintext = write_json(header.as_json()), write_json(body.as_json())
    if len(plaintext) > MAX_BODY_BYTES:
        raise StatementRefused("message_too_large", "The text of a message is at most 60,000 bytes.")
    ciphertext = encrypt(epoch_key, message_context(header_bytes), pad(plaintext))
    return sign_message(header_bytes, ciphertext, signing).checked()


def sign_message(header: bytes, ciphertext: bytes, signing: SigningKey) -> Message:
    """The message of a header and a ciphertext that exist already."""
    unsigned = Message(header, ciphertext, sha256(ciphertext), b"")
    return Message(header, ciphertext, unsigned.ciphertext_hash, signing.sign(unsigned.signed_bytes))


def read_body(message: Message, header: Header, epoch_key: bytes) -> Body:
    """The body of a message whose signature was verified.

    Raises `OpeningFailed` (`cannot_decrypt`), `StatementRefused` (`newer_version` for a type of body this version does
    not know), `EncodingRefused` for padding, JSON or members, and for a body that is not what the header announces.
    """
    ciphertext = message.ciphertext if message.ciphertext is not None else b""
    plaintext = unpad(decrypt(epoch_key, message_context(message.header), ciphertext))
    if len(plaintext) > MAX_BODY_BYTES:
        raise EncodingRefused("bad_members", "The text of a message is at most 60,000 bytes.")
    body = parse_body(Members(parse_object(plaintext)))
    announced = Correction if header.corrects else Retraction if header.takes_back else Text | Ask
    if not isinstance(body, announced):
        raise bad_members("the body is not what the header announces")
    if isinstance(body, Ask) and not _may_ask(header, body):
        raise bad_members("an ask is an update that answers nothing, about this conversation or all")
    return body


def message_context(header: bytes) -> bytes:
    """The place of a message's ciphertext: under its own header and no other."""
    return pae(_MESSAGE_TYPE, header)


def _may_ask(header: Header, ask: Ask) -> bool:
    plain = header.kind == "update" and not header.answers and not header.acknowledges
    return plain and ask.scope in (SCOPE_ALL, header.conversation)


def parse_body(members: Members) -> Body:
    """The body of these members; raises `StatementRefused` (`newer_version`: a type not known), `EncodingRefused`."""
    body_type = members.text("type")
    body: Body
    if body_type == "text":
        body = Text(members.text("text", shortest=1))
    elif body_type == "ask":
        body = Ask.parse(members)
    elif body_type == "correction":
        body = Correction(members.text("text", shortest=1), members.text("reason"))
    elif body_type == "retraction":
        body = Retraction()
    else:
        raise StatementRefused("newer_version", "This message was written by a newer version.")
    members.close()
    return body
