"""I-JSON (RFC 7493), refused rather than repaired.

Two parsers that disagree about one text are two truths: duplicate names, lone surrogates, floats and numbers beyond
2^53 - 1 are where JSON parsers disagree, so none of them is accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from messenger.protocol.errors import EncodingRefused

JsonValue = None | bool | int | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
JsonObject = dict[str, JsonValue]

MAX_DEPTH: Final = 16
MAX_INTEGER: Final = 2**53 - 1

# Lone surrogates and Unicode's 66 noncharacters: U+FDD0 to U+FDEF, and the last two of each of the 17 planes.
_LAST_OF_PLANES: Final = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_REFUSED: Final = re.compile(f"[\ud800-\udfff\ufdd0-\ufdef{_LAST_OF_PLANES}]")

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def parse_json(data: bytes) -> JsonValue:
    """The value of UTF-8 I-JSON text; raises `EncodingRefused` with `malformed_json` for anything else.

    Refused: a byte order mark, invalid UTF-8, a duplicate name, a lone surrogate or noncharacter, a fraction, an
    exponent, minus zero, an integer beyond ±(2^53 - 1), more than 16 levels of nesting, anything after the value.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as refused:
        raise _malformed("it is not UTF-8") from refused
    _check_depth(text)
    try:
        value: JsonValue = _DECODER.decode(text)
    except (ValueError, RecursionError) as refused:
        raise _malformed("it does not parse") from refused
    if not text.isascii() or "\\u" in text:
        _check_strings(value)
    return value


def parse_object(data: bytes) -> JsonObject:
    """As `parse_json`, and the value is an object."""
    value = parse_json(data)
    if not isinstance(value, dict):
        raise _malformed("it is not an object")
    return value


def write_json(value: JsonValue) -> bytes:
    """Compact UTF-8 JSON with the members in the order given: the bytes `JSON.stringify` makes of the same value.

    Raises `EncodingRefused` for a string with a lone surrogate or noncharacter, and for an integer out of range.
    """
    _check_strings(value)
    _check_integers(value)
    return _ENCODER.encode(value).encode("utf-8")


def _malformed(why: str) -> EncodingRefused:
    return EncodingRefused("malformed_json", f"This is not JSON as the protocol writes it: {why}.")


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _malformed("a name stands in it twice")
    return members


def _integer(digits: str) -> int:
    if digits == "-0" or len(digits) > len(str(-MAX_INTEGER)) or abs(int(digits)) > MAX_INTEGER:
        raise _malformed("a number is beyond what every reader holds exactly")
    return int(digits)


def _refuse_number(_digits: str) -> NoReturn:
    raise _malformed("a number is not an integer")


def _check_depth(text: str) -> None:
    """Counts brackets outside strings before the parser recurses, so that no input can exhaust its stack."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise _malformed("it is nested more than 16 deep")


def _check_strings(value: JsonValue) -> None:
    if isinstance(value, str):
        if not value.isascii() and _REFUSED.search(value):
            raise _malformed("a string holds a lone surrogate or a noncharacter")
    elif isinstance(value, list):
        for item in value:
            _check_strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_strings(name)
            _check_strings(item)


def _check_integers(value: JsonValue) -> None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_INTEGER:
        raise _malformed("a number is beyond what every reader holds exactly")
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        _check_integers(item)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_refuse_number,
    parse_constant=_refuse_number,
)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
