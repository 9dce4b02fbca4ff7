"""One emergency from the request to the finding, verified (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.chain import ChainWalk, refuse_empty
from messenger.protocol.encoding import parse_time
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.custodians import THRESHOLD
from messenger.protocol.kinds.emergency import (
    EmergencyCloseBody,
    EmergencyReleaseBody,
    EmergencyRequestBody,
    Finding,
)
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.kinds.invitation import CARE_STAFF
from messenger.protocol.signers import Accounts, Signers
from messenger.protocol.statement import Envelope, Header, payload_type

LONGEST: Final = timedelta(hours=24)
"""How long the access that one request asks for may last."""


@dataclass(frozen=True)
class Release:
    """A share that a custodian let go."""

    statement: str
    time: str
    body: EmergencyReleaseBody


@dataclass(frozen=True)
class Closing:
    """What compliance found."""

    statement: str
    time: str
    account: str
    finding: Finding


@dataclass(frozen=True)
class Emergency:
    """A verified emergency."""

    id: str
    request: EmergencyRequestBody
    statement: str
    """The hash of the request."""
    time: str
    releases: tuple[Release, ...]
    closing: Closing | None
    hashes: tuple[str, ...]

    @property
    def opened(self) -> str | None:
        """When the second custodian released, from when on the requester can read; None before."""
        return self.releases[THRESHOLD - 1].time if len(self.releases) >= THRESHOLD else None

    def runs_at(self, at: str) -> bool:
        """Whether the requester may be served at an instant."""
        ended = self.request.until <= at or (self.closing is not None and self.closing.time <= at)
        return self.opened is not None and not ended


def verify_emergency(
    envelopes: Sequence[Envelope], emergency: str, key: EmergencyKeyBody, accounts: Accounts
) -> Emergency:
    """The emergency with this id, about the conversation whose verified emergency key is given.

    Raises `ChainRefused`: `empty_chain`, `broken_chain`, `wrong_emergency_key`, `not_care_staff`, `wrong_requester`,
    `wrong_clinic`, `unknown_reader_key`, `emergency_too_long`, `wrong_request`, `not_a_custodian`, `wrong_share`,
    `released_twice`, `emergency_over`, `not_compliance`, `unknown_signer`, `retired_key`; and what `verify` raises.
    """
    refuse_empty(envelopes)
    walk = ChainWalk(f"emergency:{emergency}")
    reading = _EmergencyReading(key, accounts, Signers(accounts), walk)
    request, header = reading.request(envelopes[0])
    for envelope in envelopes[1:]:
        if walk.take_if_newer(envelope):
            continue
        if envelope.type == payload_type(EmergencyCloseBody.kind):
            reading.close(envelope)
        else:
            reading.release(envelope, request)
    hashes = tuple(walk.hashes)
    return Emergency(emergency, request, hashes[0], header.time, tuple(reading.releases), reading.closing, hashes)


@dataclass
class _EmergencyReading:
    key: EmergencyKeyBody
    accounts: Accounts
    signers: Signers
    walk: ChainWalk
    releases: list[Release] = field(default_factory=list)
    closing: Closing | None = None

    def request(self, envelope: Envelope) -> tuple[EmergencyRequestBody, Header]:
        statement, signer = self.signers.verify(envelope, EmergencyRequestBody)
        body, header = statement.body, statement.header
        self.walk.take(header, statement.hash)
        if (body.conversation, body.emergency_key) != (self.key.conversation, self.key.emergency_key):
            raise ChainRefused("wrong_emergency_key", "This asks for another conversation than the key is of.")
        if body.requester != signer.account:
            raise ChainRefused("wrong_requester", "Whoever signed this is not who it asks for.")
        if signer.role not in CARE_STAFF:
            raise ChainRefused("not_care_staff", "Only care staff ask for emergency access.")
        if body.clinic != signer.clinic:
            raise ChainRefused("wrong_clinic", "This names another clinic than the requester's.")
        _require_key(signer, body.key)
        if not header.time < body.until or parse_time(body.until) - parse_time(header.time) > LONGEST:
            raise ChainRefused("emergency_too_long", "Emergency access lasts for a day at most.")
        return body, header

    def release(self, envelope: Envelope, request: EmergencyRequestBody) -> None:
        statement, signer = self.signers.verify(envelope, EmergencyReleaseBody)
        body, time = statement.body, statement.header.time
        self.walk.take(statement.header, statement.hash)
        self._require_this_request(body.request)
        share = self.key.share_of(signer.account)
        if body.custodian != signer.account or signer.role != "custodian" or share is None:
            raise ChainRefused("not_a_custodian", "Whoever signed this has no share of this key.")
        if body.index != share.index:
            raise ChainRefused("wrong_share", "This is not the share that the patient's client made for them.")
        if body.key != request.key:
            raise ChainRefused("unknown_reader_key", "The share was sealed to another key than the request names.")
        if any(release.body.custodian == signer.account for release in self.releases):
            raise ChainRefused("released_twice", "This custodian has released their share already.")
        if request.until <= time or self.closing is not None:
            raise ChainRefused("emergency_over", "This emergency was over before the share was released.")
        self.releases.append(Release(statement.hash, time, body))

    def close(self, envelope: Envelope) -> None:
        statement, signer = self.signers.verify(envelope, EmergencyCloseBody)
        self.walk.take(statement.header, statement.hash)
        self._require_this_request(statement.body.request)
        if signer.role != "compliance":
            raise ChainRefused("not_compliance", "Only compliance closes an emergency.")
        if self.closing is not None:
            raise ChainRefused("emergency_over", "This emergency was closed already.")
        self.closing = Closing(statement.hash, statement.header.time, signer.account, statement.body.finding)

    def _require_this_request(self, named: str) -> None:
        if named != self.walk.hashes[0]:
            raise ChainRefused("wrong_request", "This is about another request.")


def _require_key(account: AccountChain, key: str) -> None:
    if account.key_with_sealing_id(key) is None:
        raise ChainRefused("unknown_reader_key", "This names a key that is not the requester's.")
