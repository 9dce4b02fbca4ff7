"""What a file shows to whoever knows the clinic's fingerprint alone, and every way in which one is refused."""

import copy
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest

from messenger.interchange.evidence import read_fingerprint
from messenger.interchange.resources import RELEASES, Release
from messenger.interchange.verifying import VerifiedExport, verify_export
from messenger.merkle.errors import MerkleError
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.errors import ProtocolError
from tests.cast import Cast, found_clinic
from tests.interchange.story import Bundle, Story, a_story, consent_in, evidence_in, opened, with_evidence, written


def refused(story: Story, data: bytes, fingerprint: str | None = None, head: str | None = None) -> str:
    """The code of the refusal."""
    with pytest.raises((ProtocolError, MerkleError)) as refusal:
        verify_export(data, fingerprint or story.key_id, head)
    assert isinstance(refusal.value, ProtocolError | MerkleError)
    return refusal.value.code


@pytest.fixture(params=RELEASES)
def bundle(story: Story, request: pytest.FixtureRequest) -> Bundle:
    release: Release = request.param
    return opened(story.export(release))


@pytest.fixture
def r4(story: Story) -> Bundle:
    return opened(story.export("r4"))


@pytest.mark.parametrize("release", RELEASES)
def test_a_file_shows_what_the_patient_decided_and_as_of_when(story: Story, release: Release) -> None:
    shown = verify_export(story.export(release), story.key_id, story.consents.head)
    assert (shown.release, shown.evidence.patient) == (release, story.patient.account)
    assert shown.chains.consents.head == story.consents.head
    assert states(shown, story) == {
        "active": "active",
        "future": "future",
        "expired": "expired",
        "revoked": "revoked",
        "narrowed": "active",
    }
    assert shown.log is not None
    assert len(shown.log.recorded) == len(shown.chains.consents.decisions) == story.consents.place + 1


def states(shown: VerifiedExport, story: Story) -> dict[str, str]:
    names = {consent: name for name, consent in story.named.items()}
    found = {names.get(one.terms.consent, ""): one.state_at(shown.written) for one in shown.records}
    assert found.pop("") == "active"  # the first, to the team, of joining
    return {name: str(state) for name, state in found.items()}


def test_the_digits_on_the_card_do_as_well_as_the_keys_id(story: Story, bundle: Bundle) -> None:
    for spelled in (story.digits, story.digits.replace(" ", "-"), story.digits.replace(" ", ""), story.key_id):
        assert verify_export(written(bundle), read_fingerprint(spelled)).records


def test_white_space_and_the_order_of_members_say_nothing(story: Story, bundle: Bundle) -> None:
    again = json.dumps(bundle, indent=2, sort_keys=True).encode()
    assert verify_export(again, story.key_id).records


def test_what_the_log_has_not_placed_yet_is_shown_as_not_recorded(cast: Cast) -> None:
    story = a_story(cast)
    story.grant("newest", cast.provider)
    shown = verify_export(story.export("r5"), story.key_id)
    assert shown.log is not None
    assert len(shown.log.recorded) == len(shown.chains.consents.decisions) - 1
    story.settle()
    settled = verify_export(story.export("r5"), story.key_id)
    assert settled.log is not None
    assert len(settled.log.recorded) == len(settled.chains.consents.decisions)


def test_a_wrong_fingerprint_is_refused(story: Story, bundle: Bundle) -> None:
    assert refused(story, written(bundle), b64u_encode(bytes(32))) == "wrong_clinic_key"
    assert refused(story, written(bundle), "00000 " + story.digits[6:]) == "wrong_clinic_key"


def test_another_clinics_chain_is_refused(cast: Cast, story: Story, bundle: Bundle) -> None:
    hand, founder = found_clinic(cast.house)
    served = cast.house.get("/api/clinic", by=founder)["statements"]
    other = with_evidence(bundle, lambda evidence: evidence.update(clinic=served))
    assert refused(story, written(other)) == "wrong_clinic_key"
    assert refused(story, written(other), hand.key.id) != ""


