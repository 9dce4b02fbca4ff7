"""Signing in: what a proof is worth, and that failures do not tell of each other."""

from datetime import timedelta

import pytest

from messenger.accounts import sign_in
from messenger.accounts.models import Challenge
from messenger.audit.models import AuditBody
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.json_strict import parse_object
from messenger.protocol.statement import Envelope
from tests.cast import BASE_URL, Cast, House, proving, refusal
from tests.factories import PersonAtHand, new_credential, new_id


def challenge_for(house: House, name: str, slot: str = "password") -> bytes:
    return b64u_decode(house.post("/api/sign-in/start", {"name": name, "slot": slot})["challenge"])


def attempt(house: House, person: PersonAtHand, proof: Envelope) -> tuple[int, str]:
    return refusal(house.call("POST", "/api/sign-in", proving(person, proof.as_json())))


FAILED = (401, "sign_in_failed")


def test_a_password_signs_in_and_the_answer_unlocks_the_client(cast: Cast) -> None:
    patient, house = cast.patient, cast.house
    started = house.post("/api/sign-in/start", {"name": patient.name, "slot": "password"})
    assert started["kdf"] == {
        "name": "argon2id",
        "m": 65536,
        "t": 3,
        "p": 1,
        "salt": b64u_encode(patient.slots["password"].kdf.salt),
    }
    proof = patient.proof(b64u_decode(started["challenge"]), BASE_URL)
    answer = house.post("/api/sign-in", proving(patient, proof.as_json()))
    assert answer["account"] == patient.account
    assert Envelope.parse(answer["vault"]).hash == patient.vault_head
    assert [Envelope.parse(one).hash for one in answer["chain"]][-1] == patient.head
    assert len(b64u_decode(answer["share"])) == 32


def test_two_spellings_of_a_name_are_one_name(cast: Cast) -> None:
    challenge = challenge_for(cast.house, cast.patient.name.upper())
    cast.patient.name = cast.patient.name.upper()
    proof = cast.patient.proof(challenge, BASE_URL)
    assert cast.house.post("/api/sign-in", proving(cast.patient, proof.as_json()))["account"] == cast.patient.account


def test_a_wrong_password_and_an_unknown_name_fail_alike(cast: Cast) -> None:
    patient, stranger = cast.patient, PersonAtHand("patient", cast.house.clock)
    patient.credentials["password"] = new_credential()
    answers = [
        cast.house.call(
            "POST", "/api/sign-in", proving(who, who.proof(challenge_for(cast.house, who.name), BASE_URL).as_json())
        )
        for who in (patient, stranger)
    ]
    assert [refusal(answer) for answer in answers] == [FAILED, FAILED]
    assert answers[0].data == answers[1].data


@pytest.mark.parametrize("slot", ["password", "recovery"])
def test_an_unknown_name_has_a_salt_that_stays_the_same_and_differs_by_slot(cast: Cast, slot: str) -> None:
    def start(name: str, slot_type: str) -> dict[str, object]:
        found: dict[str, object] = cast.house.post("/api/sign-in/start", {"name": name, "slot": slot_type})
        return found

    real, false = start(cast.patient.name, slot), start("nobody at all", slot)
    assert {*false["kdf"]} == {*real["kdf"]}  # type: ignore[misc]  # both are objects
    assert start("Nobody at ALL", slot)["kdf"] == false["kdf"]
    other = "recovery" if slot == "password" else "password"
    assert start("nobody at all", other)["kdf"]["salt"] != false["kdf"]["salt"]  # type: ignore[index]
    assert start("somebody else", slot)["kdf"] != false["kdf"]


def test_a_proof_is_good_once(cast: Cast) -> None:
    proof = cast.patient.proof(challenge_for(cast.house, cast.patient.name), BASE_URL)
    cast.house.post("/api/sign-in", proving(cast.patient, proof.as_json()))
    assert attempt(cast.house, cast.patient, proof) == FAILED


