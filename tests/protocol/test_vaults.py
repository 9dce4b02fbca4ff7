"""Vaults and sealed documents: what a credential opens, and that nothing else does; what pins refuse."""

from dataclasses import replace
from functools import cache

import pytest

from messenger.protocol.account_chain import verify_account_chain
from messenger.protocol.documents import open_document, seal_document
from messenger.protocol.encoding import b64u_decode
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningKey
from messenger.protocol.password import (
    Argon2Parameters,
    HkdfParameters,
    SlotSecrets,
    password_secrets,
    recovery_secrets,
)
from messenger.protocol.pins import Pins, check_pinned_head, judge_account, pin_account
from messenger.protocol.recovery_code import read_recovery_code
from messenger.protocol.sealing import SealingKey
from messenger.protocol.statement import Envelope, make_statement
from messenger.protocol.vault import IdentityKeys, OpenVault, generate_master_key, make_slot, make_vault, open_vault
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.protocol.test_chains import account, clinic, envelopes
from tests.vectors.ours.makers.vaults import pins
from tests.vectors.ours.makers.world import AMARA, PEGGY, ROBBED, at, made_id


@cache
def _credential(slot: str) -> SlotSecrets:
    vectors = table("vaults")
    if slot == "password":
        salt = bytes.fromhex(vectors["password_salt_hex"])
        return password_secrets(vectors["password"], Argon2Parameters(salt))
    salt = bytes.fromhex(vectors["recovery_salt_hex"])
    return recovery_secrets(read_recovery_code(vectors["recovery_code"]), HkdfParameters(salt))


def _open(case: Case) -> OpenVault:
    chain = verify_account_chain(envelopes(case["chain"]), case["account"], clinic(), None)
    return open_vault(Envelope.parse(case["vault"]), chain, case["slot"], _credential(case["slot"]))


@pytest.mark.parametrize("case", cases("vaults", "opened"))
def test_a_credential_opens_its_vault(case: Case) -> None:
    vault = _open(case)
    assert vault.master_key.hex() == case["master_key_hex"]
    assert [key.version for key in vault.keys] == list(range(1, case["versions"] + 1))
    assert vault.sealing_key(vault.keys[0].sealing.id) == vault.keys[0].sealing
    assert "master_key" not in repr(vault)


@pytest.mark.parametrize("case", cases("vaults", "refused"))
def test_nothing_else_opens_and_every_failure_is_one(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        _open(case)
    assert refusal(error) == case["error"]


def test_a_vault_made_here_opens_and_a_wrong_password_does_not() -> None:
    keys = IdentityKeys(1, AMARA.signing(), AMARA.sealing())
    kdf, master = Argon2Parameters(bytes(16)), generate_master_key()
    right, wrong = (password_secrets(password, kdf) for password in ("kettle", "Kettle"))
    slot = make_slot(
        master, account=AMARA.account, slot=made_id("slt", "x"), made_in=1, kdf=kdf, credential=right, keys=keys
    )
    body = make_vault(AMARA.account, 1, master, [keys], [slot])
    envelope = make_statement(body, account=AMARA.account, keys={"self": AMARA.signing()}, time=at(1), sequence=0)
    chain = AMARA.verified()
    assert open_vault(envelope, chain, "password", right).current == keys
    for credential in (wrong, replace(right, slot_key=bytes(32)), replace(wrong, sign_in=right.sign_in)):
        with pytest.raises(ProtocolError) as error:
            open_vault(envelope, chain, "password", credential)
        assert refusal(error) == "vault_unopened"


def test_a_slot_is_never_made_with_less_than_the_floor() -> None:
    keys = IdentityKeys(1, SigningKey.generate(), SealingKey.generate())
    with pytest.raises(ProtocolError) as error:
        make_slot(
            bytes(32),
            account=AMARA.account,
            slot=made_id("slt", "x"),
            made_in=1,
            kdf=Argon2Parameters(bytes(16), t=1),
            credential=_credential("recovery"),
            keys=keys,
        )
    assert refusal(error) == "weak_parameters"


@pytest.mark.parametrize("case", table("vaults")["documents"]["opened"], ids=lambda case: case["name"])
def test_a_document_opens_under_its_own_name_and_version(case: Case) -> None:
    vectors = table("vaults")["documents"]
    master, owner = bytes.fromhex(vectors["master_key_hex"]), vectors["account"]
    document = open_document(master, owner, case["name"], case["version"], b64u_decode(case["ciphertext"]))
    assert document == case["document"]
    again = seal_document(master, owner, case["name"], 7, document)
    assert open_document(master, owner, case["name"], 7, again) == document


@pytest.mark.parametrize("case", table("vaults")["documents"]["refused"])
def test_a_document_opens_nowhere_else(case: Case) -> None:
    master = bytes.fromhex(table("vaults")["documents"]["master_key_hex"])
    with pytest.raises(ProtocolError) as error:
        open_document(master, case["account"], case["name"], case["version"], b64u_decode(case["ciphertext"]))
    assert refusal(error) == case["error"]


def test_pins_survive_their_document() -> None:
    assert Pins.parse(pins().as_json()) == pins()


@pytest.mark.parametrize("change", [{"x": 1}, {"vault": 0}, {"accounts": []}, {"teams": {"a": {"head": "x"}}}])
def test_a_pin_document_that_is_none(change: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        Pins.parse(pins().as_json() | change)
    assert refusal(error) == "bad_members"


def test_a_new_key_is_a_question_and_an_older_history_is_an_alarm() -> None:
    chain, peggy = account(ROBBED.account), account(PEGGY.account)
    assert chain is not None
    assert peggy is not None
    before = replace(chain, keys=chain.keys[:1], hashes=chain.hashes[:2])
    assert judge_account(None, chain) == "new"
    assert judge_account(pin_account(chain), chain) == "same"
    assert judge_account(pin_account(before), chain) == "key_changed"
    for served in (before, replace(chain, hashes=(*chain.hashes[:2], peggy.head))):
        with pytest.raises(ProtocolError) as error:
            judge_account(pin_account(chain), served)
        assert refusal(error) == "rolled_back"


def test_any_pinned_head_must_still_be_there() -> None:
    check_pinned_head(None, ())
    check_pinned_head("a", ("a", "b"))
    with pytest.raises(ProtocolError):
        check_pinned_head("c", ("a", "b"))
