"""Which earlier epochs are still to be opened to readers whose consents reach back to them (`docs/protocol.md` §5)."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.control_chain import ControlChain
from messenger.protocol.history import opens_epochs
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.members import is_active


@dataclass(frozen=True)
class DueHistory:
    """Epochs to be sealed to a reader's sealing key under a consent, in one statement."""

    consent: str
    reader: str
    key: str
    epochs: tuple[int, ...]


def history_due(control: ControlChain, consents: ConsentChain, now: str) -> tuple[DueHistory, ...]:
    """What a reader of the conversation may open to others now, in the order of the consents.

    A consent counts under its terms of now *and* of the running link, by which every client judges the statement: what
    was extended since waits for a rotation. What reached a reader once is not due again: it keeps its older keys, and a
    team's generation holds the key of the one before. Raises `ChainRefused` (`newer_version`).
    """
    agreed = {one.consent: one for one in consents.terms_at(control.running.consent_head)}
    reached = {reader: _reached(control, reader) for reader in control.running.keys}
    due = []
    for consent in consents.terms:
        opened = _opened(control, consent, now) & _opened(control, agreed.get(consent.consent), now)
        new = sorted(opened - reached.get(consent.grantee, set()))
        if new:
            reached[consent.grantee].update(new)
            key = control.running.keys[consent.grantee]
            due.append(DueHistory(consent.consent, consent.grantee, key, tuple(new)))
    return tuple(due)


def _opened(control: ControlChain, consent: ConsentBody | None, now: str) -> set[int]:
    if consent is None or not is_active(consent, control.conversation, now):
        return set()
    return set(opens_epochs(control.links, consent, control.conversation))


def _reached(control: ControlChain, reader: str) -> set[int]:
    """The epochs whose key was sealed to a reader, under whatever key of its."""
    listed = {link.epoch.number for link in control.links if reader in link.keys}
    return listed.union(*(grant.boxes for grant in control.history if grant.reader == reader))
