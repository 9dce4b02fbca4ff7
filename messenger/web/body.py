"""What a caller sent, read strictly: I-JSON, exactly the members that were asked for, each of its type and size."""

from flask import request

from messenger.errors import Invalid, TooLarge
from messenger.protocol.errors import EncodingRefused
from messenger.protocol.json_strict import JsonObject, parse_object
from messenger.protocol.shape import Members

MAX_REQUEST_BYTES = 1_048_576
"""One request; a vault (256 KiB) in base64 with its neighbours fits, a flood does not."""


def json_members() -> Members:
    """The members of this request's JSON object, each to be taken once and then closed (`messenger.protocol.shape`).

    Raises:
        Invalid: as `json_object`.
    """
    return Members(json_object())


def json_object() -> JsonObject:
    """This request's JSON object, whole: where it is one envelope or one document.

    Raises:
        Invalid: `not_json` without the content type, `malformed_json` for bytes that are not I-JSON.
    """
    if request.mimetype != "application/json":
        raise Invalid("not_json", "Send JSON, with Content-Type application/json.")
    try:
        return parse_object(request.get_data())
    except EncodingRefused as refused:
        raise Invalid("malformed_json", "The request is not JSON as this service reads it.") from refused


def check_size(what: bytes, limit: int, code: str) -> None:
    """Refuse more bytes than `limit`, stating it.

    Raises:
        TooLarge: with the code.
    """
    if len(what) > limit:
        raise TooLarge(code, "This is too large: at most {limit} bytes are taken.", limit=limit)
