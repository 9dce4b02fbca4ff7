"""The codes of FHIR and HL7 that a consent is told in, and codes of our own where there is none."""

from typing import Final

from messenger.protocol.ids import check_id
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.consent import Purpose

HL7: Final = "http://terminology.hl7.org/CodeSystem/"
OURS: Final = "urn:between:"
"""What no registry has a name for: ids, and codes that HL7 has no equal of."""

PATIENT_CONSENT: Final[JsonObject] = {"system": "http://loinc.org", "code": "59284-0"}
PRIVACY: Final[JsonObject] = {"system": f"{HL7}consentscope", "code": "patient-privacy"}
OPT_IN_WITH_RESTRICTIONS: Final[JsonObject] = {"system": f"{HL7}v3-ActCode", "code": "OPTINR"}
INFORMATION_RECIPIENT: Final[JsonObject] = {"system": f"{HL7}v3-ParticipationType", "code": "IRCP"}
READS: Final[JsonObject] = {"system": f"{HL7}consentaction", "code": "access"}
WRITES: Final[JsonObject] = {"system": f"{OURS}action", "code": "write"}
OPENS_CONVERSATIONS: Final[JsonObject] = {"system": f"{OURS}action", "code": "open-conversation"}

BREAK_THE_GLASS: Final[JsonObject] = {"system": f"{HL7}v3-ActReason", "code": "BTG"}

PURPOSES: Final[dict[Purpose, JsonObject]] = {
    "treatment": {"system": f"{HL7}v3-ActReason", "code": "TREAT"},
    "coordination": {"system": f"{HL7}v3-ActReason", "code": "COC"},
    "billing": {"system": f"{HL7}v3-ActReason", "code": "HPAYMT"},
    "complaint": {"system": f"{OURS}purpose", "code": "complaint"},
}

_NAMES: Final = {"acc": "account", "cln": "clinic", "tea": "team", "cns": "consent", "cnv": "conversation"}


def concept(*codings: JsonObject) -> JsonObject:
    """A CodeableConcept."""
    return {"coding": [*codings]}


def identifier(of: str) -> JsonObject:
    """An id of ours as an Identifier: its type is told by the system, the value is the whole id."""
    check_id(of, "acc", "cln", "tea", "cns", "cnv")
    return {"system": f"{OURS}{_NAMES[of[:3]]}", "value": of}


def reference(of: str, resource_type: str | None = None) -> JsonObject:
    """A logical reference: who it is by the id alone, since the service holds no names of patients."""
    typed: JsonObject = {} if resource_type is None else {"type": resource_type}
    return {**typed, "identifier": identifier(of)}


def grantee_reference(grantee: str) -> JsonObject:
    """A team or a person of the care staff."""
    return reference(grantee, "CareTeam" if grantee.startswith("tea_") else "Practitioner")


def extension(name: str, code: str) -> JsonValue:
    """A code of ours where FHIR has no element."""
    return {"url": f"{OURS}{name}", "valueCode": code}


def uuid_of(an_id: str) -> str:
    """The UUID inside an id of ours, as FHIR's `id` and `urn:uuid:` take it."""
    digits = an_id[4:]
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
