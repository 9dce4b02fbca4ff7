"""A clinic, as far as its own key vouches for it: who it is, its log, who holds its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from messenger.protocol.chain import ChainWalk, refuse_empty
from messenger.protocol.errors import ChainRefused
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.clinic import ClinicBody, ClinicKeyShareBody
from messenger.protocol.kinds.custodians import CustodiansBody
from messenger.protocol.statement import Envelope, payload_type, peek_body, verify


@dataclass(frozen=True)
class CustodianSet:
    """Custodians as the clinic named them at a place of its chain, each with the key that shares are sealed to."""

    hash: str
    place: int
    keys: Mapping[str, str]


@dataclass(frozen=True)
class ClinicChain:
    """A verified clinic."""

    clinic: str
    name: str
    key: SigningPublicKey
    log_key: str
    origin: str
    founder: str
    shares: tuple[ClinicKeyShareBody, ...]
    hashes: tuple[str, ...]
    custodian_sets: tuple[CustodianSet, ...] = ()

    @property
    def key_holders(self) -> tuple[str, ...]:
        """The administrators who hold the clinic's key: the founder first."""
        return tuple(dict.fromkeys((self.founder, *(share.account for share in self.shares))))

    @property
    def custodians(self) -> CustodianSet | None:
        """The running set; None where the clinic has named none, and no emergency key can be made."""
        return self.custodian_sets[-1] if self.custodian_sets else None

    @property
    def head(self) -> str:
        """The last statement's hash."""
        return self.hashes[-1]


def verify_clinic_chain(envelopes: Sequence[Envelope], key_id: str) -> ClinicChain:
    """The clinic whose key has this id: the one a card, a link's fragment or a pin told, never one that was served.

    Raises `ChainRefused` (`wrong_clinic_key`, `wrong_clinic`, `broken_chain`, `empty_chain`) and what `verify` raises.
    """
    refuse_empty(envelopes)
    key = peek_body(envelopes[0], ClinicBody).signing_key
    if key.id != key_id:
        raise ChainRefused("wrong_clinic_key", "This is not the clinic whose fingerprint you were given.")
    first = verify(envelopes[0], ClinicBody, {"clinic": key})
    clinic = first.body
    reading = _ClinicReading(clinic, ChainWalk(clinic.chain))
    reading.walk.take(first.header, first.hash)
    for envelope in envelopes[1:]:
        reading.read(envelope)
    return ClinicChain(
        clinic=clinic.clinic,
        name=clinic.name,
        key=key,
        log_key=clinic.log_key,
        origin=clinic.origin,
        founder=clinic.founder,
        shares=tuple(reading.shares),
        hashes=tuple(reading.walk.hashes),
        custodian_sets=tuple(reading.sets),
    )


@dataclass
class _ClinicReading:
    clinic: ClinicBody
    walk: ChainWalk
    shares: list[ClinicKeyShareBody] = field(default_factory=list)
    sets: list[CustodianSet] = field(default_factory=list)

    def read(self, envelope: Envelope) -> None:
        if self.walk.take_if_newer(envelope):
            return
        keys = {"clinic": self.clinic.signing_key}
        if envelope.type == payload_type(CustodiansBody.kind):
            named = verify(envelope, CustodiansBody, keys)
            self.walk.take(named.header, named.hash)
            sealed_to = {one.account: one.key for one in named.body.custodians}
            self.sets.append(CustodianSet(named.hash, len(self.walk.hashes) - 1, sealed_to))
        else:
            share = verify(envelope, ClinicKeyShareBody, keys)
            self.walk.take(share.header, share.hash)
            self.shares.append(share.body)
