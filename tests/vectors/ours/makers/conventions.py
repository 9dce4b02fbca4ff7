"""Vectors of §1: encodings, ids, strict JSON, padding."""

from __future__ import annotations

from messenger.protocol.encoding import (
    b64u_encode,
    derive,
    labelled_hash,
    lines,
    pae,
    u32be,
)
from messenger.protocol.ids import ID_TYPES, make_id
from messenger.protocol.json_strict import JsonObject, JsonValue, parse_json, write_json
from messenger.protocol.padding import pad, padme
from tests.vectors.ours.makers.pinned import seed


def encoding() -> JsonObject:
    """base64url, labelled hashes, HKDF, the pre-authentication encoding, lines, numbers and times."""
    data = [bytes(range(length)) for length in range(6)] + [b"\xff\xef\xbe", seed("b64u", 32)]
    refused = [
        "A",
        "AAAAA",
        "AB",
        "AAB",
        "AA==",
        "AA=",
        "+/+/",
        "AA A",
        "A\n",
        "AAAA\n",
        "ÄAAA",
        "AAA.",
        " AAAA",
        "AAAA ",
    ]
    return {
        "b64u": [{"bytes_hex": item.hex(), "text": b64u_encode(item)} for item in data],
        "b64u_refused": [{"text": text, "error": "malformed_base64"} for text in refused],
        "labelled_hash": [_labelled_hash(label, parts) for label, parts in _HASHED],
        "derive": [_derive("password", b"", 32), _derive("slot-key", seed("salt", 16), 32), _derive("x", b"s", 76)],
        "pae": [_pae("", b""), _pae("application/example", b"hello"), _pae("a b", b"\x00\xff")],
        "lines": [{"lines": ["between/v1/a", "", "c"], "bytes_hex": lines("between/v1/a", "", "c").hex()}],
        "lines_refused": [{"lines": ["a", text], "error": "malformed_lines"} for text in ("b\nc", "é", "诊")],
        "u32be": [{"number": number, "bytes_hex": u32be(number).hex()} for number in (0, 1, 256, 2**32 - 1)],
        "time": [{"text": text} for text in _TIMES],
        "time_refused": [{"text": text, "error": "malformed_time"} for text in _BROKEN_TIMES],
    }


_HASHED: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("signing-key", (bytes(32),)),
    ("epoch", (b"cnv_" + b"0" * 32, u32be(1), seed("epoch", 32))),
    ("empty", ()),
)
_TIMES = (
    "1970-01-01T00:00:00.000Z",
    "2024-02-29T23:59:59.999Z",
    "2026-03-02T16:30:00.005Z",
    "9999-12-31T23:59:59.999Z",
)
_BROKEN_TIMES = (
    "",
    "2026-03-02",
    "2026-03-02T16:30:00Z",
    "2026-03-02T16:30:00.00Z",
    "2026-03-02T16:30:00.0000Z",
    "2026-03-02T16:30:00.000",
    "2026-03-02T16:30:00.000z",
    "2026-03-02t16:30:00.000Z",
    "2026-03-02 16:30:00.000Z",
    "2026-03-02T16:30:00.000+00:00",
    "2026-03-02T16:30:00,000Z",
    "2026-02-29T00:00:00.000Z",
    "2026-02-30T00:00:00.000Z",
    "2026-13-01T00:00:00.000Z",
    "2026-00-01T00:00:00.000Z",
    "2026-03-00T00:00:00.000Z",
    "2026-03-02T24:00:00.000Z",
    "2026-03-02T23:60:00.000Z",
    "2026-06-30T23:59:60.000Z",
    "1969-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00.000Z",
    "+02026-03-02T16:30:00.000Z",
    "２026-03-02T16:30:00.000Z",
    " 2026-03-02T16:30:00.000Z",
    "2026-03-02T16:30:00.000Z\n",
)


def _labelled_hash(label: str, parts: tuple[bytes, ...]) -> JsonObject:
    parts_hex: list[JsonValue] = [part.hex() for part in parts]
    return {"label": label, "parts_hex": parts_hex, "hash": b64u_encode(labelled_hash(label, *parts))}


def _derive(label: str, salt: bytes, length: int) -> JsonObject:
    key = seed(f"derive {label}")
    return {
        "key_hex": key.hex(),
        "salt_hex": salt.hex(),
        "label": label,
        "length": length,
        "out_hex": derive(key, salt, label, length).hex(),
    }


def _pae(payload_type: str, payload: bytes) -> JsonObject:
    return {"type": payload_type, "payload_hex": payload.hex(), "bytes_hex": pae(payload_type, payload).hex()}


def ids() -> JsonObject:
    """Ids made of a moment and random bytes, and texts that are none."""
    moment, random = 1_772_469_000_123, seed("id", 10)
    good = make_id("acc", moment, random)
    broken = (
        "",
        good[:-1],
        good + "0",
        good.upper(),
        good.replace("_", "-"),
        good[4:],
        "xyz" + good[3:],
        good[:16] + "4" + good[17:],
        good[:20] + "7" + good[21:],
        good[:20] + "c" + good[21:],
        good[:35] + "g",
        good + "\n",
        "acc_" + "٣" + good[5:],
        b64u_encode(labelled_hash("signing-key", bytes(32))),
        b64u_encode(bytes(27)),
    )
    return {
        "made": [
            {"type": kind, "milliseconds": moment, "random_hex": random.hex(), "id": make_id(kind, moment, random)}
            for kind in ID_TYPES
        ]
        + [{"type": "msg", "milliseconds": 0, "random_hex": "ff" * 10, "id": make_id("msg", 0, b"\xff" * 10)}],
        "refused": [{"text": text, "types": ["acc"], "error": "bad_id"} for text in broken]
        + [{"text": good, "types": ["tea", "cln"], "error": "bad_id"}],
    }


