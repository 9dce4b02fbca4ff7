"""What a patient permits, apart from how a release of FHIR writes it: a consent, or a way in for emergencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from messenger.interchange import codes
from messenger.interchange.record import ConsentRecord
from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.encoding import format_time, parse_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.consent import SCOPE_ALL

_RESOLUTION: Final = timedelta(milliseconds=1)
"""A FHIR Period counts its end in, `until` is the first instant outside."""


@dataclass(frozen=True)
class Said:
    """One statement of the patient about a permission: its place in their chain, when, and what it did."""

    place: int
    time: str
    did: str


@dataclass(frozen=True)
class Permission:
    """Who may do what, for what, when; `state` is what has become of it, `said` every statement about it."""

    uuid: str
    identifier: JsonObject
    state: str
    patient: str
    clinic: str
    recipient: JsonObject
    actions: tuple[JsonObject, ...]
    purpose: JsonObject
    earlier_messages: str
    readable_from: str | None
    conversation: str | None
    start: str
    end: str | None
    said: tuple[Said, ...]

    @property
    def stands(self) -> bool:
        """Whether it is to be followed: now, or from its start on."""
        return self.state in ("active", "future")


def of_consent(record: ConsentRecord, at: str) -> Permission:
    """A consent as it stands at an instant."""
    terms = record.terms
    return Permission(
        uuid=codes.uuid_of(terms.consent),
        identifier=codes.identifier(terms.consent),
        state=record.state_at(at),
        patient=terms.patient,
        clinic=terms.clinic,
        recipient=codes.grantee_reference(terms.grantee),
        actions=(codes.READS, codes.WRITES, *((codes.OPENS_CONVERSATIONS,) if terms.may_open else ())),
        purpose=codes.PURPOSES[terms.purpose],
        earlier_messages=terms.history,
        readable_from=record.readable_from,
        conversation=None if terms.scope == SCOPE_ALL else terms.scope,
        start=terms.not_before,
        end=None if terms.until is None else _before(terms.until, terms.not_before),
        said=tuple(Said(one.place, one.time, one.did) for one in record.decisions),
    )


def of_emergency(chain: ConsentChain, clinic: str) -> Sequence[Permission]:
    """What the patient chose about emergency access, if they ever did: custodians of the clinic may let somebody in."""
    if not chain.choices:
        return ()
    opened = [choice for choice in chain.choices if choice.opted_in][-1]
    newest = chain.choices[-1]
    permission = Permission(
        uuid=str(uuid5(UUID(codes.uuid_of(chain.patient)), "emergency")),
        identifier={"system": f"{codes.OURS}emergency-choice", "value": chain.patient},
        state="active" if newest.opted_in else "revoked",
        patient=chain.patient,
        clinic=clinic,
        recipient=codes.reference(clinic, "Organization"),
        actions=(codes.READS,),
        purpose=codes.BREAK_THE_GLASS,
        earlier_messages="none",
        readable_from=opened.time,
        conversation=None,
        start=opened.time,
        end=None if newest.opted_in else _before(newest.time, opened.time),
        said=tuple(Said(one.place, one.time, "opted_in" if one.opted_in else "opted_out") for one in chain.choices),
    )
    return (permission,)


def _before(end: str, start: str) -> str:
    return max(start, format_time(parse_time(end) - _RESOLUTION))
