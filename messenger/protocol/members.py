"""Who is a reader: one pure function, the same everywhere, with vectors of its own (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Iterable

from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody


def is_active(consent: ConsentBody, conversation: str, at: str) -> bool:
    """Whether a consent covers a conversation at an instant (a protocol time: such texts sort as the instants do)."""
    begun = consent.not_before <= at
    ended = consent.until is not None and consent.until <= at
    return begun and not ended and consent.scope in (SCOPE_ALL, conversation)


def members(
    patient: str, consents: Iterable[ConsentBody], conversation: str, at: str, emergency: str | None = None
) -> tuple[str, ...]:
    """The readers of a conversation at an instant, sorted by id: the patient, whom active consents name, and the
    conversation's emergency key (`emk_…`) where the patient has opted in and one stands.
    """
    named = {one.grantee for one in consents if is_active(one, conversation, at)}
    return tuple(sorted({patient, *named} | ({emergency} if emergency is not None else set())))
