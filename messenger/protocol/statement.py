"""Signed statements: the envelope, its DSSE signatures and its header (`docs/protocol.md` §2).

Verified first, parsed after: `verify` takes the keys that must have signed and reads the payload only once they have.
Where the key can be found only through the payload (a chain's newcomer names its own), `peek_signer` and `peek_body`
read it unverified; what they return may choose a key and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, Protocol, Self, TypeVar

from messenger.protocol.encoding import b64u_encode, hash_text, pae
from messenger.protocol.errors import EncodingRefused, SignatureRefused, StatementRefused
from messenger.protocol.json_strict import JsonObject, JsonValue, parse_json, write_json
from messenger.protocol.keys import SigningKey, SigningPublicKey
from messenger.protocol.shape import Members

VERSION: Final = 1
ALGORITHM: Final = "Ed25519"
MAX_PAYLOAD_BYTES: Final = 65_536
MAX_SIGNATURES: Final = 8


class Body(Protocol):
    """What every kind's body is: a frozen dataclass that knows its place."""

    kind: ClassVar[str]
    signatures: ClassVar[tuple[str, ...]]
    """Who may sign (`by`), the one named in the header's `signer` first."""
    max_bytes: ClassVar[int]

    @classmethod
    def parse(cls, members: Members) -> Self:
        """The body of these members, all of them taken."""

    def as_json(self) -> JsonObject:
        """The members in the order they are written."""

    @property
    def chain(self) -> str | None:
        """The chain this stands in, or None if it stands alone."""

    def may_stand_at(self, sequence: int) -> bool:
        """Whether this kind may stand at this place of its chain."""


B = TypeVar("B", bound=Body)


@dataclass(frozen=True)
class Signature:
    """One signature: who it is of (`by`), the id of the key, 64 bytes."""

    by: str
    key: str
    signature: bytes


@dataclass(frozen=True)
class Envelope:
    """A statement as signed, stored and served; nothing about it is verified yet."""

    type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, value: JsonValue) -> Envelope:
        """The envelope in a JSON value; raises `EncodingRefused` (`bad_members`) or `StatementRefused`
        (`unsupported_algorithm`).
        """
        members = Members(value)
        payload_type = members.text("type", longest=200)
        envelope = cls(payload_type, members.raw("payload"), members.list("signatures", _parse_signature))
        members.close()
        if not payload_type.isascii() or len(envelope.signatures) > MAX_SIGNATURES:
            raise EncodingRefused("bad_members", "The envelope of a statement is malformed.")
        return envelope

    def as_json(self) -> JsonObject:
        """The envelope as it travels."""
        return {
            "type": self.type,
            "payload": b64u_encode(self.payload),
            "signatures": [
                {"by": one.by, "alg": ALGORITHM, "key": one.key, "signature": b64u_encode(one.signature)}
                for one in self.signatures
            ],
        }

    @property
    def signed_bytes(self) -> bytes:
        """What the signatures are over."""
        return pae(self.type, self.payload)

    @property
    def hash(self) -> str:
        """The statement hash, 43 characters."""
        return hash_text(self.signed_bytes)


@dataclass(frozen=True)
class Signer:
    """At whose hands a key signed: the account (None before sign-in has told) and the key's id."""

    account: str | None
    key: str


@dataclass(frozen=True)
class Header:
    """A payload without its body. Alone: chain, sequence and previous are None."""

    kind: str
    chain: str | None
    sequence: int | None
    previous: str | None
    time: str
    signer: Signer


@dataclass(frozen=True)
class Statement(Generic[B]):
    """A verified statement."""

    hash: str
    header: Header
    body: B
    envelope: Envelope


def payload_type(kind: str) -> str:
    """The DSSE payload type of a kind: a blob of one kind verifies in no other kind's place."""
    return f"application/vnd.between.{kind}.v1+json"


def make_statement(
    body: Body,
    *,
    account: str | None,
    keys: Mapping[str, SigningKey],
    time: str,
    sequence: int | None = None,
    previous: str | None = None,
) -> Envelope:
    """Signs a body with `keys` (`by` → key, the header's signer first) for its place in its chain."""
    if not set(keys) <= set(body.signatures):
        raise ValueError(f"a {body.kind} statement has no such signature")
    signer = next(iter(keys.values()))
    payload = write_json(
        {
            "v": VERSION,
            "kind": body.kind,
            "chain": body.chain,
            "sequence": sequence,
            "previous": previous,
            "time": time,
            "signer": {"account": account, "key": signer.id},
            "body": body.as_json(),
        }
    )
    signed = pae(payload_type(body.kind), payload)
    signatures = tuple(Signature(by, key.id, key.sign(signed)) for by, key in keys.items())
    return Envelope(payload_type(body.kind), payload, signatures)


