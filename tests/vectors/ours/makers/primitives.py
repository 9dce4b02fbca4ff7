"""Vectors of keys, sealing and content."""

from __future__ import annotations

from messenger.protocol.encoding import b64u_encode, lines
from messenger.protocol.ids import make_id
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.keys import SigningKey
from messenger.protocol.sealing import (
    BOX_BYTES,
    SEALING_KEY_BYTES,
    SealingKey,
    clinic_key_box_info,
    epoch_box_info,
    history_box_info,
    possession_info,
    profile_box_info,
    team_box_info,
)
from tests.vectors.ours.makers.pinned import pinned_box, pinned_ciphertext, seed

_P = 2**255 - 19


def keys() -> JsonObject:
    """Key pairs of seeds, and public keys that must not be taken in."""
    message = "您好".encode()
    signing = [SigningKey(seed(f"signing {n}")) for n in range(3)]
    sealing = [SealingKey(seed(f"sealing {n}")) for n in range(2)]
    return {
        "signing": [
            {
                "seed_hex": key.seed.hex(),
                "public_hex": key.public.raw.hex(),
                "id": key.id,
                "message_hex": message.hex(),
                "signature_hex": key.sign(message).hex(),
            }
            for key in signing
        ],
        "signing_refused": [
            {"name": name, "public_hex": public.hex(), "error": "weak_key"} for name, public in _weak_signing_keys()
        ],
        "sealing": [{"seed_hex": key.seed.hex(), "public_hex": key.public.raw.hex(), "id": key.id} for key in sealing],
        "sealing_refused": [
            {"name": name, "public_hex": public.hex(), "error": "weak_key"} for name, public in _weak_sealing_keys()
        ],
        "signature_refused": [
            {
                "name": name,
                "public_hex": signing[0].public.raw.hex(),
                "message_hex": message.hex(),
                "signature_hex": signature.hex(),
                "error": "bad_signature",
            }
            for name, signature in _broken_signatures(signing[0].sign(message))
        ],
    }


def _weak_signing_keys() -> list[tuple[str, bytes]]:
    y8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
    minus_y8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    good = SigningKey(seed("signing 0")).public.raw
    return [
        ("neutral element", (1).to_bytes(32, "little")),
        ("neutral element with the sign of x", (1 | 1 << 255).to_bytes(32, "little")),
        ("order 2", (_P - 1).to_bytes(32, "little")),
        ("order 2 with the sign of x", ((_P - 1) | 1 << 255).to_bytes(32, "little")),
        ("order 4", bytes(32)),
        ("order 4, the other", (1 << 255).to_bytes(32, "little")),
        ("order 8", bytes.fromhex(y8)),
        ("order 8, the second", bytes.fromhex(y8[:-2] + "fa")),
        ("order 8, the third", bytes.fromhex(minus_y8)),
        ("order 8, the fourth", bytes.fromhex(minus_y8[:-2] + "85")),
        ("non-canonical neutral element", (_P + 1).to_bytes(32, "little")),
        ("non-canonical order 4", _P.to_bytes(32, "little")),
        ("non-canonical y = 4", (_P + 4).to_bytes(32, "little")),
        ("off the curve, y = 2", (2).to_bytes(32, "little")),
        ("off the curve, y = 7", (7).to_bytes(32, "little")),
        ("short", good[:31]),
        ("long", good + b"\x00"),
        ("empty", b""),
    ]


def _weak_sealing_keys() -> list[tuple[str, bytes]]:
    good = SealingKey(seed("sealing 0")).public.raw
    mlkem, u8 = good[:1184], 325606250916557431795983626356110631294008115727848805560023387167927233504
    other_u8 = 39382357235489614581723060781553021112529911719440698176882885853963445705823
    weak = {"0": 0, "1": 1, "of order 8": u8, "the other of order 8": other_u8, "-1": _P - 1, "p": _P, "p + 1": _P + 1}
    return [
        *((f"X25519 part {name}", mlkem + u.to_bytes(32, "little")) for name, u in weak.items()),
        ("X25519 part with its unused bit set", good[:-1] + bytes([good[-1] | 0x80])),
        ("ML-KEM coefficients not reduced", b"\xff" * 1184 + good[1184:]),
        ("one ML-KEM coefficient is q", b"\x01\x0d" + bytes([mlkem[2]]) + good[3:]),
        ("short", good[:-1]),
        ("long", good + b"\x00"),
        ("empty", b""),
        ("zeros", bytes(SEALING_KEY_BYTES)),
    ]


def _broken_signatures(good: bytes) -> list[tuple[str, bytes]]:
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(good[32:], "little")
    return [
        ("another bit in R", bytes([good[0] ^ 1]) + good[1:]),
        ("another bit in S", good[:32] + bytes([good[32] ^ 1]) + good[33:]),
        ("S + L", good[:32] + (scalar + order).to_bytes(32, "little")),
        ("short", good[:63]),
        ("long", good + b"\x00"),
        ("empty", b""),
        ("zeros", bytes(64)),
    ]


