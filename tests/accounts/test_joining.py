"""Joining: one invitation makes one account, whole or not at all, and only in the hands of who holds its secret."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from messenger.accounts.models import Invitation
from messenger.audit.models import AuditBody
from messenger.chains.models import ChainStatement
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.statement import Envelope
from tests.cast import Cast, refusal
from tests.factories import InvitationAtHand, PersonAtHand, new_id, new_keys

Body = dict[str, Any]


@pytest.fixture
def joiner(cast: Cast) -> PersonAtHand:
    """Somebody at the front desk with an invitation for a patient."""
    return PersonAtHand("patient", cast.house.clock)


@pytest.fixture
def invitation(cast: Cast) -> InvitationAtHand:
    return cast.invite("patient", (cast.team.team,))


def attempt(cast: Cast, body: Body) -> tuple[int, str]:
    return refusal(cast.house.call("POST", "/api/join", body))


def test_joining_makes_an_account_that_signs_in(cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand) -> None:
    cast.house.join(joiner, invitation)
    me = cast.house.get("/api/me", by=cast.house.sign_in(joiner))
    assert (me["account"], me["role"], me["name"], me["key_version"], me["vault_version"]) == (
        invitation.body.account,
        "patient",
        joiner.name,
        1,
        1,
    )


def test_joining_is_in_the_log_with_every_statement(
    cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand
) -> None:
    cast.house.join(joiner, invitation)
    with cast.house.database.reading_session() as session:
        actions = [row.action for row in session.query(AuditBody).filter_by(subject=joiner.account)]
    assert sorted(actions) == [
        "account:joined",
        "consent:given",
        "document:stored",
        "invitation:created",
        "vault:changed",
    ]


def test_an_invitation_is_good_once(cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand) -> None:
    again = cast.house.joining(joiner, invitation)
    cast.house.join(PersonAtHand("patient", cast.house.clock), invitation)
    assert attempt(cast, again) == (410, "invitation_used")
    answer = cast.house.call("GET", f"/api/invitations/{invitation.body.invitation}")
    assert refusal(answer) == (410, "invitation_used")


def test_of_two_who_join_at_once_one_does(cast: Cast, invitation: InvitationAtHand) -> None:
    bodies = [cast.house.joining(PersonAtHand("patient", cast.house.clock), invitation) for _ in range(2)]
    together = threading.Barrier(2)
    statuses: list[int] = []

    def join(body: Body) -> None:
        together.wait()
        statuses.append(cast.house.app.test_client(use_cookies=False).post("/api/join", json=body).status_code)

    threads = [threading.Thread(target=join, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 410]


def test_an_expired_invitation_is_refused(cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand) -> None:
    body = cast.house.joining(joiner, invitation)
    cast.house.clock.advance(timedelta(days=7))
    assert attempt(cast, body) == (410, "invitation_expired")
    answer = cast.house.call("GET", f"/api/invitations/{invitation.body.invitation}")
    assert refusal(answer) == (410, "invitation_expired")


def test_a_cancelled_invitation_is_refused(cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand) -> None:
    body = cast.house.joining(joiner, invitation)
    cast.house.call("DELETE", f"/api/invitations/{invitation.body.invitation}", by=cast.founder)
    assert attempt(cast, body) == (410, "invitation_cancelled")


def test_an_invitation_that_was_never_made_is_unknown(cast: Cast) -> None:
    answer = cast.house.call("GET", f"/api/invitations/{new_id('inv')}")
    assert refusal(answer) == (404, "invitation_unknown")


def test_what_was_refused_can_be_put_right(cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand) -> None:
    good = cast.house.joining(joiner, invitation)
    attempt(cast, {**good, "name": cast.nurse.name})
    assert cast.house.post("/api/join", good)["account"] == joiner.account


def test_a_sealing_key_of_small_order_gets_no_ticket(cast: Cast, invitation: InvitationAtHand) -> None:
    key = new_keys().sealing.public.raw[:-32] + bytes(32)
    body = {"invitation": invitation.body.invitation, "sealing_key": b64u_encode(key)}
    assert refusal(cast.house.call("POST", "/api/join/possession", body)) == (400, "weak_key")


def test_a_signing_key_of_small_order_joins_nobody(
    cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand
) -> None:
    good = cast.house.joining(joiner, invitation)
    key = Envelope.parse(good["key"])  # type: ignore[arg-type]  # JSON it is
    neutral = b64u_encode(bytes([1]) + bytes(31))
    weak = key.payload.replace(b64u_encode(joiner.current.signing.public.raw).encode(), neutral.encode())
    assert weak != key.payload
    body = {**good, "key": Envelope(key.type, weak, key.signatures).as_json()}
    assert attempt(cast, body) == (400, "weak_key")


def test_staff_join_without_a_consent(cast: Cast) -> None:
    invited = cast.invite("nurse")
    nurse = PersonAtHand("nurse", cast.house.clock)
    good = cast.house.joining(nurse, invited)
    offered = nurse.first_consent(cast.team.team).as_json()
    assert attempt(cast, {**good, "consent": offered}) == (400, "consent_expected")
    cast.house.post("/api/join", good)


def test_a_ticket_runs_out(cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand) -> None:
    good = cast.house.joining(joiner, invitation)
    cast.house.clock.advance(timedelta(minutes=10))
    assert attempt(cast, good) == (403, "possession_not_proved")


def test_too_many_tries_with_one_invitation_are_stopped(
    cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand
) -> None:
    good = cast.house.joining(joiner, invitation)
    for _ in range(10):
        assert attempt(cast, {**good, "name": cast.nurse.name}) == (409, "name_taken")
    assert attempt(cast, good) == (429, "too_many_tries")


def test_the_secret_of_the_link_is_nowhere_on_the_server(
    cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand, caplog: pytest.LogCaptureFixture
) -> None:
    body = cast.house.joining(joiner, invitation)
    sent = repr(body)
    cast.house.post("/api/join", body)
    secret = invitation.link.secret
    with cast.house.database.reading_session() as session:
        stored = [bytes(row.envelope or b"") for row in session.query(ChainStatement)]
        keys = [row.public_key for row in session.query(Invitation)]
    for place in (sent.encode(), caplog.text.encode(), *stored, *keys):
        assert secret not in place
        assert b64u_encode(secret).encode() not in place