@pytest.mark.parametrize("chain", ["clinic", "chain", "consents"])
def test_any_changed_byte_of_any_statement_is_refused(story: Story, r4: Bundle, chain: str) -> None:
    for place, envelope in enumerate(evidence_in(r4)[chain]):
        for at in range(0, len(b64u_decode(envelope["payload"])), 7):
            assert refused(story, written(with_evidence(r4, flipping(chain, place, at)))) != "resource_differs"


def flipping(chain: str, place: int, at: int) -> Any:
    def flip(evidence: dict[str, Any]) -> None:
        payload = bytearray(b64u_decode(evidence[chain][place]["payload"]))
        payload[at] ^= 1
        evidence[chain][place]["payload"] = b64u_encode(bytes(payload))

    return flip


def test_a_changed_signature_is_refused(story: Story, bundle: Bundle) -> None:
    def sign_otherwise(evidence: dict[str, Any]) -> None:
        one, other = evidence["consents"][1:3]
        one["signatures"][0]["signature"] = other["signatures"][0]["signature"]

    assert refused(story, written(with_evidence(bundle, sign_otherwise))) == "bad_signature"


TAMPERED: dict[str, Any] = {
    "period": lambda consent: consent["provision"]["period"].update(end="2099-01-01T00:00:00.000Z"),
    "end left out": lambda consent: consent["provision"]["period"].pop("end"),
    "conversation": lambda consent: consent["provision"]["provision"][0].pop("data"),
    "grantee": lambda consent: consent["provision"]["provision"][0]["actor"][0]["reference"]["identifier"].update(
        value="acc_0195807f8e007000800000000000aaaa"
    ),
    "purpose": lambda consent: consent["provision"]["provision"][0]["purpose"][0].update(code="HPAYMT"),
    "action": lambda consent: consent["provision"]["provision"][0]["action"].pop(),
    "status": lambda consent: consent.update(status="inactive"),
    "patient": lambda consent: consent.pop("patient"),
    "type": lambda consent: consent["provision"]["provision"][0].update(type="deny"),
    "date": lambda consent: consent.update(dateTime="2020-01-01T00:00:00.000Z"),
    "something added": lambda consent: consent.update(verification=[{"verified": True}]),
}


@pytest.mark.parametrize("field", TAMPERED)
def test_a_resource_that_says_something_else_than_was_signed_is_refused(story: Story, r4: Bundle, field: str) -> None:
    TAMPERED[field](consent_in(r4, story.named["narrowed"]))
    assert refused(story, written(r4)) == "resource_differs"


def test_the_refusal_says_where_the_file_differs(story: Story, bundle: Bundle) -> None:
    consent_in(bundle, story.named["revoked"])["status"] = "active"
    with pytest.raises(ProtocolError, match=r"entry\.4\.resource\.status"):
        verify_export(written(bundle), story.key_id)


def test_a_consent_left_out_added_or_moved_is_refused(story: Story, bundle: Bundle) -> None:
    fewer, more, moved = (copy.deepcopy(bundle) for _ in range(3))
    del fewer["entry"][1]
    more["entry"].insert(1, more["entry"][0])
    moved["entry"][0], moved["entry"][1] = moved["entry"][1], moved["entry"][0]
    for changed in (fewer, more, moved):
        assert refused(story, written(changed)) == "resource_differs"


def test_an_attachment_that_is_not_the_statement_is_refused(story: Story, r4: Bundle) -> None:
    attached = consent_in(r4, story.named["narrowed"])["sourceAttachment"]
    first_only = json.loads(b64decode(attached["data"]))[:1]
    attached["data"] = b64encode(json.dumps(first_only, separators=(",", ":")).encode()).decode()
    assert refused(story, written(r4)) == "resource_differs"


def test_a_dropped_revocation_is_refused_where_something_follows_it(story: Story, bundle: Bundle) -> None:
    def drop(evidence: dict[str, Any]) -> None:
        del evidence["consents"][-2]

    assert refused(story, written(with_evidence(bundle, drop))) == "broken_chain"


