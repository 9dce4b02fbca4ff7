"""Vaults, new passwords, new keys: only what their owner signed, one after the other, above the floor."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from messenger.accounts import possession
from messenger.accounts.errors import PossessionRefused
from messenger.app import metadata
from messenger.audit.models import AuditBody
from messenger.protocol.encoding import b64u_decode, b64u_encode, format_time
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import parse_json, parse_object
from messenger.protocol.kinds.vault import VaultBody
from messenger.protocol.password import HkdfParameters
from messenger.protocol.statement import Envelope, make_statement, peek_body
from tests.accounts.test_sessions import heard, is_signed_in, on_another_device
from tests.cast import BASE_URL, Cast, proving, refusal
from tests.factories import PersonAtHand, new_keys


def put(cast: Cast, person: PersonAtHand, vault: Envelope) -> tuple[int, str]:
    return refusal(cast.house.call("PUT", "/api/vault", vault.as_json(), by=person))


def keep(cast: Cast, person: PersonAtHand, vault: Envelope) -> None:
    assert cast.house.call("PUT", "/api/vault", vault.as_json(), by=person).status_code == 204
    person.kept_vault(vault)


def replacing(cast: Cast, person: PersonAtHand, **changed: object) -> dict[str, object]:
    """The body of new keys; the person at hand uses them from now on."""
    key = person.next_key()
    body: dict[str, object] = {
        "key": key.as_json(),
        "vault": person.vault().as_json(),
        **cast.house.possession("/api/keys/possession", person),
        "documents": {},
    }
    return {**body, **changed}


def test_the_vault_comes_back_as_it_was_signed(cast: Cast) -> None:
    assert Envelope.parse(cast.house.get("/api/vault", by=cast.patient)).hash == cast.patient.vault_head


def test_a_new_password_signs_in_and_the_old_one_does_not(cast: Cast) -> None:
    patient, old = cast.patient, cast.patient.credentials["password"]
    patient.change_password()
    keep(cast, patient, patient.vault())
    cast.house.sign_in(patient)
    assert cast.house.get("/api/me", by=patient)["vault_version"] == 2
    new, patient.credentials["password"] = patient.credentials["password"], old
    challenge = cast.house.post("/api/sign-in/start", {"name": patient.name, "slot": "password"})["challenge"]
    proof = patient.proof(b64u_decode(challenge), BASE_URL)
    assert refusal(cast.house.call("POST", "/api/sign-in", proving(patient, proof.as_json()))) == (
        401,
        "sign_in_failed",
    )
    assert new != old


def test_of_the_vault_before_nothing_is_left_that_an_old_password_opens(cast: Cast) -> None:
    patient = cast.patient
    old = peek_body(Envelope.parse(cast.house.get("/api/vault", by=patient)), VaultBody)
    patient.change_password()
    keep(cast, patient, patient.vault())
    sealed = next(slot.sealed for slot in old.slots if slot.type == "password")
    with cast.house.database.engine.connect() as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
    stored = [bytes(cell) for row in rows for cell in row if isinstance(cell, bytes | memoryview)]
    assert len(stored) > 50
    assert not [cell for cell in stored if sealed in cell or in_envelope(sealed, cell)]


def in_envelope(sealed: bytes, cell: bytes) -> bool:
    """Whether the payload of a stored envelope holds these bytes."""
    try:
        return b64u_encode(sealed).encode() in Envelope.parse(parse_json(cell)).payload
    except ProtocolError:
        return False


def test_a_new_password_ends_every_other_session(cast: Cast) -> None:
    other, ended = on_another_device(cast, cast.patient), heard(cast.house)
    cast.patient.change_password()
    keep(cast, cast.patient, cast.patient.vault())
    assert [one.sessions for one in ended] == [(other.session,)]
    assert not is_signed_in(cast, other)
    assert is_signed_in(cast, cast.patient)
    with cast.house.database.reading_session() as session:
        body = session.query(AuditBody).filter_by(subject=cast.patient.account, action="account:signed_out").one().body
    entry = parse_object(body.encode())
    assert (entry["object"], entry["reason"]) == (other.device, "credentials_changed")


def test_a_new_recovery_code_leaves_the_sessions(cast: Cast) -> None:
    other = on_another_device(cast, cast.patient)
    cast.patient.slots.pop("recovery")
    keep(cast, cast.patient, cast.patient.vault())
    assert is_signed_in(cast, other)


def test_two_devices_cannot_both_write_one_version(cast: Cast) -> None:
    mine, theirs = cast.patient.vault(), cast.patient.vault()
    cast.house.clock.advance(timedelta(milliseconds=1))
    theirs = cast.patient.vault()
    keep(cast, cast.patient, mine)
    assert put(cast, cast.patient, theirs) == (409, "chain_moved")


def test_an_old_vault_cannot_be_put_back(cast: Cast) -> None:
    first = Envelope.parse(cast.house.get("/api/vault", by=cast.patient))
    keep(cast, cast.patient, cast.patient.vault())
    assert put(cast, cast.patient, first) == (409, "chain_moved")


def test_somebody_elses_vault_is_refused(cast: Cast) -> None:
    assert put(cast, cast.nurse, cast.patient.vault()) == (400, "wrong_key")
    body = peek_body(cast.patient.vault(), VaultBody)
    own = peek_body(cast.nurse.vault(), VaultBody)
    for forged in (body, replace(own, account=cast.patient.account)):
        resigned = cast.nurse.says(forged, sequence=1, previous=cast.patient.vault_head)
        assert put(cast, cast.nurse, resigned) == (400, "statement_misplaced")


def test_a_vault_for_other_keys_is_refused(cast: Cast) -> None:
    other = new_keys().signing.id
    body = replace(peek_body(cast.patient.vault(), VaultBody), signing_key=other)
    assert put(cast, cast.patient, cast.patient.says(body, sequence=1, previous=cast.patient.vault_head)) == (
        400,
        "statement_misplaced",
    )


def test_a_short_salt_is_refused(cast: Cast) -> None:
    body = peek_body(cast.patient.vault(), VaultBody)
    slots = tuple(
        replace(slot, kdf=HkdfParameters(b"short")) if slot.type == "recovery" else slot for slot in body.slots
    )
    weak = cast.patient.says(replace(body, slots=slots), sequence=1, previous=cast.patient.vault_head)
    assert put(cast, cast.patient, weak) == (400, "weak_parameters")


def test_a_vault_of_last_week_is_refused(cast: Cast) -> None:
    vault = cast.patient.vault()
    cast.house.clock.advance(timedelta(minutes=11))
    assert put(cast, cast.patient, vault) == (400, "clock_skewed")


def test_new_keys_sign_from_now_on_and_end_every_other_session(cast: Cast) -> None:
    patient, other, ended = cast.patient, on_another_device(cast, cast.patient), heard(cast.house)
    body = replacing(cast, patient)
    assert cast.house.call("POST", "/api/keys", body, by=patient).status_code == 204
    patient.vault_version += 1
    assert [one.sessions for one in ended] == [(other.session,)]
    me = cast.house.get("/api/me", by=patient)
    assert (me["key_version"], me["vault_version"]) == (2, 2)
    chain = cast.house.get(f"/api/accounts/{patient.account}", by=patient)["chain"]
    assert Envelope.parse(chain[-1]) == Envelope.parse(body["key"])  # type: ignore[arg-type]  # JSON it is
    patient.vault_head = Envelope.parse(body["vault"]).hash  # type: ignore[arg-type]  # as above
    keep(cast, patient, patient.vault())
    with cast.house.database.reading_session() as session:
        entry = session.query(AuditBody).filter_by(subject=patient.account, action="key:replaced").one().body
    assert parse_object(entry.encode())["reason"] == "stolen"


def test_sealed_documents_move_to_the_new_master_key_together_with_the_keys(cast: Cast) -> None:
    patient = cast.patient
    stored = cast.house.get("/api/documents/pins", by=patient)["version"]
    moved = {"version": stored + 1, "ciphertext": b64u_encode(b"under the new master key")}
    body = replacing(cast, patient, documents={"pins": moved})
    assert cast.house.call("POST", "/api/keys", body, by=patient).status_code == 204
    assert cast.house.get("/api/documents/pins", by=patient) == moved


def test_new_keys_are_refused_with_a_document_that_another_device_has_changed(cast: Cast) -> None:
    patient = cast.patient
    stored = cast.house.get("/api/documents/pins", by=patient)
    late = {"version": stored["version"], "ciphertext": b64u_encode(b"under the new master key")}
    body = replacing(cast, patient, documents={"pins": late})
    assert refusal(cast.house.call("POST", "/api/keys", body, by=patient)) == (409, "document_moved")
    assert cast.house.get("/api/me", by=patient)["key_version"] == 1
    assert cast.house.get("/api/documents/pins", by=patient) == stored


def test_keys_that_were_replaced_sign_nothing_more(cast: Cast) -> None:
    patient = cast.patient
    old = patient.current
    assert cast.house.call("POST", "/api/keys", replacing(cast, patient), by=patient).status_code == 204
    vault = peek_body(patient.vault(), VaultBody)
    late = make_statement(
        vault,
        account=patient.account,
        keys={"self": old.signing},
        time=format_time(patient.clock.now()),
        sequence=1,
        previous=patient.vault_head,
    )
    assert put(cast, patient, late) == (400, "wrong_key")


@pytest.mark.parametrize("missing", ["previous", "self"])
def test_new_keys_need_the_signature_of_both_old_and_new(cast: Cast, missing: str) -> None:
    body = replacing(cast, cast.patient)
    key = Envelope.parse(body["key"])  # type: ignore[arg-type]  # JSON it is
    alone = Envelope(key.type, key.payload, tuple(one for one in key.signatures if one.by != missing))
    answer = cast.house.call("POST", "/api/keys", {**body, "key": alone.as_json()}, by=cast.patient)
    assert refusal(answer) == (400, "missing_signature")


def test_new_keys_need_the_nonce(cast: Cast) -> None:
    body = replacing(cast, cast.patient, nonce="A" * 43)
    assert refusal(cast.house.call("POST", "/api/keys", body, by=cast.patient)) == (403, "possession_not_proved")


def test_a_ticket_is_good_once(cast: Cast) -> None:
    sealing, now = cast.patient.sealing_public, cast.house.clock.now()
    asked = cast.house.possession("/api/keys/possession", cast.patient)
    ticket, nonce = str(asked["ticket"]), b64u_decode(str(asked["nonce"]))
    with cast.house.database.unit_of_work() as session:
        possession.redeem(session, cast.patient.account, sealing.id, ticket, nonce, now)
    with pytest.raises(PossessionRefused), cast.house.database.unit_of_work() as session:
        possession.redeem(session, cast.patient.account, sealing.id, ticket, nonce, now)


def test_a_key_of_somebody_else_is_refused(cast: Cast) -> None:
    body = replacing(cast, cast.patient)
    answer = cast.house.call("POST", "/api/keys", body, by=cast.nurse)
    assert refusal(answer) == (400, "wrong_key")
