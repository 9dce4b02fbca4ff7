"""What a server can make that has every row and every response, but nobody's keys."""

import base64
import copy
import json
import secrets
from collections.abc import Callable
from typing import Any

from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.json_strict import JsonObject, parse_json
from messenger.protocol.keys import SigningKey
from messenger.protocol.message import Message, sign_message
from messenger.protocol.sealing import SealingKey
from messenger.protocol.statement import Envelope


def flip(encoded: str, place: int = -1) -> str:
    """The same base64url bytes with one bit changed."""
    raw = bytearray(b64u_decode(encoded))
    raw[place] ^= 1
    return b64u_encode(bytes(raw))


def with_other_boxes(answer: Any) -> Any:
    """The answer to an opening with every box changed, those that came with an epoch and those that came later."""
    for kind in ("boxes", "history"):
        answer["control"][kind] = [{**box, "box": flip(box["box"], 5)} for box in answer["control"][kind]]
    return answer


def payload_of(envelope: Any) -> dict[str, Any]:
    """The JSON inside an envelope that was served."""
    document: dict[str, Any] = json.loads(b64u_decode(envelope["payload"]))
    return document


def signed_by_the_server(envelope: Any, change: Callable[[dict[str, Any]], None], key: SigningKey) -> Any:
    """The envelope with its payload changed, every signature made anew with a key of the server's."""
    payload = payload_of(envelope)
    change(payload)
    payload["signer"]["key"] = key.id
    encoded = json.dumps(payload, separators=(",", ":")).encode()
    unsigned = Envelope(envelope["type"], encoded, ())
    signature = b64u_encode(key.sign(unsigned.signed_bytes))
    signatures = [{**one, "key": key.id, "signature": signature} for one in envelope["signatures"]]
    return {"type": envelope["type"], "payload": b64u_encode(encoded), "signatures": signatures}


def with_keys_of_the_server(chain: list[Any]) -> tuple[list[Any], SigningKey, SealingKey]:
    """An account's chain in which the server has put keys of its own, and those keys."""
    signing, sealing = SigningKey.generate(), SealingKey.generate()

    def change(payload: dict[str, Any]) -> None:
        payload["body"]["signing_key"] = b64u_encode(signing.public.raw)
        payload["body"]["sealing_key"] = b64u_encode(sealing.public.raw)

    return [chain[0], signed_by_the_server(chain[1], change, signing), *chain[2:]], signing, sealing


def parsed(envelope: Any) -> Envelope:
    """An envelope as the client reads it."""
    document: JsonObject = parse_json(json.dumps(envelope).encode())  # type: ignore[assignment]  # an object goes in
    return Envelope.parse(document)


def committed_to_another_key(message: Message, signing: SigningKey) -> Message:
    """The message with the commitment of another recipient's key; its AES-GCM opens under the one it was made with.

    Such a ciphertext is what an "invisible salamander" is served as (Dodis et al. 2019/016). Layout: salt 24 ‖
    commitment 32 ‖ chunks. The writer colludes, so that everything is signed.
    """
    ciphertext = message.ciphertext or b""
    return sign_message(message.header, ciphertext[:24] + secrets.token_bytes(32) + ciphertext[56:], signing)


def as_row(message: Message) -> dict[str, Any]:
    """The members of a served message that are the message."""
    return {**message.as_json(), "ciphertext_hash": b64u_encode(message.ciphertext_hash)}


def appended(messages: list[Any], forged: Message) -> list[Any]:
    """The served messages and, after them, one of the server's own."""
    last = messages[-1]
    return [*messages, {**as_row(forged), "sequence": last["sequence"] + 1, "received": last["received"]}]


def in_the_place_of(messages: list[Any], sequence: int, other: Message) -> list[Any]:
    """The served messages with another one under a number."""
    return [{**one, **as_row(other)} if one["sequence"] == sequence else one for one in messages]


def in_every_encoding(secret: bytes) -> list[bytes]:
    """How a secret may appear in a request, a log or a file."""
    return [secret, secret.hex().encode(), base64.b64encode(secret).rstrip(b"="), b64u_encode(secret).encode()]


def noting(kept: list[Any], pick: Callable[[Any], Any] = lambda answer: answer) -> Callable[[Any], Any]:
    """An honest answer of which a copy is kept."""

    def note(answer: Any) -> Any:
        kept.append(copy.deepcopy(pick(answer)))
        return answer

    return note