def test_a_challenge_that_was_answered_wrongly_is_used_up(cast: Cast) -> None:
    challenge = challenge_for(cast.house, cast.patient.name)
    good = cast.patient.proof(challenge, BASE_URL)
    right, cast.patient.credentials["password"] = cast.patient.credentials["password"], new_credential()
    assert attempt(cast.house, cast.patient, cast.patient.proof(challenge, BASE_URL)) == FAILED
    cast.patient.credentials["password"] = right
    assert attempt(cast.house, cast.patient, good) == FAILED


def test_a_challenge_runs_out_after_two_minutes(cast: Cast) -> None:
    challenge = challenge_for(cast.house, cast.patient.name)
    cast.house.clock.advance(timedelta(seconds=120))
    assert attempt(cast.house, cast.patient, cast.patient.proof(challenge, BASE_URL)) == FAILED


def test_a_challenge_is_still_good_just_before(cast: Cast) -> None:
    challenge = challenge_for(cast.house, cast.patient.name)
    cast.house.clock.advance(timedelta(seconds=119))
    cast.house.post("/api/sign-in", proving(cast.patient, cast.patient.proof(challenge, BASE_URL).as_json()))


def test_a_proof_for_another_service_is_worth_nothing(cast: Cast) -> None:
    proof = cast.patient.proof(challenge_for(cast.house, cast.patient.name), "http://elsewhere.example")
    assert attempt(cast.house, cast.patient, proof) == FAILED


def test_a_spoofed_forwarded_host_does_not_change_which_service_this_is(cast: Cast) -> None:
    proof = cast.patient.proof(challenge_for(cast.house, cast.patient.name), "http://elsewhere.example")
    response = cast.house.call(
        "POST",
        "/api/sign-in",
        proving(cast.patient, proof.as_json()),
        headers={"X-Forwarded-Host": "elsewhere.example", "Host": "elsewhere.example"},
    )
    assert refusal(response) == FAILED


def test_somebody_elses_challenge_is_worth_nothing(cast: Cast) -> None:
    challenge = challenge_for(cast.house, cast.nurse.name)
    assert attempt(cast.house, cast.patient, cast.patient.proof(challenge, BASE_URL)) == FAILED


def test_a_challenge_for_the_recovery_code_takes_no_password(cast: Cast) -> None:
    challenge = challenge_for(cast.house, cast.patient.name, "recovery")
    assert attempt(cast.house, cast.patient, cast.patient.proof(challenge, BASE_URL)) == FAILED


def test_a_challenge_that_was_never_given_out_is_worth_nothing(cast: Cast) -> None:
    assert attempt(cast.house, cast.patient, cast.patient.proof(bytes(32), BASE_URL)) == FAILED


def test_the_recovery_code_signs_in_and_the_log_says_so(cast: Cast) -> None:
    cast.house.sign_in(cast.patient, "recovery")
    assert "account:recovered" in actions(cast.house, cast.patient)


def test_a_statement_of_another_kind_is_no_proof(cast: Cast) -> None:
    vault = cast.patient.vault()
    assert attempt(cast.house, cast.patient, vault) == (400, "wrong_type")


@pytest.mark.parametrize(
    "broken", ['{"name": "\\ud800", "slot": "password"}', '{"name": "a\xff"', '{"name":"a","name":"b"}']
)
def test_broken_text_is_refused_before_anything_else(cast: Cast, broken: str) -> None:
    response = cast.house.client.post(
        "/api/sign-in/start", data=broken.encode("latin-1"), content_type="application/json"
    )
    assert refusal(response) == (400, "malformed_json")


def test_a_name_that_no_database_stores_is_an_unknown_name(cast: Cast) -> None:
    for name in ("a\x00b", "ﷺ" * 200):
        stranger = PersonAtHand("patient", cast.house.clock, name=name)
        assert attempt(cast.house, stranger, stranger.proof(challenge_for(cast.house, name), BASE_URL)) == FAILED


