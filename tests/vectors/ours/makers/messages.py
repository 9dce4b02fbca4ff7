"""Vectors of messages: headers, what a reader concludes from each, and whether they follow each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject, JsonValue, write_json
from messenger.protocol.keys import SigningKey
from messenger.protocol.message import (
    Body,
    Correction,
    Header,
    Message,
    Retraction,
    Text,
    message_context,
    sign_message,
)
from messenger.protocol.padding import pad
from tests.vectors.ours.makers.conversation import CONVERSATION, Conversation, epoch_key
from tests.vectors.ours.makers.pinned import pinned_ciphertext
from tests.vectors.ours.makers.world import (
    AMARA,
    CHEN,
    PEGGY,
    ROBBED,
    STRANGER,
    TEAM,
    TOM,
    Person,
    at,
    made_id,
    some_hash,
    wire,
)

NOW = at(9000)


def control() -> Conversation:
    """The conversation that the messages are in: two epochs, the first begun by Peggy, the second by Amara."""
    return Conversation().created().rotated()


def header(person: Person = PEGGY, number: int = 1, **changes: Any) -> Header:
    """A message of somebody's device, its first unless told."""
    statements = control().statements
    previous = None if number == 1 else some_hash(f"{person.name} message {number - 1}")
    made = Header(
        conversation=CONVERSATION,
        epoch=2,
        id=made_id("msg", f"{person.name} {number}"),
        sender=person.account,
        key=person.signing().id,
        device=made_id("dev", person.name),
        device_sequence=number,
        device_previous=previous,
        control_head=statements[1].hash,
        consent_head=control().consent_head(),
        checkpoint=None,
        time=at(1000),
        kind="update",
    )
    return replace(made, **changes)


def message(
    made: Header | bytes, body: Body | bytes, *, key: bytes | None = None, signing: SigningKey | None = None
) -> Message:
    """A message of these parts, whether or not anybody would write it."""
    header_bytes = made if isinstance(made, bytes) else write_json(made.as_json())
    plaintext = body if isinstance(body, bytes) else pad(write_json(body.as_json()))
    ciphertext = pinned_ciphertext(key or epoch_key(2), message_context(header_bytes), plaintext)
    return sign_message(header_bytes, ciphertext, signing or PEGGY.signing())


def reading() -> JsonObject:
    """What a reader of that conversation has verified."""
    conversation = control()
    return {
        "conversation": CONVERSATION,
        "patient": PEGGY.account,
        "consents": wire(conversation.around.consent_statements()),
        "team": wire(conversation.around.team_statements()),
        "control": wire(conversation.statements),
        "epoch_keys_hex": {"2": epoch_key(2).hex()},
        "now": NOW,
    }


def messages() -> JsonObject:
    """Everything about messages. People are those of `chains.json`."""
    return {
        "reading": reading(),
        "written": [written(*case) for case in _written_cases()],
        "header_refused": [*_headers_refused()],
        "verdicts": [verdict_case(*case) for case in [*_verified(), *_unverified(), *_misplaced()]],
    }


def _written_cases() -> list[tuple[str, Header, Body]]:
    question = header(kind="question", category="medicines", urgency="urgent", checkpoint="origin\n1\nroot\n\n— x y\n")
    answer = header(
        TOM, 2, answers=(made_id("msg", "a"),), acknowledges=(made_id("msg", "b"), made_id("msg", "c")), kind="thanks"
    )
    return [
        ("a question", question, Text("Can I take it with food? 饭后吃可以吗？")),
        ("an answer", answer, Text("Yes.\n\nWith a full glass of water.")),
        ("a correction", header(corrects=made_id("msg", "a")), Correction("Twice a day.", "I wrote three.")),
        ("a retraction", header(takes_back=made_id("msg", "a")), Retraction()),
        ("a long text", header(), Text("x" * 5000)),
    ]


def written(name: str, made: Header, body: Body) -> JsonObject:
    """A message as it travels, and everything that it was made of."""
    person = TOM if made.sender == TOM.account else PEGGY
    sent = message(made, body, signing=person.signing())
    return {
        "name": name,
        "header": made.as_json(),
        "body": body.as_json(),
        "epoch_key_hex": epoch_key(2).hex(),
        "signing_seed_hex": person.signing().seed.hex(),
        "message": sent.as_json(),
        "hash": sent.hash,
        "ciphertext_bytes": len(sent.ciphertext or b""),
    }


