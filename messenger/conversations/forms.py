"""The JSON in which conversations are served (docs/api.md)."""

from collections.abc import Sequence

from messenger.conversations.announcements import ConversationChanged, SentMessage
from messenger.conversations.models import EpochBox, HistoryBox, Message, Receipt
from messenger.conversations.reading import Control, Listed, Page
from messenger.protocol.encoding import b64u_encode, format_time
from messenger.protocol.json_strict import JsonObject, JsonValue


def message_form(message: Message | SentMessage) -> JsonObject:
    """A message served; `ciphertext` is null once it is erased."""
    return {
        "sequence": message.sequence,
        "received": format_time(message.received),
        "header": b64u_encode(message.header),
        "ciphertext": None if message.ciphertext is None else b64u_encode(message.ciphertext),
        "ciphertext_hash": b64u_encode(message.ciphertext_hash),
        "signature": b64u_encode(message.signature),
    }


def change_form(change: ConversationChanged) -> JsonObject:
    """What whoever may read a conversation is told of it, whether or not they follow it."""
    return {
        "conversation": change.conversation,
        "last_sequence": change.last_sequence,
        "control_head": b64u_encode(change.control_head),
    }


def page_form(page: Page) -> JsonObject:
    """A page of messages."""
    return {
        "messages": [message_form(message) for message in page.messages],
        "last_sequence": page.last_sequence,
        "withheld": [{"first": first, "last": last} for first, last in page.withheld],
    }


def control_form(control: Control) -> JsonObject:
    """A control chain with what of it is the caller's."""
    return {
        "statements": [statement.as_json() for statement in control.statements],
        "names": {statement: b64u_encode(ciphertext) for statement, ciphertext in control.names.items()},
        "boxes": [_box_form(box) for box in control.boxes],
        "history": [{"statement": b64u_encode(box.statement), **_box_form(box)} for box in control.history],
        "emergency": None if control.emergency is None else control.emergency.as_json(),
        "after": control.after,
    }


def receipts_form(receipts: Sequence[Receipt]) -> list[JsonValue]:
    """How far everybody has received and read."""
    return [{"account": receipt.account, "delivered": receipt.delivered, "read": receipt.read} for receipt in receipts]


def listed_form(listed: Listed) -> JsonObject:
    """A line of the list of conversations, to which the inbox adds the open questions."""
    row = listed.conversation
    box: JsonObject | None = None
    if listed.reader is not None and listed.box is not None:
        box = {"reader": listed.reader, "box": b64u_encode(listed.box)}
    name: JsonObject | None = None
    if listed.name is not None:
        name = {"epoch": listed.name.epoch, "ciphertext": b64u_encode(listed.name.ciphertext)}
    return {
        "conversation": row.conversation,
        "patient": row.patient,
        "created": format_time(row.created),
        "last_sequence": row.last_sequence,
        "last_received": None if row.last_received is None else format_time(row.last_received),
        "read": listed.read,
        "delivered": listed.delivered,
        "epoch": row.epoch,
        "control_head": b64u_encode(row.control_head),
        "name": name,
        "box": box,
    }


def _box_form(box: EpochBox | HistoryBox) -> JsonObject:
    return {"epoch": box.epoch, "reader": box.reader, "box": b64u_encode(box.box)}