def test_a_device_id_of_another_account_is_refused(cast: Cast) -> None:
    challenge = challenge_for(cast.house, cast.patient.name)
    cast.patient.device = cast.nurse.device
    assert attempt(cast.house, cast.patient, cast.patient.proof(challenge, BASE_URL)) == (409, "device_taken")


def test_too_many_wrong_passwords_lock_the_name_for_a_while(cast: Cast) -> None:
    right, cast.patient.credentials["password"] = cast.patient.credentials["password"], new_credential()
    for _ in range(10):
        proof = cast.patient.proof(challenge_for(cast.house, cast.patient.name), BASE_URL)
        assert attempt(cast.house, cast.patient, proof) == FAILED
    cast.patient.credentials["password"] = right
    proof = cast.patient.proof(challenge_for(cast.house, cast.patient.name), BASE_URL)
    response = cast.house.call("POST", "/api/sign-in", proving(cast.patient, proof.as_json()))
    assert refusal(response) == (429, "too_many_tries")
    assert int(response.headers["Retry-After"]) > 0
    cast.house.clock.advance(timedelta(minutes=15))
    cast.house.sign_in(cast.patient)


def test_good_sign_ins_from_one_address_are_not_counted(cast: Cast) -> None:
    for _ in range(65):
        cast.house.sign_in(cast.nurse)


def test_a_refused_sign_in_enters_the_log_of_whose_name_it_was(cast: Cast) -> None:
    cast.patient.credentials["password"] = new_credential()
    stranger = PersonAtHand("patient", cast.house.clock)
    for who in (cast.patient, stranger):
        attempt(cast.house, who, who.proof(challenge_for(cast.house, who.name), BASE_URL))
    assert actions(cast.house, cast.patient).count("account:signed_in") == 0
    with cast.house.database.unit_of_work() as session:
        assert sign_in.settle_challenges(session, cast.house.clock.now()) == 2
    with cast.house.database.reading_session() as session:
        assert session.query(Challenge).count() == 0
        body = session.query(AuditBody).filter_by(subject=cast.patient.account, action="account:signed_in").one().body
    entry = parse_object(body.encode())
    assert (entry["actor"], entry["outcome"], entry["reason"]) == ("system", "refused", "wrong_proof")


def test_no_name_and_no_secret_is_written_to_the_servers_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    cast.house.sign_in(cast.patient)
    cast.patient.credentials["password"] = new_credential()
    attempt(cast.house, cast.patient, cast.patient.proof(challenge_for(cast.house, cast.patient.name), BASE_URL))
    assert cast.patient.name not in caplog.text
    assert cast.patient.token not in caplog.text


def test_a_token_is_kept_as_its_hash_alone(cast: Cast) -> None:
    with cast.house.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM sessions").all()
    assert rows
    assert cast.patient.token not in repr(rows)
    assert b64u_decode(cast.patient.token) not in [
        bytes(cell) for row in rows for cell in row if isinstance(cell, bytes | memoryview)
    ]


def test_a_browser_gets_a_cookie_that_no_script_reads(cast: Cast) -> None:
    proof = cast.patient.proof(challenge_for(cast.house, cast.patient.name), BASE_URL)
    response = cast.house.call("POST", "/api/sign-in", {**proving(cast.patient, proof.as_json()), "token": False})
    cookie = response.headers["Set-Cookie"]
    assert "token" not in response.get_json()
    assert all(part in cookie for part in ("between_session=", "HttpOnly", "SameSite=Strict", "Path=/"))


def actions(house: House, person: PersonAtHand) -> list[str]:
    with house.database.reading_session() as session:
        rows = session.query(AuditBody.action).filter_by(subject=person.account).order_by(AuditBody.event)
        return [action for (action,) in rows]


def test_a_device_id_must_be_one(cast: Cast) -> None:
    cast.patient.device = new_id("acc")
    proof = cast.patient.proof(challenge_for(cast.house, cast.patient.name), BASE_URL)
    assert attempt(cast.house, cast.patient, proof) == (400, "bad_members")
