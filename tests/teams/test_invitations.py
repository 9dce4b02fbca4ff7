"""Inviting: who may invite whom, when, and what an invitation shows to whom."""

from datetime import timedelta

import pytest

from messenger.protocol.commitment import Card
from messenger.protocol.encoding import b64u_encode, format_time
from messenger.protocol.enrolment import ServedOffer, verify_offer
from messenger.protocol.statement import Envelope
from tests.cast import Cast, House, answered, found_clinic, inviting, refusal, renew_team_key, start_team
from tests.factories import InvitationAtHand, PersonAtHand, new_id


def attempt(cast: Cast, invitation: InvitationAtHand, by: PersonAtHand, **changed: object) -> tuple[int, str]:
    return refusal(cast.house.call("POST", "/api/invitations", inviting(invitation, **changed), by=by))


def served_offer(answer: dict[str, object]) -> ServedOffer:
    """The answer as a joiner's client takes it apart."""

    def chain(statements: object) -> list[Envelope]:
        assert isinstance(statements, list)
        return [Envelope.parse(one) for one in statements]

    clinic, teams, inviter = answer["clinic"], answer["teams"], answer["inviter"]
    assert isinstance(clinic, dict)
    assert isinstance(teams, list)
    assert isinstance(inviter, dict)
    return ServedOffer(
        clinic=chain(clinic["statements"]),
        invitation=Envelope.parse(answer["invitation"]),  # type: ignore[arg-type]  # JSON it is
        inviter=(inviter["account"], chain(inviter["chain"])),
        teams={team["team"]: chain(team["statements"]) for team in teams},
        members={one["account"]: chain(one["chain"]) for team in teams for one in team["members"]},
    )


def test_what_is_served_is_enough_to_verify_it_from_the_link_down(cast: Cast) -> None:
    invitation = cast.invite("patient", (cast.team.team,))
    answer = cast.house.get(f"/api/invitations/{invitation.body.invitation}")
    offer = verify_offer(invitation.link, served_offer(answer), format_time(cast.house.clock.now()))
    assert offer.teams[cast.team.team].running is not None
    assert set(offer.members) == {cast.provider.account, cast.nurse.account}
    assert (answer["state"], answer["founding"], answer["card"]) == ("open", False, None)


def test_it_is_still_enough_after_a_member_has_left(cast: Cast) -> None:
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider])
    invitation = cast.invite("patient", (cast.team.team,))
    answer = cast.house.get(f"/api/invitations/{invitation.body.invitation}")
    offer = verify_offer(invitation.link, served_offer(answer), format_time(cast.house.clock.now()))
    running = offer.teams[cast.team.team].running
    assert running is not None
    assert set(running.members) == {cast.provider.account}


def test_care_staff_invite_patients_with_a_key_of_their_own(cast: Cast) -> None:
    invitation = cast.hand.invites(
        "patient", cast.nurse.account, (cast.team.team,), signed_by=cast.nurse.current.signing
    )
    cast.house.post("/api/invitations", inviting(invitation), by=cast.nurse)
    patient = cast.house.join(PersonAtHand("patient", cast.house.clock), invitation)
    answer = cast.house.get(f"/api/accounts/{patient.account}", by=cast.provider)
    assert answer["inviter"] == cast.nurse.account


def test_care_staff_do_not_invite_staff(cast: Cast) -> None:
    invitation = cast.hand.invites("nurse", cast.nurse.account, signed_by=cast.nurse.current.signing)
    assert attempt(cast, invitation, cast.nurse) == (400, "may_not_invite")


def test_nobody_invites_in_somebody_elses_name(cast: Cast) -> None:
    invitation = cast.hand.invites(
        "patient", cast.provider.account, (cast.team.team,), signed_by=cast.provider.current.signing
    )
    assert attempt(cast, invitation, cast.nurse) == (403, "may_not_invite")


def test_another_clinics_key_invites_nobody_here(cast: Cast) -> None:
    other, other_founder = found_clinic(cast.house, "Seaside Clinic")
    invitation = other.invites("nurse", cast.founder.account)
    assert attempt(cast, invitation, cast.founder) == (400, "may_not_invite")
    assert attempt(cast, invitation, other_founder) == (403, "may_not_invite")


def test_an_invitation_with_another_clinics_fingerprint_is_refused(cast: Cast) -> None:
    other, _ = found_clinic(cast.house, "Seaside Clinic")
    invitation = cast.hand.invites("nurse", cast.founder.account, clinic_key=other.key.id)
    assert attempt(cast, invitation, cast.founder) == (400, "wrong_clinic")


def test_a_patient_cannot_invite(cast: Cast) -> None:
    invitation = cast.hand.invites("patient", cast.patient.account, (cast.team.team,))
    assert attempt(cast, invitation, cast.patient) == (403, "role_not_allowed")


def test_no_patient_is_invited_before_two_administrators_hold_the_clinics_key(house: House) -> None:
    hand, founder = found_clinic(house)
    provider = PersonAtHand("provider", house.clock)
    invited = hand.invites("provider", founder.account)
    house.post("/api/invitations", inviting(invited), by=founder)
    house.join(provider, invited)
    team = start_team(house, hand, founder, provider)
    patient = hand.invites("patient", founder.account, (team.team,))
    body = inviting(patient)
    assert refusal(house.call("POST", "/api/invitations", body, by=founder)) == (409, "two_administrators_needed")