def test_a_dropped_last_revocation_is_seen_by_its_entries_and_by_whoever_knows_a_later_head(
    cast: Cast, story: Story
) -> None:
    """Cut off, the file is whole and older: that is all a file can say, so its head is named, and can be asked for."""

    def cut(evidence: dict[str, Any]) -> None:
        del evidence["consents"][-1]

    assert refused(story, written(with_evidence(opened(story.export("r5")), cut))) == "not_this_decision"
    younger = a_story(cast)
    before = younger.export("r5")
    younger.consents.decide(younger.consents.revoking(younger.named["active"]))
    assert states(verify_export(before, younger.key_id), younger)["active"] == "active"
    assert refused(younger, before, head=younger.consents.head) == "older_than_known"


def test_the_consents_of_another_patient_are_refused(cast: Cast) -> None:
    story = a_story(cast)
    other = cast.enter_patient()
    path = f"/api/patients/{other.account}/consents/export?format=r5"
    theirs = evidence_in(cast.house.get(path, by=other))
    bundle = opened(story.export("r5"))
    spliced = with_evidence(bundle, lambda evidence: evidence["consents"].append(theirs["consents"][0]))
    assert refused(story, written(spliced)) == "unknown_signer"
    swapped = with_evidence(bundle, lambda evidence: evidence.update(consents=theirs["consents"]))
    assert refused(story, written(swapped)) == "unknown_signer"
    whole = with_evidence(bundle, lambda evidence: evidence.update(theirs))
    assert refused(story, written(whole)) == "resource_differs"


def test_an_entry_of_the_log_that_is_anothers_or_not_in_its_tree_is_refused(story: Story, bundle: Bundle) -> None:
    def swap(evidence: dict[str, Any]) -> None:
        entries = evidence["log"]["entries"]
        entries[0], entries[1] = entries[1], entries[0]

    def misplace(evidence: dict[str, Any]) -> None:
        entries = evidence["log"]["entries"]
        entries[0]["proof"], entries[1]["proof"] = entries[1]["proof"], entries[0]["proof"]

    def shrink(evidence: dict[str, Any]) -> None:
        note: str = evidence["log"]["checkpoint"]
        lines = note.split("\n")
        evidence["log"]["checkpoint"] = "\n".join([lines[0], str(int(lines[1]) + 1), *lines[2:]])

    codes = [refused(story, written(with_evidence(bundle, change))) for change in (swap, misplace, shrink)]
    assert codes == ["not_this_decision", "bad_proof", "bad_signature"]


def test_a_file_that_is_older_than_what_it_holds_is_refused(story: Story, bundle: Bundle) -> None:
    bundle["timestamp"] = story.in_minutes(-600)
    assert refused(story, written(bundle)) == "wrong_time"
    del bundle["timestamp"]
    assert refused(story, written(bundle)) == "wrong_time"


def test_json_that_two_readers_could_read_in_two_ways_is_refused(story: Story, r4: Bundle) -> None:
    data = written(r4)
    twice = data.replace(b'"status": "active"', b'"status": "inactive", "status": "active"', 1)
    assert refused(story, twice) == "malformed_json"
    assert refused(story, data[: len(data) // 2]) == "malformed_json"
    assert refused(story, b"consent") == "malformed_json"
    assert refused(story, b"\xff" + data) == "malformed_json"


def test_other_json_and_other_fhir_are_no_exports(story: Story, bundle: Bundle) -> None:
    assert refused(story, b"[]") == "malformed_json"
    assert refused(story, b"{}") == "not_an_export"
    assert refused(story, json.dumps(bundle["entry"][0]["resource"]).encode()) == "not_an_export"
    twice = copy.deepcopy(bundle)
    twice["entry"].append(twice["entry"][-1])
    assert refused(story, written(twice)) == "not_an_export"
    del bundle["entry"][-1]
    assert refused(story, written(bundle)) == "not_an_export"


def test_evidence_of_a_newer_version_is_told_as_one(story: Story, bundle: Bundle) -> None:
    assert refused(story, written(with_evidence(bundle, lambda evidence: evidence.update(v=2)))) == "newer_version"
