"""What is wrong with a joiner's request is said, and nothing of the request is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from messenger.accounts.models import Account, SealedDocument, SignedInSession, SignInSlot
from messenger.audit.models import AuditBody
from messenger.chains.models import ChainStatement
from messenger.protocol.encoding import b64u_encode, format_time
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.vault import VaultBody
from messenger.protocol.password import Argon2Parameters
from messenger.protocol.statement import Envelope, make_statement, peek_body
from tests.cast import Cast, refusal, sealed
from tests.factories import InvitationAtHand, PersonAtHand, new_id

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


def countersigned_by_nobody(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    good = joiner.first_key(SigningKey.generate())
    return {"key": Envelope(good.type, good.payload, good.signatures[:1]).as_json()}


def countersigned_with_another_secret(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"key": joiner.first_key(SigningKey.generate()).as_json()}


def another_kind_of_statement(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"key": joiner.vault().as_json()}


def a_vault_of_other_keys(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    other = PersonAtHand("patient", joiner.clock, account=joiner.account)
    made = other.vault()
    resigned = make_statement(
        _body_of(made),
        account=joiner.account,
        keys={"self": joiner.current.signing},
        time=format_time(joiner.clock.now()),
        sequence=0,
    )
    return {"vault": resigned.as_json()}


def a_vault_without_a_recovery_code(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    body = _body_of(joiner.vault())
    return {"vault": joiner.says(replace(body, slots=body.slots[:1]), sequence=0).as_json()}


def a_vault_below_the_floor(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    body = _body_of(joiner.vault())
    weak = tuple(
        replace(slot, kdf=Argon2Parameters(slot.kdf.salt, 8192, 1, 1)) if slot.type == "password" else slot
        for slot in body.slots
    )
    return {"vault": joiner.says(replace(body, slots=weak), sequence=0).as_json()}


def another_nonce(_cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"nonce": b64u_encode(bytes(32))}


def another_ticket(cast: Cast, joiner: PersonAtHand, invitation: InvitationAtHand) -> Body:
    other = PersonAtHand("patient", joiner.clock, account=joiner.account)
    asked = cast.house.possession("/api/join/possession", other, invitation=invitation.body.invitation)
    return {"ticket": asked["ticket"], "nonce": asked["nonce"]}


def no_consent(_cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"consent": None}


def a_consent_to_somebody_else(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"consent": joiner.first_consent(new_id("tea")).as_json()}


def a_consent_to_one_person(cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"consent": joiner.first_consent(cast.provider.account).as_json()}


def a_consent_that_has_not_begun(cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    later = joiner.clock.now() + timedelta(days=1)
    return {"consent": joiner.first_consent(cast.team.team, not_before=later).as_json()}


def a_consent_of_another_patient(cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"consent": joiner.first_consent(cast.team.team, patient=cast.patient.account).as_json()}


def a_name_that_is_taken(cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"name": cast.nurse.name.upper()}


def a_name_of_two_letters(_cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"name": "ab"}


def a_name_with_a_line_break(_cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"name": "Peggy\nHale"}


def a_second_version_of_the_pins(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"documents": {"pins": sealed(joiner.document("pins", 2), 2)}}


def the_clinics_key(_cast: Cast, joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    names = ("pins", "clinic-key")
    return {"documents": {name: sealed(joiner.document(name)) for name in names}}


def no_document(_cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"documents": {}}


def a_device_of_another_account(cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"device": cast.nurse.device}


def a_language_that_nobody_translated(_cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"language": "tlh"}


def a_label_of_two_lines(_cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"device_label": "a\nb"}


def one_member_too_many(_cast: Cast, _joiner: PersonAtHand, _invitation: InvitationAtHand) -> Body:
    return {"role": "administrator"}


REFUSALS: dict[Callable[[Cast, PersonAtHand, InvitationAtHand], Body], tuple[int, str]] = {
    countersigned_by_nobody: (400, "missing_signature"),
    countersigned_with_another_secret: (400, "wrong_key"),
    another_kind_of_statement: (400, "wrong_type"),
    a_vault_of_other_keys: (400, "statement_misplaced"),
    a_vault_without_a_recovery_code: (400, "slots_incomplete"),
    a_vault_below_the_floor: (400, "weak_parameters"),
    another_nonce: (403, "possession_not_proved"),
    another_ticket: (403, "possession_not_proved"),
    no_consent: (400, "consent_expected"),
    a_consent_to_somebody_else: (400, "consent_misplaced"),
    a_consent_to_one_person: (400, "consent_misplaced"),
    a_consent_that_has_not_begun: (400, "consent_misplaced"),
    a_consent_of_another_patient: (400, "broken_chain"),
    a_name_that_is_taken: (409, "name_taken"),
    a_name_of_two_letters: (400, "name_unusable"),
    a_name_with_a_line_break: (400, "name_unusable"),
    a_second_version_of_the_pins: (400, "documents_expected"),
    the_clinics_key: (400, "documents_expected"),
    no_document: (400, "documents_expected"),
    a_device_of_another_account: (409, "device_taken"),
    a_language_that_nobody_translated: (400, "bad_members"),
    a_label_of_two_lines: (400, "device_label_unusable"),
    one_member_too_many: (400, "bad_members"),
}


@pytest.mark.parametrize("wrong", REFUSALS, ids=lambda wrong: wrong.__name__)
def test_joining_is_refused_whole(
    cast: Cast,
    joiner: PersonAtHand,
    invitation: InvitationAtHand,
    wrong: Callable[[Cast, PersonAtHand, InvitationAtHand], Body],
) -> None:
    good = cast.house.joining(joiner, invitation)
    before = counted(cast)
    assert attempt(cast, {**good, **wrong(cast, joiner, invitation)}) == REFUSALS[wrong]
    assert counted(cast) == before
    assert cast.house.call("GET", f"/api/invitations/{invitation.body.invitation}").status_code == 200


def counted(cast: Cast) -> list[int]:
    with cast.house.database.reading_session() as session:
        tables = (Account, SignInSlot, SealedDocument, SignedInSession, ChainStatement, AuditBody)
        return [session.query(table).count() for table in tables]


def _body_of(vault: Envelope) -> VaultBody:
    return peek_body(vault, VaultBody)
