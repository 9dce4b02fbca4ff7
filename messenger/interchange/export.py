"""A patient's consents in one FHIR file, which holds all that is needed to check it."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from typing import Final
from uuid import UUID, uuid5

from messenger.interchange import codes
from messenger.interchange.errors import ExportRefused
from messenger.interchange.evidence import Evidence, VerifiedChains
from messenger.interchange.permission import of_consent, of_emergency
from messenger.interchange.record import records_of
from messenger.interchange.resources import Release, base64_of, consent_resource
from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.json_strict import JsonObject, parse_object

EVIDENCE_TYPE: Final = "application/vnd.between.consent-evidence.v1+json"


def write_export(evidence: Evidence, chains: VerifiedChains, at: str, release: Release) -> JsonObject:
    """The Bundle: every consent as it stands at an instant, and the evidence. `chains` are the evidence's own.

    Raises `ChainRefused` (`newer_version`).
    """
    chain, clinic = chains.consents, chains.clinic.clinic
    permissions = [*(of_consent(record, at) for record in records_of(chain)), *of_emergency(chain, clinic)]
    consents = [consent_resource(permission, evidence.consents, release) for permission in permissions]
    head: JsonObject = {}
    if chain.head is not None:
        head["identifier"] = {"system": f"{codes.OURS}consent-head", "value": chain.head}
    return {
        "resourceType": "Bundle",
        **head,
        "type": "collection",
        "timestamp": at,
        "entry": [_entry(resource) for resource in (*consents, _binary(evidence, chain))],
    }


def read_evidence(bundle: JsonObject) -> Evidence:
    """The evidence in a Bundle of ours, **unverified**; raises `ExportRefused` (`not_an_export`), `EncodingRefused`."""
    found = [resource for resource in resources_of(bundle) if resource.get("contentType") == EVIDENCE_TYPE]
    data = found[0].get("data") if len(found) == 1 else None
    if not isinstance(data, str):
        raise _not_an_export()
    try:
        return Evidence.parse(parse_object(b64decode(data, validate=True)))
    except Base64Error as refused:
        raise _not_an_export() from refused


def resources_of(bundle: JsonObject) -> list[JsonObject]:
    """The resources in a Bundle, **unverified**; raises `ExportRefused` (`not_an_export`)."""
    entries = bundle.get("entry")
    if bundle.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise _not_an_export()
    found = [entry.get("resource") for entry in entries if isinstance(entry, dict)]
    return [resource for resource in found if isinstance(resource, dict)]


def _binary(evidence: Evidence, chain: ConsentChain) -> JsonObject:
    # Made from what it holds, so that the same evidence is the same resource.
    name = uuid5(UUID(codes.uuid_of(evidence.patient)), chain.head or "")
    return {
        "resourceType": "Binary",
        "id": str(name),
        "contentType": EVIDENCE_TYPE,
        "data": base64_of(evidence.as_json()),
    }


def _entry(resource: JsonObject) -> JsonObject:
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}


def _not_an_export() -> ExportRefused:
    return ExportRefused("not_an_export", "This is no export of consents: a Bundle that holds its own evidence.")
