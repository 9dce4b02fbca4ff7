"""Vectors of what somebody wrote when they asked for emergency access."""

from __future__ import annotations

from dataclasses import replace

from messenger.protocol.emergency_text import open_text
from messenger.protocol.encoding import b64u_encode, hash_text, lines
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.json_strict import JsonObject, JsonValue, write_json
from messenger.protocol.kinds.conversation import EpochReader
from messenger.protocol.padding import pad
from messenger.protocol.sealing import emergency_text_box_info
from tests.vectors.ours.makers.emergencies import EMERGENCY, request_body
from tests.vectors.ours.makers.emergency_world import CARLA, CYRIL
from tests.vectors.ours.makers.pinned import pinned_box, pinned_ciphertext, seed
from tests.vectors.ours.makers.world import AMARA, some_hash


def texts_table() -> list[JsonValue]:
    """What was written beside a request."""
    key, info = seed("emergency text"), emergency_text_box_info(EMERGENCY, CARLA.account, CARLA.sealing().id)
    plaintext = pad(write_json({"text": "Found unconscious 昏迷"}))
    ciphertext = pinned_ciphertext(key, lines("between/v1/emergency-text", EMERGENCY), plaintext)
    box = pinned_box(CARLA.sealing(), info, key)
    listed = (EpochReader(CARLA.account, CARLA.sealing().id, hash_text(box)),)
    request = replace(request_body(), text=hash_text(ciphertext), boxes=listed)
    cases = [
        ("a text", request, CARLA),
        ("for somebody else", request, CYRIL),
        ("another text", replace(request, text=some_hash("text")), CARLA),
        ("of another emergency", replace(request, emergency=AMARA.account.replace("acc", "eme")), CARLA),
    ]
    opened: list[JsonValue] = []
    for name, body, person in cases:
        case: JsonObject = {"name": name, "request": body.as_json(), "reader": person.account}
        case |= {
            "seed_hex": person.sealing().seed.hex(),
            "box": b64u_encode(box),
            "ciphertext": b64u_encode(ciphertext),
        }
        try:
            opened.append({**case, "text": open_text(body, person.account, person.sealing(), box, ciphertext)})
        except OpeningFailed as refused:
            opened.append({**case, "error": refused.code})
    return opened
