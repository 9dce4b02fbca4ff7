"""What a change of a consent does, for people to read and for nobody to dispute (`docs/protocol.md` §5)."""

from __future__ import annotations

from typing import Final, Literal

from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody

ChangeCode = Literal[
    "start_narrowed",
    "start_extended",
    "end_narrowed",
    "end_extended",
    "scope_narrowed",
    "scope_extended",
    "history_narrowed",
    "history_extended",
    "may_open_narrowed",
    "may_open_extended",
    "purpose_changed",
]

_NEVER: Final = "~"
"""After every protocol time: such texts sort as the instants do."""


def change_of(before: ConsentBody, after: ConsentBody) -> tuple[ChangeCode, ...]:
    """Everything that differs between two states of one consent, in the order of the codes; nothing where none does.

    One conversation in another's place is both narrower and wider; another purpose is neither.
    """
    history_before, history_after = _readable_from(before), _readable_from(after)
    holds: dict[ChangeCode, bool] = {
        "start_narrowed": after.not_before > before.not_before,
        "start_extended": after.not_before < before.not_before,
        "end_narrowed": (after.until or _NEVER) < (before.until or _NEVER),
        "end_extended": (after.until or _NEVER) > (before.until or _NEVER),
        "scope_narrowed": after.scope not in (before.scope, SCOPE_ALL),
        "scope_extended": before.scope not in (after.scope, SCOPE_ALL),
        "history_narrowed": history_after > history_before,
        "history_extended": history_after < history_before,
        "may_open_narrowed": before.may_open and not after.may_open,
        "may_open_extended": after.may_open and not before.may_open,
        "purpose_changed": after.purpose != before.purpose,
    }
    return tuple(code for code, held in holds.items() if held)


def _readable_from(consent: ConsentBody) -> str:
    """The instant from which on a consent opens what was written before it: none < from later < from earlier < all."""
    reach = {"all": "", "none": _NEVER}
    return reach.get(consent.history, consent.history_from or _NEVER)
