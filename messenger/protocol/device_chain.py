"""Whether messages follow each other as they were sent (`docs/protocol.md` §6).

Each device numbers its messages in a conversation and names the hash of the one before, so a message that was dropped,
held back, moved, repeated or forked shows. A message dropped at the very end shows when its device's next one arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

FindingCode = Literal["missing", "hole", "reordered", "forked", "replayed", "wrong_epoch"]


@dataclass(frozen=True)
class Place:
    """Where a message whose signature was verified stands: on the server and on its device."""

    sequence: int
    """The server's number in the conversation."""
    id: str
    hash: str
    epoch: int
    withdrawals: int | None
    """How much had been withdrawn from the conversation at the consents its sender had seen; None if unknown."""
    sender: str
    device: str
    device_sequence: int
    device_previous: str | None


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sent. `forked`, `replayed` and `wrong_epoch` make the message at `sequence`
    unverified; the others are said in the thread beside it. `count` is how many messages are missing, 0 where that has
    no meaning.
    """

    sequence: int
    code: FindingCode
    count: int = 0


@dataclass
class _Device:
    last: int
    hashes: dict[int, str] = field(default_factory=dict)
    named: dict[int, str] = field(default_factory=dict)
    """What a later message says the hash at a number is."""


@dataclass
class _Thread:
    whole: bool
    devices: dict[tuple[str, str], _Device] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    newest_epoch: int = 0
    withdrawals: int = 0

    def take(self, place: Place) -> Finding | None:
        if place.id in self.ids:
            return Finding(place.sequence, "replayed" if self.ids[place.id] == place.hash else "forked")
        self.ids[place.id] = place.hash
        withdrawals = self.withdrawals if place.withdrawals is None else place.withdrawals
        # What an earlier message knew to be withdrawn, nobody writes on as if it were not.
        if place.epoch < self.newest_epoch or withdrawals < self.withdrawals:
            return Finding(place.sequence, "wrong_epoch")
        self.newest_epoch, self.withdrawals = place.epoch, withdrawals
        return self._follow(place)

    def _follow(self, place: Place) -> Finding | None:
        number = place.device_sequence
        # A stretch may begin in the middle: only a whole thread is bound to begin with a device's number 1.
        device = self.devices.setdefault((place.sender, place.device), _Device(0 if self.whole else number - 1))
        if number in device.hashes or device.named.get(number, place.hash) != place.hash:
            return Finding(place.sequence, "forked")
        if place.device_previous is not None:
            if device.hashes.get(number - 1, place.device_previous) != place.device_previous:
                return Finding(place.sequence, "forked")
            device.named[number - 1] = place.device_previous
        device.hashes[number] = place.hash
        if number < device.last:
            return Finding(place.sequence, "reordered")
        missing = number - device.last - 1
        device.last = number
        return Finding(place.sequence, "hole", missing) if missing else None


def continuity(places: Iterable[Place], sequences: Iterable[int], *, whole: bool) -> tuple[Finding, ...]:
    """What is wrong with a stretch of a conversation, in the order of the server's numbers.

    `places` are the messages whose signature was verified, ascending; `sequences` the numbers of all that were served
    for the stretch, unverifiable ones included; `whole` says whether the stretch begins at the conversation's first.
    """
    findings: list[Finding] = []
    last = 0 if whole else None
    for sequence in sorted(sequences):
        if last is not None and sequence > last + 1:
            findings.append(Finding(sequence, "missing", sequence - last - 1))
        last = sequence
    thread = _Thread(whole)
    taken = (thread.take(place) for place in places)
    findings.extend(finding for finding in taken if finding is not None)
    return tuple(sorted(findings, key=lambda finding: (finding.sequence, finding.code)))