def sealing() -> JsonObject:
    """A box for every purpose, its `info`, and boxes that must not open."""
    reader, other = SealingKey(seed("sealing 0")), SealingKey(seed("sealing 1"))
    secret = seed("a sealed secret")
    infos = _infos(reader.id)
    boxes = {name: pinned_box(reader, info, secret) for name, info in infos.items()}
    epoch_box, epoch_info = boxes["epoch-box"], infos["epoch-box"]
    flipped = [
        epoch_box[:at] + bytes([epoch_box[at] ^ 1]) + epoch_box[at + 1 :] for at in (0, 1119, 1120, BOX_BYTES - 1)
    ]
    broken: list[tuple[str, SealingKey, bytes, bytes]] = [
        *((f"flipped bit {n}", reader, epoch_info, box) for n, box in enumerate(flipped)),
        ("another reader", other, epoch_info, epoch_box),
        ("short", reader, epoch_info, epoch_box[:-1]),
        ("long", reader, epoch_info, epoch_box + b"\x00"),
        ("empty", reader, epoch_info, b""),
        *(
            (f"{held} in the place of {place}", reader, infos[place], boxes[held])
            for held in infos
            for place in infos
            if held != place
        ),
    ]
    return {
        "opened": [
            {
                "purpose": name,
                "seed_hex": reader.seed.hex(),
                "info_hex": infos[name].hex(),
                "box": b64u_encode(box),
                "secret_hex": secret.hex(),
            }
            for name, box in boxes.items()
        ],
        "infos": {name: info.decode() for name, info in infos.items()},
        "refused": [
            {
                "name": name,
                "seed_hex": key.seed.hex(),
                "info_hex": info.hex(),
                "box": b64u_encode(box),
                "error": "cannot_open",
            }
            for name, key, info, box in broken
        ],
    }


def _infos(key: str) -> dict[str, bytes]:
    at = 1_772_469_000_000
    clinic, account, team, conversation, consent = (
        make_id(kind, at, seed(f"info {kind}", 10)) for kind in ("cln", "acc", "tea", "cnv", "cns")
    )
    commitment = b64u_encode(seed("commitment"))
    return {
        "epoch-box": epoch_box_info(conversation, 1, account, key, commitment),
        "history-box": history_box_info(conversation, 1, account, key, commitment, consent),
        "team-box": team_box_info(team, 1, account, key, b64u_encode(seed("team key"))),
        "clinic-key-box": clinic_key_box_info(clinic, account, key, b64u_encode(seed("clinic key"))),
        "profile-box": profile_box_info(account, 1, account, key),
        "possession": possession_info(account, key),
    }


def content() -> JsonObject:
    """Ciphertexts with their keys and contexts, and ciphertexts that must not open."""
    key, other, context = seed("content key"), seed("other content key"), lines("between/v1/example", "1")
    texts = {"empty": b"", "short": b"hello", "one chunk": bytes(16_384), "two chunks": seed("chunks", 16_385)}
    opened: list[JsonValue] = []
    for name, plaintext in texts.items():
        opened.append(
            _content(name, key, context, pinned_ciphertext(key, context, plaintext))
            | {"plaintext_hex": plaintext.hex()}
        )
    good = pinned_ciphertext(key, context, b"hello")
    two = pinned_ciphertext(key, context, texts["two chunks"])
    broken = [
        ("another key", other, context, good),
        ("another context", key, lines("between/v1/example", "2"), good),
        ("no context", key, b"", good),
        ("salt changed", key, context, bytes([good[0] ^ 1]) + good[1:]),
        ("commitment changed", key, context, good[:24] + bytes([good[24] ^ 1]) + good[25:]),
        ("text changed", key, context, good[:56] + bytes([good[56] ^ 1]) + good[57:]),
        ("tag changed", key, context, good[:-1] + bytes([good[-1] ^ 1])),
        ("cut by a byte", key, context, good[:-1]),
        ("cut to the header", key, context, good[:56]),
        ("cut inside the header", key, context, good[:40]),
        ("empty", key, context, b""),
        ("last chunk dropped", key, context, two[: 56 + 16_400]),
        ("first chunk twice", key, context, two[: 56 + 16_400] + two[56:]),
        ("a byte after", key, context, good + b"\x00"),
    ]
    return {
        "opened": opened,
        "refused": [_content(*case) | {"error": "cannot_decrypt"} for case in broken],
    }


def _content(name: str, key: bytes, context: bytes, ciphertext: bytes) -> JsonObject:
    return {"name": name, "key_hex": key.hex(), "context_hex": context.hex(), "ciphertext": b64u_encode(ciphertext)}
