"""Vectors of the safety code, the recovery code and passwords."""

from __future__ import annotations

import unicodedata

from messenger.protocol.ids import make_id
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey
from messenger.protocol.password import (
    Argon2Parameters,
    HkdfParameters,
    SlotSecrets,
    password_secrets,
    recovery_secrets,
)
from messenger.protocol.recovery_code import write_recovery_code
from messenger.protocol.safety_code import clinic_code, safety_code, shared_code
from messenger.protocol.sealing import SealingKey
from tests.vectors.ours.makers.pinned import seed


def safety() -> JsonObject:
    """Codes of accounts, of a clinic, and of two people together."""
    people: list[JsonObject] = []
    codes: list[tuple[str, ...]] = []
    for name in ("one", "two"):
        signing, sealing_key = SigningKey(seed(f"safety {name}")), SealingKey(seed(f"safety {name}"))
        owner = make_id("acc", 1_772_469_000_000, seed(f"safety {name}", 10))
        code = safety_code(owner, signing.public.raw, sealing_key.id)
        codes.append(code)
        people.append(
            {
                "owner": owner,
                "signing_key_hex": signing.public.raw.hex(),
                "sealing_key": sealing_key.id,
                "code": [*code],
            }
        )
    clinic, clinic_key = make_id("cln", 1_772_469_000_000, seed("clinic", 10)), SigningKey(seed("clinic")).public.raw
    return {
        "accounts": [*people],
        "shared": [*shared_code(codes[0], codes[1])],
        "clinic": {"clinic": clinic, "signing_key_hex": clinic_key.hex(), "code": [*clinic_code(clinic, clinic_key)]},
    }


def recovery_code() -> JsonObject:
    """Codes as they are written, as people type them, and as they mistype them."""
    secret = seed("recovery", 20)
    code = write_recovery_code(secret)
    swapped = code[1] + code[0] + code[2:]
    mistyped = code[:-1] + ("0" if code[-1] != "0" else "1")
    return {
        "written": [
            {"secret_hex": item.hex(), "code": write_recovery_code(item)} for item in (secret, bytes(20), b"\xff" * 20)
        ],
        "read": [
            {"text": text, "secret_hex": secret.hex()}
            for text in (code, code.lower(), code.replace("-", " "), code.replace("-", ""), f"  {code} ")
        ]
        + [
            {"text": write_recovery_code(bytes(20)).replace("0", letter), "secret_hex": "00" * 20}
            for letter in ("O", "o")
        ]
        + [
            {"text": text.replace("1", letter), "secret_hex": item.hex()}
            for item, text in ((seed("one", 20), write_recovery_code(seed("one", 20))),)
            for letter in ("I", "l", "L", "i")
        ],
        "refused": [
            {"name": "two letters swapped", "text": swapped, "error": "recovery_code_mistyped"},
            {"name": "last letter", "text": mistyped, "error": "recovery_code_mistyped"},
            {"name": "short", "text": code[:-1], "error": "recovery_code_malformed"},
            {"name": "long", "text": code + "0", "error": "recovery_code_malformed"},
            {"name": "a letter that is in no code", "text": "U" + code[1:], "error": "recovery_code_malformed"},
            {"name": "full-width", "text": "０" + code[1:], "error": "recovery_code_malformed"},
            {"name": "empty", "text": "", "error": "recovery_code_malformed"},
        ],
    }


def password() -> JsonObject:
    """Both halves of passwords and recovery codes, and parameters no client accepts."""
    salt = seed("password salt", 16)
    composed, decomposed = "Zoë’s kettle 您好 Å", unicodedata.normalize("NFD", "Zoë’s kettle 您好 Å")
    slots = [
        _halves({"password": text, "salt_hex": salt.hex()}, password_secrets(text, Argon2Parameters(salt)))
        for text in ("correct horse battery staple", composed, decomposed)
    ]
    recovery = _halves(
        {"secret_hex": seed("recovery", 20).hex(), "salt_hex": salt.hex()},
        recovery_secrets(seed("recovery", 20), HkdfParameters(salt)),
    )
    floor = {"m": 65_536, "t": 3, "p": 1, "salt_bytes": 16}
    changed = [{"m": 65_535}, {"m": 1024}, {"t": 2}, {"t": 1}, {"p": 2}, {"m": 131_072}, {"t": 4}, {"salt_bytes": 8}]
    return {
        "password": [*slots],
        "recovery": [recovery],
        "parameters_refused": [floor | change | {"error": "weak_parameters"} for change in changed],
        "refused": [
            {"password": "", "error": "password_unusable"},
            {"password": "a" * 1025, "error": "password_unusable"},
        ],
    }


def _halves(inputs: JsonObject, secrets: SlotSecrets) -> JsonObject:
    return inputs | {
        "sign_in_public_hex": secrets.sign_in.public.raw.hex(),
        "sign_in_seed_hex": secrets.sign_in.seed.hex(),
        "slot_key_hex": secrets.slot_key.hex(),
    }
