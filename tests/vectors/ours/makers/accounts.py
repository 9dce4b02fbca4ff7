"""Vectors of the chains of clinics and accounts."""

from __future__ import annotations

from dataclasses import replace

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.clinic import ClinicKeyShareBody
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.statement import Envelope, make_statement
from tests.vectors.ours.makers import world
from tests.vectors.ours.makers.world import (
    AMARA,
    ANNA,
    CLINIC,
    CLINIC_KEY,
    FOUNDER,
    PEOPLE,
    ROBBED,
    STRANGER,
    TEAM,
    TOM,
    Person,
    Statements,
    at,
    in_chain,
    made_id,
    newer,
    outcome,
    some_hash,
    wire,
)


def clinic_case(name: str, statements: Statements, key_id: str, error: str | None) -> JsonObject:
    """A case of a clinic's chain."""
    holders: JsonObject = {"key_holders": [FOUNDER, ANNA.account][: len(statements)]}
    return {"name": name, "key": key_id, "statements": wire(statements), **outcome(error, statements, holders)}


def clinics() -> list[tuple[str, Statements, str, str | None]]:
    """Clinics to verify against a fingerprint."""
    first, share = world.clinic_statements()
    share_body = ClinicKeyShareBody(CLINIC, ANNA.account, ANNA.sealing().id, some_hash("clinic key box"))
    by_stranger = in_chain(share_body, FOUNDER, {"clinic": STRANGER}, 20, [first])
    own_clinic = make_statement(
        replace(world.clinic_body(), signing_key=STRANGER.public),
        account=FOUNDER,
        keys={"clinic": STRANGER},
        time=at(0),
        sequence=0,
    )
    key = CLINIC_KEY.id
    return [
        ("a clinic and a second holder of its key", [first, share], key, None),
        ("a clinic alone", [first], key, None),
        ("no statement", [], key, "empty_chain"),
        ("another fingerprint than the link's", [first], STRANGER.id, "wrong_clinic_key"),
        ("a clinic that the server made", [own_clinic], key, "wrong_clinic_key"),
        ("the first statement missing", [share], key, "wrong_type"),
        ("a share by another key", [first, by_stranger], key, "wrong_key"),
        ("a share twice", [first, share, share], key, "broken_chain"),
        ("the clinic twice", [first, first], key, "wrong_type"),
    ]


def account_case(name: str, person: Person, statements: Statements, error: str | None) -> JsonObject:
    """A case of an account's chain."""
    expected: JsonObject = {"role": person.role, "version": person.versions, "signing_key": person.signing().id}
    return {
        "name": name,
        "account": person.account,
        "inviter": None if person.inviter is None else person.inviter.account,
        "statements": wire(statements),
        **outcome(error, statements, expected),
    }


def accounts() -> list[tuple[str, Person, Statements, str | None]]:
    """Accounts to verify under the clinic."""
    good = [(f"{one.name}, {one.role}", one, one.chain(), None) for one in PEOPLE]
    return [*good, *_invitations_refused(), *_keys_refused()]


def _invitations_refused() -> list[tuple[str, Person, Statements, str | None]]:
    invited, key = TOM.chain()
    body = TOM.invitation_body()

    def by(signer: SigningKey, account: str, changed: InvitationBody = body) -> Envelope:
        return make_statement(changed, account=account, keys={"inviter": signer}, time=at(1), sequence=0)

    by_amara = replace(body, inviter=AMARA.account)
    other_clinic = replace(body, clinic=made_id("cln", "another"))
    patient_by_anna = Person("fake", "patient", teams=(TEAM,), inviter=ANNA)
    return [
        ("no statement", TOM, [], "empty_chain"),
        ("invited and not joined", TOM, [invited], "not_joined"),
        ("another account's chain", TOM, AMARA.chain(), "wrong_account"),
        ("no invitation", TOM, [key], "may_not_invite"),
        ("invited by a stranger", TOM, [by(STRANGER, FOUNDER), key], "may_not_invite"),
        (
            "staff invited by a nurse",
            replace(TOM, inviter=AMARA),
            [by(AMARA.signing(), AMARA.account, by_amara), key],
            "may_not_invite",
        ),
        ("a patient invited by an administrator's own key", patient_by_anna, patient_by_anna.chain(), "may_not_invite"),
        ("in the name of another inviter", TOM, [by(CLINIC_KEY, AMARA.account), key], "may_not_invite"),
        ("into another clinic", TOM, [by(CLINIC_KEY, FOUNDER, other_clinic), key], "wrong_clinic"),
        (
            "of another clinic key",
            TOM,
            [by(CLINIC_KEY, FOUNDER, replace(body, clinic_key=STRANGER.id)), key],
            "wrong_clinic",
        ),
    ]


def _keys_refused() -> list[tuple[str, Person, Statements, str | None]]:
    invitation, first, second = ROBBED.chain()
    head = invitation.hash
    signing, secret = ROBBED.signing(1), ROBBED.invitation_key
    alone = ROBBED.key(1, head, {"self": signing})
    substituted = ROBBED.key(1, head, {"self": signing, "invitation": STRANGER})
    stolen = ROBBED.key(2, first.hash, {"self": ROBBED.signing(2), "previous": STRANGER})
    unproved = ROBBED.key(2, first.hash, {"self": STRANGER, "previous": signing})
    skipped = ROBBED.key(3, second.hash, {"self": ROBBED.signing(3), "previous": ROBBED.signing(1)})
    late = in_chain(ROBBED.key_body(1), ROBBED.account, {"self": signing, "invitation": secret}, 24 * 60, [invitation])
    for_other = in_chain(
        replace(ROBBED.key_body(1), clinic=made_id("cln", "another")),
        ROBBED.account,
        {"self": signing, "invitation": secret},
        10,
        [invitation],
    )
    by_other = in_chain(ROBBED.key_body(1), TOM.account, {"self": signing, "invitation": secret}, 10, [invitation])
    returned = in_chain(
        replace(ROBBED.key_body(3), signing_key=signing.public),
        ROBBED.account,
        {"self": signing, "previous": ROBBED.signing(2)},
        3000,
        [invitation, first, second],
    )
    reset = newer(f"account:{ROBBED.account}", [invitation, first, second])
    return [
        ("a key without the invitation's signature", ROBBED, [invitation, alone], "missing_signature"),
        ("a key that the server substituted", ROBBED, [invitation, substituted], "wrong_key"),
        ("a new key not signed by the one before", ROBBED, [invitation, first, stolen], "wrong_key"),
        ("a new key that did not sign itself", ROBBED, [invitation, first, unproved], "wrong_key"),
        ("a version missing", ROBBED, [invitation, second], "missing_signature"),
        ("a new key signed by an older one", ROBBED, [invitation, first, second, skipped], "wrong_key"),
        ("a key twice", ROBBED, [invitation, first, first], "missing_signature"),
        ("joined after the invitation had expired", ROBBED, [invitation, late], "invitation_expired"),
        ("a key for another clinic", ROBBED, [invitation, for_other], "wrong_clinic"),
        ("a key in another account's name", ROBBED, [invitation, by_other], "wrong_account"),
        ("a key that had been replaced", ROBBED, [invitation, first, second, returned], "key_reused"),
        ("something from a newer version", ROBBED, [invitation, first, second, reset], None),
        ("something newer that does not follow", ROBBED, [invitation, first, reset], "broken_chain"),
    ]