def strict_json() -> JsonObject:
    """Texts every reader accepts, with what a writer makes of them, and texts nobody accepts."""
    return {
        "accepted": [{"input_hex": text.hex(), "written_hex": _written(text).hex()} for text in _ACCEPTED],
        "refused": [{"input_hex": text.hex(), "why": why, "error": "malformed_json"} for why, text in _REFUSED],
    }


def _written(text: bytes) -> bytes:
    return write_json(parse_json(text))


_ACCEPTED = (
    b"{}",
    b"[]",
    b"null",
    b"true",
    b'""',
    b"0",
    b"-1",
    b"9007199254740991",
    b"-9007199254740991",
    b' \t\r\n{ "a" : [ 1 , 2 ] } ',
    b'{"b":1,"a":{"b":null}}',
    '{"text":"您好，陈秀英"}'.encode(),
    b'"\\ud83d\\ude00"',
    '"😀"'.encode(),
    b'"\\u0000\\u001f\\b\\f\\n\\r\\t\\"\\\\\\/\\u00e9\\u2028"',
    b'"\x7f"',
    '"\u2028\u2029\ufeff"'.encode(),
    b"[" * 16 + b"]" * 16,
    b'["[[[[[[[[[[[[[[[[[[[[[[","{{{{{{{{{{{{{{{{{{{{{{{\\"{{"]',
    b'{"":0}',
    b'{"__proto__":1,"constructor":2,"toString":3}',
)
_REFUSED = (
    ("empty", b""),
    ("white space alone", b" "),
    ("byte order mark", b"\xef\xbb\xbf{}"),
    ("UTF-16", "{}".encode("utf-16")),
    ("invalid UTF-8", b'"\xff"'),
    ("overlong UTF-8", b'"\xc0\xaf"'),
    ("a surrogate in UTF-8", b'"\xed\xa0\x80"'),
    ("beyond Unicode", b'"\xf4\x90\x80\x80"'),
    ("cut off UTF-8", b'"\xe4\xbd"'),
    ("duplicate name", b'{"a":1,"a":1}'),
    ("duplicate name, one escaped", b'{"a":1,"\\u0061":2}'),
    ("duplicate name, nested", b'{"x":[{"a":1,"a":2}]}'),
    ("duplicate __proto__", b'{"__proto__":1,"__proto__":1}'),
    ("lone high surrogate", b'"\\ud800"'),
    ("lone low surrogate", b'"\\udc00"'),
    ("surrogates the wrong way round", b'"\\ude00\\ud83d"'),
    ("lone surrogate in a name", b'{"\\ud800":1}'),
    ("noncharacter U+FFFF", '"\uffff"'.encode()),
    ("noncharacter U+FDD0, escaped", b'"\\ufdd0"'),
    ("noncharacter U+1FFFE", '"\U0001fffe"'.encode()),
    ("fraction", b"1.5"),
    ("fraction of nothing", b"1.0"),
    ("exponent", b"1e2"),
    ("minus zero", b"-0"),
    ("beyond 2^53 - 1", b"9007199254740992"),
    ("far beyond", b"1" * 5000),
    ("below -(2^53 - 1)", b"-9007199254740992"),
    ("leading zero", b"01"),
    ("plus sign", b"+1"),
    ("NaN", b"NaN"),
    ("Infinity", b"-Infinity"),
    ("hexadecimal", b"0x10"),
    ("17 levels", b"[" * 17 + b"]" * 17),
    ("many levels", b"[" * 5_000),
    ("17 levels of objects", b'{"a":' * 17 + b"1" + b"}" * 17),
    ("trailing comma", b"[1,]"),
    ("trailing comma in object", b'{"a":1,}'),
    ("comment", b"{}//"),
    ("two values", b"{}{}"),
    ("something after", b"{}x"),
    ("single quotes", b"{'a':1}"),
    ("bare name", b"{a:1}"),
    ("control character", b'"\n"'),
    ("control character 0x1f", b'"\x1f"'),
    ("unknown escape", b'"\\x41"'),
    ("short escape", b'"\\u12"'),
    ("capital literal", b"True"),
    ("other white space", b"\xc2\xa0{}"),
    ("form feed", b"\x0c{}"),
    ("unclosed", b'{"a":1'),
    ("unclosed string", b'"a'),
    ("ends in a backslash", b'"a\\'),
    ("Arabic digits", "٣".encode()),
)


def padding() -> JsonObject:
    """Padded lengths, padded bytes, and paddings nobody makes."""
    lengths = [
        1,
        2,
        3,
        8,
        9,
        255,
        256,
        257,
        264,
        272,
        273,
        1000,
        1024,
        1025,
        4095,
        4097,
        10_000,
        60_004,
        65_535,
        65_537,
    ]
    contents = [b"", b"a", b"x" * 252, b"x" * 253, seed("padding", 1000)]
    padded = pad(b"hello")
    broken = {
        "empty": b"",
        "short": padded[:255],
        "longer than Padmé": padded + bytes(16),
        "a byte of the padding is not zero": padded[:-1] + b"\x01",
        "length beyond the end": b"\xff\xff\xff\xff" + padded[4:],
        "length one short": b"\x00\x00\x00\x04" + padded[4:],
        "too long a bucket": pad(bytes(300))[:4].replace(b"\x01\x2c", b"\x00\x01") + bytes(len(pad(bytes(300))) - 4),
    }
    return {
        "padme": [{"length": length, "padded": padme(length)} for length in lengths],
        "padded": [{"content_hex": item.hex(), "padded_hex": pad(item).hex()} for item in contents],
        "refused": [
            {"name": name, "padded_hex": item.hex(), "error": "malformed_padding"} for name, item in broken.items()
        ],
    }
