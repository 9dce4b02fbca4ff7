"""A clinic, as far as its own key vouches for it: who it is, its log, who holds its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from messenger.protocol.chain import ChainWalk, refuse_empty
from messenger.protocol.errors import ChainRefused
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.clinic import ClinicBody, ClinicKeyShareBody
from messenger.protocol.statement import Envelope, peek_body, verify


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

    @property
    def key_holders(self) -> tuple[str, ...]:
        """The administrators who hold the clinic's key: the founder first."""
        return tuple(dict.fromkeys((self.founder, *(share.account for share in self.shares))))

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
    walk = ChainWalk(clinic.chain)
    walk.take(first.header, first.hash)
    shares = tuple(share for envelope in envelopes[1:] if (share := _take_share(walk, envelope, clinic)) is not None)
    return ClinicChain(
        clinic.clinic, clinic.name, key, clinic.log_key, clinic.origin, clinic.founder, shares, tuple(walk.hashes)
    )


def _take_share(walk: ChainWalk, envelope: Envelope, clinic: ClinicBody) -> ClinicKeyShareBody | None:
    if walk.take_if_newer(envelope):
        return None
    share = verify(envelope, ClinicKeyShareBody, {"clinic": clinic.signing_key})
    walk.take(share.header, share.hash)
    return share.body
