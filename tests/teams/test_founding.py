"""Founding: one link, one administrator, on the clinic's own terms."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from messenger.audit.models import AuditBody
from messenger.cli import commands
from messenger.protocol.clinic_chain import verify_clinic_chain
from messenger.protocol.encoding import hash_text
from messenger.protocol.invitation import InvitationLink, parse_link
from messenger.protocol.keys import SigningKey
from messenger.protocol.statement import Envelope
from messenger.teams import clinics
from messenger.teams.clinics import Service
from messenger.teams.models import Clinic
from tests.cast import BASE_URL, House, found_clinic, founding, refusal, sealed
from tests.factories import ClinicAtHand, PersonAtHand, new_id

Body = dict[str, Any]


def created(house: House) -> InvitationLink:
    """The link that `clinic create` prints."""
    service = Service(BASE_URL, house.settings.authority, house.settings.secret_key.encode())
    with house.database.unit_of_work() as session:
        return parse_link(clinics.create_clinic(session, "Riverside Clinic", service, house.clock.now()).link)


def founders_request(house: House, link: InvitationLink, secret: bytes | None = None) -> tuple[Body, PersonAtHand]:
    terms = house.get(f"/api/invitations/{link.invitation}")["founding_terms"]
    founder = PersonAtHand("administrator", house.clock, account=terms["founder"], clinic=terms["clinic"])
    hand = ClinicAtHand(terms["clinic"], terms["founder"], house.clock)
    return founding(house, hand, founder, secret or link.secret, link.invitation, terms), founder


def test_the_founder_joins_with_the_clinics_key_and_everybody_can_verify_it(house: House) -> None:
    hand, founder = found_clinic(house)
    served = house.get(f"/api/clinics/{hand.clinic}/trust")["statements"]
    clinic = verify_clinic_chain([Envelope.parse(one) for one in served], hand.key.id)
    assert (clinic.name, clinic.founder) == ("Riverside Clinic", founder.account)
    assert house.get("/api/me", by=founder)["role"] == "administrator"


def test_the_terms_bind_the_log_that_the_link_names(house: House) -> None:
    link = created(house)
    offer = house.get(f"/api/invitations/{link.invitation}")
    assert offer["founding"]
    assert hash_text(offer["founding_terms"]["log_key"].encode()) == link.fingerprint
    assert offer["founding_terms"]["origin"] == f"localhost:8000/log/{offer['clinic']['id']}"


def test_founding_is_in_the_log(house: House) -> None:
    hand, _ = found_clinic(house)
    with house.database.reading_session() as session:
        actions = {row.action for row in session.query(AuditBody).filter_by(clinic=hand.clinic)}
    assert {"clinic:created", "clinic:founded", "invitation:created", "account:joined"} <= actions


def test_a_clinic_is_founded_once(house: House) -> None:
    link = created(house)
    body, _ = founders_request(house, link)
    again, _ = founders_request(house, link)
    house.post("/api/found", body)
    assert refusal(house.call("POST", "/api/found", again)) == (410, "invitation_used")


def test_the_founding_link_runs_out_after_a_week(house: House) -> None:
    link = created(house)
    body, _ = founders_request(house, link)
    house.clock.advance(timedelta(days=7))
    assert refusal(house.call("POST", "/api/found", body)) == (410, "invitation_expired")


def test_nobody_founds_without_the_secret_of_the_link(house: House) -> None:
    body, _ = founders_request(house, created(house), secret=bytes(16))
    assert refusal(house.call("POST", "/api/found", body)) == (400, "statement_misplaced")
    with house.database.reading_session() as session:
        assert session.query(Clinic).one().founded is None


def on_other_terms(house: House, body: Body, **changed: str) -> Body:
    terms = house.get(f"/api/invitations/{body['invitation']}")["founding_terms"] | changed
    hand = ClinicAtHand(terms["clinic"], terms["founder"], house.clock)
    statement = hand.first_statement(terms["name"], terms["log_key"], terms["origin"])
    return {**body, "clinic": statement.as_json()}


def another_name(house: House, body: Body, _founder: PersonAtHand) -> Body:
    return on_other_terms(house, body, name="Seaside Clinic")


def another_log(house: House, body: Body, _founder: PersonAtHand) -> Body:
    return on_other_terms(house, body, log_key="elsewhere+00000000+AA")


def another_origin(house: House, body: Body, _founder: PersonAtHand) -> Body:
    return on_other_terms(house, body, origin="elsewhere/log/x")


def another_founder(house: House, body: Body, _founder: PersonAtHand) -> Body:
    return on_other_terms(house, body, founder=new_id("acc"))


def another_clinic(house: House, body: Body, _founder: PersonAtHand) -> Body:
    return on_other_terms(house, body, clinic=new_id("cln"))


def an_invitation_by_another_key(house: House, body: Body, founder: PersonAtHand) -> Body:
    other = ClinicAtHand(founder.clinic, founder.account, house.clock)
    invited = other.invites("administrator", founder.account, account=founder.account, invitation=body["invitation"])
    return {**body, "invitation_statement": invited.envelope.as_json()}


def no_key_of_the_clinic(_house: House, body: Body, founder: PersonAtHand) -> Body:
    return {**body, "documents": {"pins": sealed(founder.document())}}


WRONG: dict[Callable[[House, Body, PersonAtHand], Body], tuple[int, str]] = {
    another_name: (400, "statement_misplaced"),
    another_log: (400, "statement_misplaced"),
    another_origin: (400, "statement_misplaced"),
    another_founder: (400, "statement_misplaced"),
    another_clinic: (400, "statement_misplaced"),
    an_invitation_by_another_key: (400, "may_not_invite"),
    no_key_of_the_clinic: (400, "documents_expected"),
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_founding_on_other_terms_is_refused_whole(
    house: House, wrong: Callable[[House, Body, PersonAtHand], Body]
) -> None:
    body, founder = founders_request(house, created(house))
    assert refusal(house.call("POST", "/api/found", wrong(house, body, founder))) == WRONG[wrong]
    house.post("/api/found", body)


def test_a_founding_link_joins_nobody_and_an_invitation_founds_nothing(house: House) -> None:
    body, _ = founders_request(house, created(house))
    joining = {name: body[name] for name in body if name not in {"clinic", "invitation_statement", "card"}}
    assert refusal(house.call("POST", "/api/join", joining)) == (404, "not_found")


def test_a_clinic_that_is_not_founded_is_not_vouched_for(house: House) -> None:
    link = created(house)
    clinic = house.get(f"/api/invitations/{link.invitation}")["clinic"]["id"]
    assert refusal(house.call("GET", f"/api/clinics/{clinic}/trust")) == (404, "clinic_unknown")


def test_the_command_line_prints_the_link_once_and_keeps_no_secret(
    database_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a secret of the tests, of no worth to anyone",
        "BASE_URL": "https://between.example",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(commands, ["clinic", "create", "Riverside Clinic"])
    assert done.exit_code == 0, done.output
    printed = json.loads(done.output)
    link = parse_link(printed["link"])
    assert (link.base, link.type) == ("https://between.example", "f")
    assert link.fingerprint == hash_text(printed["log_key"].encode())
    assert printed["log_key"].startswith(f"between.example/log/{printed['clinic']}+")
    assert SigningKey(link.key.seed).public == link.key.public


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 121])
def test_a_clinic_needs_a_name_of_one_line(house: House, name: str) -> None:
    service = Service(BASE_URL, house.settings.authority, b"secret")
    with pytest.raises(Exception, match="clinic_name_unusable"), house.database.unit_of_work() as session:
        clinics.create_clinic(session, name, service, house.clock.now())
