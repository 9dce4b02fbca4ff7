"""Writes the project's own vectors: `python -m tests.vectors.ours.make`. See README.md here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from messenger.protocol.json_strict import JsonObject
from tests.vectors.ours.makers import (
    asks,
    beside,
    blocks,
    chains,
    codes,
    consents,
    continuity,
    control,
    conventions,
    emergency,
    emergency_shares,
    history,
    messages,
    offers,
    pinned,
    primitives,
    readers,
    revocation,
    statements,
    team_people,
    theft,
    vaults,
)

FOLDER = Path(__file__).parent

MAKERS: dict[str, Callable[[], JsonObject]] = {
    "encoding": conventions.encoding,
    "ids": conventions.ids,
    "strict_json": conventions.strict_json,
    "padding": conventions.padding,
    "keys": primitives.keys,
    "sealing": primitives.sealing,
    "content": primitives.content,
    "safety_code": codes.safety,
    "recovery_code": codes.recovery_code,
    "password": codes.password,
    "statements": statements.statements,
    "chains": chains.chains,
    "team_people": team_people.team_people,
    "consent_changes": consents.changes,
    "control_chains": control.control_chains,
    "history": history.history,
    "messages": messages.messages,
    "asks": asks.asks,
    "messages_after_theft": theft.robbed_reading,
    "messages_after_revocation": revocation.revoked_reading,
    "continuity": continuity.table,
    "vaults": vaults.vaults,
    "beside": beside.beside,
    "offers": offers.offers,
    "members": readers.members_table,
    "blocks": blocks.blocks,
    "emergency": emergency.emergency,
    "emergency_shares": emergency_shares.shares_table,
}


def texts() -> dict[str, str]:
    """Each file's name and the text it must have."""
    made = {f"{name}.json": json.dumps(maker(), ensure_ascii=True, indent=1) + "\n" for name, maker in MAKERS.items()}
    return made | {pinned.FILE.name: pinned.used()}


def main() -> None:
    """Writes every file."""
    for name, text in texts().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