def verify(envelope: Envelope, body_type: type[B], keys: Mapping[str, SigningPublicKey]) -> Statement[B]:
    """The statement of an envelope that stands where a `body_type` is expected, signed by exactly `keys` (`by` → key).

    Raises, in this order: `StatementRefused` `wrong_type`, `statement_too_large`; `SignatureRefused`
    `missing_signature`, `unexpected_signature`, `wrong_key`, `bad_signature`; then what parsing raises
    (`malformed_json`, `bad_members`, `newer_version`, `wrong_kind`), `wrong_chain`, `wrong_position`, `wrong_signer`.
    """
    _check_type(envelope, body_type)
    _check_signatures(envelope, keys)
    header, body = _parse_payload(envelope, body_type)
    if header.chain != body.chain:
        raise StatementRefused("wrong_chain", "This statement stands in another chain than its body says.")
    _check_position(header, body)
    if header.signer.key != next(iter(keys.values())).id:
        raise StatementRefused("wrong_signer", "The signer named is not the one who signed.")
    return Statement(envelope.hash, header, body, envelope)


def peek_signer(envelope: Envelope) -> Signer:
    """Who claims to have signed, **unverified**: for choosing the key to verify with, and nothing else."""
    return _parse_header(Members(parse_json(envelope.payload)))[0].signer


def peek_body(envelope: Envelope, body_type: type[B]) -> B:
    """The body, **unverified**: for choosing the key to verify with, and nothing else."""
    _check_type(envelope, body_type)
    return _parse_payload(envelope, body_type)[1]


def peek_header(envelope: Envelope) -> Header:
    """The header of a kind this version does not know, **unverified**: it keeps its place in the chain, no more."""
    if len(envelope.payload) > MAX_PAYLOAD_BYTES:
        raise StatementRefused("statement_too_large", "This statement is larger than any may be.")
    return _parse_header(Members(parse_json(envelope.payload)))[0]


def _parse_signature(value: JsonValue) -> Signature:
    members = Members(value)
    by, algorithm = members.text("by", longest=20), members.text("alg", longest=20)
    signature = Signature(by, members.hash("key"), members.raw("signature"))
    members.close()
    if algorithm != ALGORITHM:
        raise StatementRefused("unsupported_algorithm", "This version verifies Ed25519 signatures alone.")
    return signature


def _check_type(envelope: Envelope, body_type: type[B]) -> None:
    if envelope.type != payload_type(body_type.kind):
        raise StatementRefused("wrong_type", f"A statement of another kind cannot stand where {body_type.kind} must.")
    if len(envelope.payload) > body_type.max_bytes:
        raise StatementRefused("statement_too_large", f"A {body_type.kind} statement is not that large.")


def _check_signatures(envelope: Envelope, keys: Mapping[str, SigningPublicKey]) -> None:
    by = [signature.by for signature in envelope.signatures]
    if not set(keys) <= set(by):
        raise SignatureRefused("missing_signature", "A signature that this kind requires is missing.")
    if len(by) != len(keys):
        raise SignatureRefused("unexpected_signature", "There is a signature that this kind does not have.")
    for signature in envelope.signatures:
        if signature.key != keys[signature.by].id:
            raise SignatureRefused("wrong_key", "A signature is by another key than it must be.")
        keys[signature.by].verify(signature.signature, envelope.signed_bytes)


def _parse_payload(envelope: Envelope, body_type: type[B]) -> tuple[Header, B]:
    header, members = _parse_header(Members(parse_json(envelope.payload)))
    if header.kind != body_type.kind:
        raise StatementRefused("wrong_kind", "The kind in the payload is not the kind of its type.")
    body = body_type.parse(members)
    members.close()
    return header, body


def _parse_header(members: Members) -> tuple[Header, Members]:
    version = members.integer("v", least=1)
    if version != VERSION:
        raise StatementRefused("newer_version", "This statement was written by a newer version.")
    kind, chain = members.text("kind", longest=60), members.or_none("chain", members.text)
    sequence = members.or_none("sequence", members.integer)
    previous, time = members.or_none("previous", members.hash), members.time("time")
    signer_members = members.object("signer")
    account = signer_members.or_none("account", lambda name: signer_members.id(name, "acc"))
    signer = Signer(account, signer_members.hash("key"))
    signer_members.close()
    body = members.object("body")
    members.close()
    return Header(kind, chain, sequence, previous, time, signer), body


def _check_position(header: Header, body: Body) -> None:
    alone = header.sequence is None and header.previous is None
    first = header.sequence == 0 and header.previous is None
    later = header.sequence is not None and header.sequence > 0 and header.previous is not None
    in_chain = (first or later) and body.may_stand_at(header.sequence or 0)
    good = alone if body.chain is None else in_chain
    if not good:
        raise StatementRefused("wrong_position", "This kind of statement cannot stand at this place of a chain.")
