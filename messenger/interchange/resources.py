"""A permission as a FHIR `Consent`, in R4 (the same as R4B here) and in R5.

Both say: nobody, but this recipient, for this purpose, in this period, to messages. What each element means, and why,
is in `docs/interchange.md`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Final, Literal, get_args

from messenger.interchange import codes
from messenger.interchange.permission import Permission
from messenger.protocol.json_strict import JsonObject, JsonValue, write_json
from messenger.protocol.statement import Envelope

Release = Literal["r4", "r5"]
RELEASES: Final[tuple[Release, ...]] = get_args(Release)

ENVELOPE_TYPE: Final = "application/vnd.between.envelope.v1+json"
ENVELOPES_TYPE: Final = "application/vnd.between.envelopes.v1+json"


def consent_resource(permission: Permission, statements: Sequence[Envelope], release: Release) -> JsonObject:
    """The resource; `statements` are the whole chain in which the permission was given."""
    common: JsonObject = {
        "resourceType": "Consent",
        "id": permission.uuid,
        "extension": [codes.extension("state", permission.state)],
        "identifier": [permission.identifier],
        "status": "active" if permission.stands else "inactive",
    }
    return common | (_r4(permission, statements) if release == "r4" else _r5(permission, statements))


def _r4(permission: Permission, statements: Sequence[Envelope]) -> JsonObject:
    patient = codes.reference(permission.patient, "Patient")
    rule: JsonObject = {
        "type": "permit",
        **_rule(permission),
        "class": [_messages("http://hl7.org/fhir/resource-types")],
    }
    return {
        "scope": codes.concept(codes.PRIVACY),
        "category": [codes.concept(codes.PATIENT_CONSENT)],
        "patient": patient,
        "dateTime": permission.said[0].time,
        "performer": [patient],
        "organization": [codes.reference(permission.clinic, "Organization")],
        "sourceAttachment": _all_statements(permission, statements),
        "policyRule": codes.concept(codes.OPT_IN_WITH_RESTRICTIONS),
        # The root rule has no type in R4; what is permitted stands in the one below it.
        "provision": {"period": _period(permission), "provision": [rule]},
    }


def _r5(permission: Permission, statements: Sequence[Envelope]) -> JsonObject:
    patient = codes.reference(permission.patient, "Patient")
    period = _period(permission)
    rule: JsonObject = {
        "period": period,
        **_rule(permission),
        "resourceType": [_messages("http://hl7.org/fhir/fhir-types")],
    }
    return {
        "category": [codes.concept(codes.PATIENT_CONSENT), codes.concept(codes.PRIVACY)],
        "subject": patient,
        "date": permission.said[0].time[:10],
        "period": period,
        "grantor": [patient],
        "grantee": [permission.recipient],
        "controller": [codes.reference(permission.clinic, "Organization")],
        "sourceAttachment": _each_statement(permission, statements),
        "regulatoryBasis": [codes.concept(codes.OPT_IN_WITH_RESTRICTIONS)],
        # In R5 a provision negates the level above: denied, but for what it names.
        "decision": "deny",
        "provision": [rule],
    }


def _rule(permission: Permission) -> JsonObject:
    actor: JsonObject = {"role": codes.concept(codes.INFORMATION_RECIPIENT), "reference": permission.recipient}
    rule: JsonObject = {
        "extension": [codes.extension("earlier-messages", permission.earlier_messages)],
        "actor": [actor],
        "action": [codes.concept(action) for action in permission.actions],
        "purpose": [permission.purpose],
    }
    if permission.conversation is not None:
        rule["data"] = [{"meaning": "related", "reference": codes.reference(permission.conversation)}]
    if permission.readable_from is not None:
        rule["dataPeriod"] = {"start": permission.readable_from}
    return rule


def _period(permission: Permission) -> JsonObject:
    end: JsonObject = {} if permission.end is None else {"end": permission.end}
    return {"start": permission.start, **end}


def _messages(system: str) -> JsonObject:
    return {"system": system, "code": "Communication"}


def _all_statements(permission: Permission, statements: Sequence[Envelope]) -> JsonObject:
    """R4 takes one attachment."""
    signed = [statements[one.place].as_json() for one in permission.said]
    return _attachment(ENVELOPES_TYPE, signed, permission.said[-1].time)


def _each_statement(permission: Permission, statements: Sequence[Envelope]) -> list[JsonValue]:
    """R5 takes one for each statement."""
    return [
        {**_attachment(ENVELOPE_TYPE, statements[one.place].as_json(), one.time), "title": one.did}
        for one in permission.said
    ]


def _attachment(content_type: str, content: JsonValue, creation: str) -> JsonObject:
    return {"contentType": content_type, "data": base64_of(content), "creation": creation}


def base64_of(content: JsonValue) -> str:
    """JSON of ours as FHIR's base64Binary."""
    return b64encode(write_json(content)).decode("ascii")
