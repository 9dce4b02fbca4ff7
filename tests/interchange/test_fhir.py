"""The files are FHIR: by the shapes and invariants of its releases, and in what they say."""

from dataclasses import replace
from typing import Any

import fhirpathpy
import pytest
from fhir.resources import bundle as r5_bundle
from fhir.resources.R4B import bundle as r4b_bundle

from messenger.interchange.evidence import Evidence
from messenger.interchange.export import write_export
from messenger.interchange.resources import RELEASES, Release
from messenger.interchange.verifying import verify_export
from messenger.protocol.kinds.emergency_choice import EmergencyOptInBody, EmergencyOptOutBody
from tests.interchange.invariants import BUNDLE, CONSENT
from tests.interchange.story import Bundle, Story, consent_in, evidence_in, opened, written

SHAPES: dict[Release, Any] = {"r4": r4b_bundle.Bundle, "r5": r5_bundle.Bundle}
STATES = ("active", "future", "expired", "revoked", "narrowed")
HL7 = "http://terminology.hl7.org/CodeSystem/"


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> Release:
    found: Release = request.param
    return found


@pytest.fixture
def bundle(story: Story, release: Release) -> Bundle:
    return opened(story.export(release))


def holds(resource: dict[str, Any], expression: str) -> bool:
    found: list[Any] = fhirpathpy.evaluate(resource, expression)
    return found == [True]


def permitted(consent: dict[str, Any]) -> dict[str, Any]:
    """The rule that permits, which R4 has below its root."""
    root = consent["provision"]
    rule: dict[str, Any] = root["provision"][0] if "scope" in consent else root[0]
    return rule


def period_of(consent: dict[str, Any]) -> Any:
    return consent["provision"]["period"] if "scope" in consent else consent["provision"][0]["period"]


def test_the_shapes_are_those_of_the_release(bundle: Bundle, release: Release) -> None:
    read = SHAPES[release].model_validate(bundle)
    assert [entry.resource.get_resource_type() for entry in read.entry] == ["Consent"] * 6 + ["Binary"]


def test_a_shape_of_the_other_release_is_refused(story: Story) -> None:
    for one, other in (("r4", "r5"), ("r5", "r4")):
        with pytest.raises(ValueError, match="Extra inputs"):
            SHAPES[other].model_validate(opened(story.export(one)))  # type: ignore[index, arg-type]  # both named above


def test_every_invariant_holds(bundle: Bundle, release: Release) -> None:
    broken = [name for name, expression in BUNDLE if not holds(bundle, expression)]
    for entry in bundle["entry"][:-1]:
        broken += [name for name, expression in CONSENT[release] if not holds(entry["resource"], expression)]
    assert broken == []


@pytest.mark.parametrize("missing", ["policyRule", "patient"])
def test_the_invariants_find_what_is_missing(story: Story, missing: str) -> None:
    consent = consent_in(opened(story.export("r4")), story.named["active"])
    del consent[missing]
    found = {name for name, expression in CONSENT["r4"] if not holds(consent, expression)}
    assert found == {{"policyRule": "ppc-1", "patient": "ppc-2"}[missing]}


def test_a_status_tells_what_has_become_of_a_consent(story: Story, bundle: Bundle) -> None:
    found = {name: consent_in(bundle, story.named[name]) for name in STATES}
    assert {name: one["status"] for name, one in found.items()} == {
        "active": "active",
        "future": "active",
        "expired": "inactive",
        "revoked": "inactive",
        "narrowed": "active",
    }
    assert {name: one["extension"][0]["valueCode"] for name, one in found.items()} == {
        **{name: name for name in STATES},
        "narrowed": "active",
    }


def test_a_period_ends_one_millisecond_before_the_instant_that_is_not_in_it_any_more(
    story: Story, bundle: Bundle
) -> None:
    terms = story.consents.given[story.named["narrowed"]]
    assert terms.until is not None
    period = period_of(consent_in(bundle, terms.consent))
    assert period["start"] == terms.not_before
    assert (terms.until[-4:], period["end"][-4:]) == ("000Z", "999Z")
    assert "end" not in period_of(consent_in(bundle, story.named["active"]))


