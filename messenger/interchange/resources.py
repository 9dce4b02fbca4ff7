"""A consent as a FHIR `Consent`, in R4 (the same as R4B here) and in R5.

Both say: nobody, but this grantee, for this purpose, in this period, to messages. What each element means, and why, is
in `docs/interchange.md`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Final, Literal, get_args

from messenger.interchange import codes
from messenger.interchange.record import ConsentRecord
from messenger.protocol.json_strict import JsonObject, JsonValue, write_json
from messenger.protocol.kinds.consent import SCOPE_ALL
from messenger.protocol.statement import Envelope

Release = Literal["r4", "r5"]
RELEASES: Final[tuple[Release, ...]] = get_args(Release)

ENVELOPE_TYPE: Final = "application/vnd.between.envelope.v1+json"
ENVELOPES_TYPE: Final = "application/vnd.between.envelopes.v1+json"


def consent_resource(record: ConsentRecord, statements: Sequence[Envelope], at: str, release: Release) -> JsonObject:
    """The consent as it stands at an instant (a protocol time); `statements` are its chain's, from the first on."""
    signed = [statements[decision.place] for decision in record.decisions]
    common: JsonObject = {
        "resourceType": "Consent",
        "id": codes.uuid_of(record.terms.consent),
        "extension": [codes.extension("state", record.state_at(at))],
        "identifier": [codes.identifier(record.terms.consent)],
        "status": "active" if record.state_at(at) in ("active", "future") else "inactive",
    }
    return common | (_r4(record, signed) if release == "r4" else _r5(record, signed))


def _r4(record: ConsentRecord, signed: Sequence[Envelope]) -> JsonObject:
    patient = codes.reference(record.terms.patient, "Patient")
    provision: JsonObject = {"type": "permit", **_provision(record)}
    return {
        "scope": codes.concept(codes.PRIVACY),
        "category": [codes.concept(codes.PATIENT_CONSENT)],
        "patient": patient,
        "dateTime": record.given,
        "performer": [patient],
        "organization": [codes.reference(record.terms.clinic, "Organization")],
        "sourceAttachment": _all_statements(record, signed),
        "policyRule": codes.concept(codes.OPT_IN_WITH_RESTRICTIONS),
        # The root rule has no type in R4; what is permitted stands in the one below it.
        "provision": {
            "period": _period(record),
            "provision": [{**provision, "class": [_messages("http://hl7.org/fhir/resource-types")]}],
        },
    }


def _r5(record: ConsentRecord, signed: Sequence[Envelope]) -> JsonObject:
    patient = codes.reference(record.terms.patient, "Patient")
    permitted: JsonObject = {"period": _period(record), **_provision(record)}
    return {
        "category": [codes.concept(codes.PATIENT_CONSENT), codes.concept(codes.PRIVACY)],
        "subject": patient,
        "date": record.given[:10],
        "period": _period(record),
        "grantor": [patient],
        "grantee": [codes.grantee_reference(record.terms.grantee)],
        "controller": [codes.reference(record.terms.clinic, "Organization")],
        "sourceAttachment": _each_statement(record, signed),
        "regulatoryBasis": [codes.concept(codes.OPT_IN_WITH_RESTRICTIONS)],
        # In R5 a provision negates the level above: denied, but for what it names.
        "decision": "deny",
        "provision": [{**permitted, "resourceType": [_messages("http://hl7.org/fhir/fhir-types")]}],
    }


def _provision(record: ConsentRecord) -> JsonObject:
    terms = record.terms
    actor: JsonObject = {
        "role": codes.concept(codes.INFORMATION_RECIPIENT),
        "reference": codes.grantee_reference(terms.grantee),
    }
    actions = [codes.READS, codes.WRITES, *([codes.OPENS_CONVERSATIONS] if terms.may_open else [])]
    provision: JsonObject = {
        "extension": [codes.extension("earlier-messages", terms.history)],
        "actor": [actor],
        "action": [codes.concept(action) for action in actions],
        "purpose": [codes.PURPOSES[terms.purpose]],
    }
    if terms.scope != SCOPE_ALL:
        provision["data"] = [{"meaning": "related", "reference": codes.reference(terms.scope)}]
    if record.readable_from is not None:
        provision["dataPeriod"] = {"start": record.readable_from}
    return provision


def _period(record: ConsentRecord) -> JsonObject:
    end: JsonObject = {} if record.last_instant is None else {"end": record.last_instant}
    return {"start": record.terms.not_before, **end}


def _messages(system: str) -> JsonObject:
    return {"system": system, "code": "Communication"}


def _all_statements(record: ConsentRecord, signed: Sequence[Envelope]) -> JsonObject:
    """R4 takes one attachment."""
    return attachment(ENVELOPES_TYPE, [statement.as_json() for statement in signed], record.decisions[-1].time)


def _each_statement(record: ConsentRecord, signed: Sequence[Envelope]) -> list[JsonValue]:
    """R5 takes one for each decision."""
    return [
        {**attachment(ENVELOPE_TYPE, statement.as_json(), decision.time), "title": decision.did}
        for decision, statement in zip(record.decisions, signed, strict=True)
    ]


def attachment(content_type: str, content: JsonValue, creation: str) -> JsonObject:
    """JSON of ours inside an Attachment."""
    return {"contentType": content_type, "data": base64_of(content), "creation": creation}


def base64_of(content: JsonValue) -> str:
    """JSON of ours as FHIR's base64Binary."""
    return b64encode(write_json(content)).decode("ascii")