def _headers_refused() -> list[JsonObject]:
    good, own = header().as_json(), header().id
    ids: list[JsonValue] = [made_id("msg", str(number)) for number in range(21)]
    changes: list[tuple[str, Mapping[str, JsonValue], str]] = [
        ("version 2", {"v": 2}, "newer_version"),
        ("version 2 with a new member", {"v": 2, "x": 1}, "newer_version"),
        ("a member too many", {"x": 1}, "bad_members"),
        ("epoch 0", {"epoch": 0}, "bad_members"),
        ("a sender that is a team", {"sender": TEAM}, "bad_members"),
        ("a key that is an account", {"key": PEGGY.account}, "bad_members"),
        ("a device that is an account", {"device": PEGGY.account}, "bad_members"),
        ("a device's message 0", {"device_sequence": 0}, "bad_members"),
        ("a first message that follows one", {"device_previous": some_hash("x")}, "bad_members"),
        ("a second message that follows none", {"device_sequence": 2}, "bad_members"),
        ("an unknown kind", {"kind": "order"}, "bad_members"),
        ("an unknown category", {"category": "billing"}, "bad_members"),
        ("no urgency", {"urgency": None}, "bad_members"),
        ("answers itself", {"answers": [own]}, "bad_members"),
        ("takes itself back", {"takes_back": own}, "bad_members"),
        ("corrects and takes back", {"corrects": ids[0], "takes_back": ids[1]}, "bad_members"),
        ("answers twice", {"answers": [ids[0], ids[0]]}, "bad_members"),
        ("answers 21", {"answers": ids}, "bad_members"),
        ("a checkpoint too long", {"checkpoint": "x" * 4001}, "bad_members"),
        ("a time that is none", {"time": "yesterday"}, "bad_members"),
    ]
    refused: list[JsonObject] = [
        {"name": name, "header": b64u_encode(write_json({**good, **change})), "error": error}
        for name, change, error in changes
    ]
    without: list[JsonObject] = [
        {
            "name": f"without {member}",
            "header": b64u_encode(write_json({name: value for name, value in good.items() if name != member})),
            "error": "bad_members",
        }
        for member in good
    ]
    large = write_json(good)[:-1].ljust(8192) + b"}"
    return [
        *refused,
        *without,
        {"name": "too large", "header": b64u_encode(large), "error": "header_too_large"},
        {"name": "no JSON", "header": b64u_encode(b"header"), "error": "malformed_json"},
    ]


Case = tuple[str, Message, str, JsonObject | None]


def verdict_case(name: str, sent: Message, verdict: str, body: JsonObject | None) -> JsonObject:
    """A message as it is served, and what a reader concludes from it."""
    ciphertext = None if sent.ciphertext is None else b64u_encode(sent.ciphertext)
    served: JsonObject = {
        "header": b64u_encode(sent.header),
        "ciphertext": ciphertext,
        "ciphertext_hash": b64u_encode(sent.ciphertext_hash),
        "signature": b64u_encode(sent.signature),
    }
    return {"name": name, "message": served, "verdict": verdict, "body": body}


def _verified() -> list[Case]:
    text, retraction, correction = Text("您好 👋"), Retraction(), Correction("Two.", "")
    return [
        ("of the patient", message(header(), text), "verified", text.as_json()),
        ("of the nurse", message(header(TOM), text, signing=TOM.signing()), "verified", text.as_json()),
        ("a correction", message(header(corrects=made_id("msg", "a")), correction), "verified", correction.as_json()),
        ("a retraction", message(header(takes_back=made_id("msg", "a")), retraction), "verified", retraction.as_json()),
        ("ten minutes ahead", message(header(time=at(9010)), text), "verified", text.as_json()),
        ("of before the epoch's link is dated", message(header(time=at(1)), text), "verified", text.as_json()),
    ]