def test_no_patient_is_invited_by_a_team_without_a_key(cast: Cast) -> None:
    team, statement = cast.hand.creates_team("New team", cast.provider.account, cast.founder.account)
    cast.house.post("/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    invitation = cast.hand.invites("patient", cast.founder.account, (team,))
    assert attempt(cast, invitation, cast.founder) == (409, "team_key_missing")


def test_a_team_of_nowhere_invites_nobody(cast: Cast) -> None:
    assert attempt(cast, cast.hand.invites("nurse", cast.founder.account, (new_id("tea"),)), cast.founder) == (
        404,
        "team_unknown",
    )


@pytest.mark.parametrize("runs", [timedelta(0), -timedelta(days=1), timedelta(days=31)])
def test_an_invitation_ends_within_a_month(cast: Cast, runs: timedelta) -> None:
    invitation = cast.hand.invites("nurse", cast.founder.account, runs=runs)
    assert attempt(cast, invitation, cast.founder) == (400, "expiry_unusable")


def test_an_invitation_and_its_account_are_new(cast: Cast) -> None:
    first = cast.invite("nurse")
    taken = [("invitation", first.body.invitation), ("account", first.body.account), ("account", cast.nurse.account)]
    for name, value in taken:
        again = cast.hand.invites("nurse", cast.founder.account, **{name: value})  # type: ignore[arg-type]  # members
        assert attempt(cast, again, cast.founder) == (409, "invitation_exists")


def test_the_card_is_the_one_that_was_signed(cast: Cast) -> None:
    invitation = cast.hand.invites("nurse", cast.founder.account)
    other = Card("Dr Nobody", "MD").commit()
    assert attempt(cast, invitation, cast.founder, card=other.as_json()) == (400, "wrong_commitment")
    assert attempt(cast, invitation, cast.founder, card=None) == (400, "card_misplaced")


def test_a_patient_has_no_card(cast: Cast) -> None:
    invitation = cast.hand.invites("patient", cast.founder.account, (cast.team.team,))
    card = Card("Margaret Hale", "").commit()
    assert attempt(cast, invitation, cast.founder, card=card.as_json()) == (400, "card_misplaced")


def test_administrators_see_all_invitations_others_their_own_and_labels_are_their_makers(cast: Cast) -> None:
    invitation = cast.hand.invites(
        "patient", cast.nurse.account, (cast.team.team,), signed_by=cast.nurse.current.signing
    )
    label = b64u_encode(b"sealed by the nurse")
    cast.house.post("/api/invitations", inviting(invitation, label=label), by=cast.nurse)

    def listed(person: PersonAtHand) -> dict[str, str | None]:
        lines = cast.house.get("/api/invitations", by=person)["invitations"]
        return {line["invitation"]: line["label"] for line in lines}

    assert listed(cast.nurse) == {invitation.body.invitation: label}
    assert listed(cast.provider) == {}
    assert listed(cast.founder)[invitation.body.invitation] is None
    assert len(listed(cast.second)) == len(listed(cast.founder)) > 3


def test_the_list_says_what_became_of_each(cast: Cast) -> None:
    made = {state: cast.invite("nurse") for state in ("open", "used", "cancelled")}
    soon = cast.invite("nurse", runs=timedelta(hours=1))
    cast.house.join(PersonAtHand("nurse", cast.house.clock), made["used"])
    cancel = f"/api/invitations/{made['cancelled'].body.invitation}"
    assert cast.house.call("DELETE", cancel, by=cast.founder).status_code == 204
    cast.house.clock.advance(timedelta(hours=1))
    lines = cast.house.get("/api/invitations", by=cast.founder)["invitations"]
    states = {line["invitation"]: line["state"] for line in lines}
    assert {state: states[one.body.invitation] for state, one in made.items()} == {state: state for state in made}
    assert states[soon.body.invitation] == "expired"


def test_only_who_invited_and_administrators_take_an_invitation_back(cast: Cast) -> None:
    path = f"/api/invitations/{cast.invite('nurse').body.invitation}"
    assert refusal(cast.house.call("DELETE", path, by=cast.nurse)) == (404, "not_found")
    _, stranger = found_clinic(cast.house, "Seaside Clinic")
    assert refusal(cast.house.call("DELETE", path, by=stranger)) == (404, "not_found")
    assert cast.house.call("DELETE", path, by=cast.second).status_code == 204
    assert refusal(cast.house.call("DELETE", path, by=cast.second)) == (410, "invitation_cancelled")


def test_a_used_invitation_cannot_be_taken_back(cast: Cast) -> None:
    invitation = cast.invite("nurse")
    cast.house.join(PersonAtHand("nurse", cast.house.clock), invitation)
    answer = cast.house.call("DELETE", f"/api/invitations/{invitation.body.invitation}", by=cast.founder)
    assert refusal(answer) == (410, "invitation_used")


def test_the_founders_invitation_is_in_no_list(cast: Cast) -> None:
    lines = answered(cast.house.call("GET", "/api/invitations", by=cast.second))["invitations"]
    assert cast.founder.account not in [line["account"] for line in lines]