def test_purposes_are_hl7s_and_our_own_where_there_is_none(story: Story, bundle: Bundle) -> None:
    found = {name: permitted(consent_in(bundle, story.named[name]))["purpose"] for name in STATES}
    reason = f"{HL7}v3-ActReason"
    assert found["active"] == [{"system": reason, "code": "COC"}]
    assert found["future"] == [{"system": reason, "code": "HPAYMT"}]
    assert found["narrowed"] == [{"system": reason, "code": "TREAT"}]
    assert found["expired"] == [{"system": "urn:between:purpose", "code": "complaint"}]


def test_a_grantee_is_a_recipient_named_by_its_id(story: Story, bundle: Bundle) -> None:
    (actor,) = permitted(consent_in(bundle, story.named["active"]))["actor"]
    assert actor["role"]["coding"] == [{"system": f"{HL7}v3-ParticipationType", "code": "IRCP"}]
    assert actor["reference"] == {
        "type": "Practitioner",
        "identifier": {"system": "urn:between:account", "value": story.cast.nurse.account},
    }
    (team,) = permitted(bundle["entry"][0]["resource"])["actor"]
    assert team["reference"]["type"] == "CareTeam"


def test_what_is_open_of_earlier_messages_is_told(story: Story, bundle: Bundle) -> None:
    found = {name: permitted(consent_in(bundle, story.named[name])) for name in STATES}
    assert "dataPeriod" not in found["active"]
    assert found["revoked"]["dataPeriod"] == {"start": story.consents.given[story.named["revoked"]].history_from}
    assert found["future"]["dataPeriod"] == {"start": story.consents.given[story.named["future"]].not_before}
    assert found["narrowed"]["dataPeriod"]["start"] > story.consents.given[story.named["narrowed"]].not_before


def test_one_conversation_and_the_right_to_begin_some_are_told(story: Story, bundle: Bundle) -> None:
    narrowed, active = (permitted(consent_in(bundle, story.named[name])) for name in ("narrowed", "active"))
    (data,) = narrowed["data"]
    assert data["reference"]["identifier"] == {"system": "urn:between:conversation", "value": story.conversation}
    assert "data" not in active
    codes = [[coding["code"] for one in rule["action"] for coding in one["coding"]] for rule in (narrowed, active)]
    assert codes == [["access", "write"], ["access", "write", "open-conversation"]]


def test_a_way_in_for_emergencies_is_a_permission_like_others(story: Story, release: Release) -> None:
    bundle = opting(story, release, EmergencyOptInBody(story.patient.account))
    assert SHAPES[release].model_validate(bundle)
    chosen = bundle["entry"][-2]["resource"]
    assert [name for name, expression in CONSENT[release] if not holds(chosen, expression)] == []
    assert (chosen["status"], chosen["identifier"][0]["system"]) == ("active", "urn:between:emergency-choice")
    assert permitted(chosen)["purpose"] == [{"system": f"{HL7}v3-ActReason", "code": "BTG"}]
    assert permitted(chosen)["dataPeriod"] == {"start": period_of(chosen)["start"]}
    out = (EmergencyOptInBody(story.patient.account), EmergencyOptOutBody(story.patient.account))
    closed = opting(story, release, *out)["entry"][-2]["resource"]
    assert (closed["status"], "end" in period_of(closed)) == ("inactive", True)


def opting(story: Story, release: Release, *choices: EmergencyOptInBody | EmergencyOptOutBody) -> Bundle:
    """The file with these choices at the end of the chain; it verifies."""
    evidence = Evidence.parse(evidence_in(opened(story.export(release))))
    for choice in choices:
        place, previous = len(evidence.consents), evidence.consents[-1].hash
        said = story.patient.says(choice, sequence=place, previous=previous)
        evidence = replace(evidence, consents=(*evidence.consents, said))
    made = write_export(evidence, evidence.verify(story.key_id), story.in_minutes(0), release)
    assert len(verify_export(written(made), story.key_id).chains.consents.choices) == len(choices)
    return made


def test_there_is_no_name_and_no_text_in_it(story: Story, bundle: Bundle) -> None:
    for resource in (entry["resource"] for entry in bundle["entry"]):
        assert not {"display", "text", "name"} & names_in(resource)
    assert story.patient.name not in str(bundle)


def names_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()