def _unverified() -> list[Case]:
    text = Text("hello")
    good = message(header(), text)
    ciphertext = good.ciphertext or b""
    other = message(header(PEGGY, 2), Text("another"))
    flipped = replace(good, signature=good.signature[:-1] + bytes([good.signature[-1] ^ 1]))
    swapped = replace(good, ciphertext=other.ciphertext, ciphertext_hash=other.ciphertext_hash)
    moved = sign_message(write_json(header(PEGGY, 2).as_json()), ciphertext, PEGGY.signing())
    erased = replace(good, ciphertext=None)
    garbage, empty = pad(b"not json"), pad(b"{}")
    shouted = pad(write_json({"type": "poll", "options": ["a"]}))
    extra = pad(write_json({"type": "text", "text": "hello", "html": "<b>"}))
    return [
        ("a flipped bit in the signature", flipped, "bad_signature", None),
        ("another message's ciphertext", swapped, "bad_signature", None),
        ("its own ciphertext under another header, signed", moved, "cannot_decrypt", None),
        ("signed by somebody else", message(header(), text, signing=TOM.signing()), "bad_signature", None),
        ("signed by a stranger", message(header(key=STRANGER.id), text, signing=STRANGER), "unknown_key", None),
        ("of an account nobody knows", message(header(sender=made_id("acc", "ghost")), text), "unknown_key", None),
        ("reflected as the nurse's", message(header(sender=TOM.account), text), "unknown_key", None),
        ("under another epoch's key", message(header(), text, key=epoch_key(1)), "cannot_decrypt", None),
        ("erased", erased, "erased", None),
        ("erased, with another hash", replace(erased, ciphertext_hash=other.ciphertext_hash), "bad_signature", None),
        ("no padding", message(header(), b"{}"), "malformed", None),
        ("no JSON", message(header(), garbage), "malformed", None),
        ("no body", message(header(), empty), "malformed", None),
        ("a member too many", message(header(), extra), "malformed", None),
        ("an empty text", message(header(), Text("")), "malformed", None),
        ("a body of a newer version", message(header(), shouted), "newer_version", None),
        ("a correction that its header does not announce", message(header(), Correction("a", "b")), "malformed", None),
        (
            "a text where its header takes back",
            message(header(takes_back=made_id("msg", "a")), text),
            "malformed",
            None,
        ),
        ("a header of a newer version", message(_raw({"v": 2}), text), "newer_version", None),
        ("a header with a member too many", message(_raw({"x": 1}), text), "malformed", None),
        ("a header that is none", message(b"{", text), "malformed", None),
    ]


def _raw(change: Mapping[str, JsonValue]) -> bytes:
    return write_json({**header().as_json(), **change})


def _misplaced() -> list[Case]:
    text, statements = Text("hello"), control().statements
    first: dict[str, Any] = {"epoch": 1, "control_head": statements[0].hash}
    anna = header(AMARA)
    outsider = header(ROBBED, time=at(2500))
    old_key = header(ROBBED, key=ROBBED.signing(1).id, time=at(2500))
    return [
        (
            "in another conversation",
            message(header(conversation=made_id("cnv", "other")), text),
            "wrong_conversation",
            None,
        ),
        ("in an epoch that never was", message(header(epoch=3), text), "wrong_epoch", None),
        ("in an epoch that did not run at its head", message(header(epoch=1), text), "wrong_epoch", None),
        ("at a control head that never was", message(header(control_head=some_hash("x")), text), "wrong_epoch", None),
        ("at a consent head that never was", message(header(consent_head=some_hash("x")), text), "wrong_epoch", None),
        (
            "in an epoch whose key has not come",
            message(header(**first), text, key=epoch_key(1)),
            "waiting_for_key",
            None,
        ),
        ("of the team's manager", message(anna, text, signing=AMARA.signing()), "verified", text.as_json()),
        ("of a nurse outside the team", message(outsider, text, signing=ROBBED.signing()), "not_a_member", None),
        ("of another patient", message(header(CHEN), text, signing=CHEN.signing()), "not_a_member", None),
        ("of an outsider's old key", message(old_key, text, signing=ROBBED.signing(1)), "not_a_member", None),
        ("more than ten minutes ahead", message(header(time="2026-03-08T15:10:00.001Z"), text), "future_time", None),
    ]
