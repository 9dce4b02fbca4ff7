"""Keys, sealing, content, safety codes, recovery codes and passwords against the project's own vectors."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messenger.protocol.content import decrypt, encrypt, generate_content_key
from messenger.protocol.encoding import b64u_decode
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningKey, SigningPublicKey
from messenger.protocol.password import (
    Argon2Parameters,
    HkdfParameters,
    SlotSecrets,
    normalise_password,
    password_secrets,
    recovery_secrets,
)
from messenger.protocol.recovery_code import generate_recovery_secret, read_recovery_code, write_recovery_code
from messenger.protocol.safety_code import clinic_code, safety_code, shared_code
from messenger.protocol.sealing import BOX_BYTES, SealingKey, SealingPublicKey, open_box, seal
from tests.protocol.own_vectors import Case, cases, refusal, table


@pytest.mark.parametrize("case", cases("keys", "signing"))
def test_a_signing_key_of_a_seed(case: Case) -> None:
    key, message = SigningKey(bytes.fromhex(case["seed_hex"])), bytes.fromhex(case["message_hex"])
    assert (key.public.raw.hex(), key.id) == (case["public_hex"], case["id"])
    assert key.sign(message).hex() == case["signature_hex"]
    SigningPublicKey.parse(key.public.raw).verify(bytes.fromhex(case["signature_hex"]), message)


@pytest.mark.parametrize("case", cases("keys", "signing_refused"))
def test_a_weak_signing_key_is_never_taken_in(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        SigningPublicKey.parse(bytes.fromhex(case["public_hex"]))
    assert refusal(error) == case["error"]


@pytest.mark.parametrize("case", cases("keys", "signature_refused"))
def test_a_false_signature_is_refused(case: Case) -> None:
    public = SigningPublicKey.parse(bytes.fromhex(case["public_hex"]))
    with pytest.raises(ProtocolError) as error:
        public.verify(bytes.fromhex(case["signature_hex"]), bytes.fromhex(case["message_hex"]))
    assert refusal(error) == case["error"]


@given(st.binary(min_size=32, max_size=32))
def test_every_honest_signing_key_is_taken_in(seed: bytes) -> None:
    public = SigningKey(seed).public
    assert SigningPublicKey.parse(public.raw) == public


@pytest.mark.parametrize("case", cases("keys", "sealing"))
def test_a_sealing_key_of_a_seed(case: Case) -> None:
    key = SealingKey(bytes.fromhex(case["seed_hex"]))
    assert (key.public.raw.hex(), key.id) == (case["public_hex"], case["id"])
    assert SealingPublicKey.parse(key.public.raw) == key.public


@pytest.mark.parametrize("case", cases("keys", "sealing_refused"))
def test_a_weak_sealing_key_is_never_taken_in(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        SealingPublicKey.parse(bytes.fromhex(case["public_hex"]))
    assert refusal(error) == case["error"]


@pytest.mark.parametrize("key", [SigningKey, SealingKey])
def test_a_seed_has_32_bytes_and_shows_in_no_representation(key: type[SigningKey | SealingKey]) -> None:
    with pytest.raises(ProtocolError):
        key(bytes(31))
    assert "wwww" not in repr(key(b"w" * 32))


@pytest.mark.parametrize("case", cases("sealing", "opened"))
def test_a_box_opens_in_its_place(case: Case) -> None:
    info = bytes.fromhex(case["info_hex"])
    assert info.decode() == table("sealing")["infos"][case["purpose"]]
    opened = open_box(SealingKey(bytes.fromhex(case["seed_hex"])), info, b64u_decode(case["box"]))
    assert opened.hex() == case["secret_hex"]


@pytest.mark.parametrize("case", cases("sealing", "refused"))
def test_a_box_opens_nowhere_else(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        open_box(SealingKey(bytes.fromhex(case["seed_hex"])), bytes.fromhex(case["info_hex"]), b64u_decode(case["box"]))
    assert refusal(error) == case["error"]


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, BOX_BYTES * 8 - 1))
def test_a_box_with_any_bit_changed_does_not_open(secret: bytes, info: bytes, bit: int) -> None:
    key = SealingKey(b"\x01" * 32)
    box = bytearray(seal(key.public, info, secret))
    assert open_box(key, info, bytes(box)) == secret
    box[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProtocolError):
        open_box(key, info, bytes(box))


@pytest.mark.parametrize("case", cases("content", "opened"))
def test_a_ciphertext_opens_in_its_place(case: Case) -> None:
    key, context = bytes.fromhex(case["key_hex"]), bytes.fromhex(case["context_hex"])
    assert decrypt(key, context, b64u_decode(case["ciphertext"])).hex() == case["plaintext_hex"]


@pytest.mark.parametrize("case", cases("content", "refused"))
def test_a_ciphertext_opens_nowhere_else(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        decrypt(bytes.fromhex(case["key_hex"]), bytes.fromhex(case["context_hex"]), b64u_decode(case["ciphertext"]))
    assert refusal(error) == case["error"]


@given(st.binary(max_size=400), st.binary(max_size=40), st.data())
def test_a_ciphertext_with_any_bit_changed_does_not_open(plaintext: bytes, context: bytes, data: st.DataObject) -> None:
    key = generate_content_key()
    ciphertext = bytearray(encrypt(key, context, plaintext))
    assert decrypt(key, context, bytes(ciphertext)) == plaintext
    bit = data.draw(st.integers(0, len(ciphertext) * 8 - 1))
    ciphertext[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProtocolError):
        decrypt(key, context, bytes(ciphertext))


def test_the_length_of_a_ciphertext_tells_nothing_but_the_length() -> None:
    key = generate_content_key()
    assert {len(encrypt(key, b"", text)) for text in (b"a" * 500, bytes(500), bytes(range(250)) * 2)} == {572}


@pytest.mark.parametrize("case", cases("safety_code", "accounts"))
def test_the_safety_code_of_an_account(case: Case) -> None:
    code = safety_code(case["owner"], bytes.fromhex(case["signing_key_hex"]), case["sealing_key"])
    assert list(code) == case["code"]


def test_two_people_see_one_code_whoever_looks() -> None:
    one, two = (tuple(person["code"]) for person in table("safety_code")["accounts"])
    assert list(shared_code(one, two)) == list(shared_code(two, one)) == table("safety_code")["shared"]


def test_the_code_of_a_clinic() -> None:
    case = table("safety_code")["clinic"]
    assert list(clinic_code(case["clinic"], bytes.fromhex(case["signing_key_hex"]))) == case["code"]


def test_another_key_gives_another_code() -> None:
    one, two = table("safety_code")["accounts"]
    changed = safety_code(one["owner"], bytes.fromhex(two["signing_key_hex"]), one["sealing_key"])
    assert list(changed) != one["code"]


@pytest.mark.parametrize("case", cases("recovery_code", "written"))
def test_a_recovery_code_is_written(case: Case) -> None:
    assert write_recovery_code(bytes.fromhex(case["secret_hex"])) == case["code"]


@pytest.mark.parametrize("case", cases("recovery_code", "read"))
def test_a_recovery_code_is_read_as_people_type_it(case: Case) -> None:
    assert read_recovery_code(case["text"]).hex() == case["secret_hex"]


@pytest.mark.parametrize("case", cases("recovery_code", "refused"))
def test_a_recovery_code_that_was_mistyped_is_told(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        read_recovery_code(case["text"])
    assert refusal(error) == case["error"]


@given(st.data())
def test_one_wrong_character_is_almost_always_told(data: st.DataObject) -> None:
    secret = generate_recovery_secret()
    code = write_recovery_code(secret)
    at = data.draw(st.sampled_from([n for n, character in enumerate(code) if character != "-"]))
    other = data.draw(st.sampled_from([c for c in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if c != code[at]]))
    try:
        read = read_recovery_code(code[:at] + other + code[at + 1 :])
    except ProtocolError:
        return
    assert read != secret  # one in a million passes the checksum, and then it is another code


def _check_halves(case: Case, secrets: SlotSecrets) -> None:
    assert secrets.sign_in.seed.hex() == case["sign_in_seed_hex"]
    assert secrets.sign_in.public.raw.hex() == case["sign_in_public_hex"]
    assert secrets.slot_key.hex() == case["slot_key_hex"]
    assert "slot_key" not in repr(secrets)


@pytest.mark.parametrize("case", cases("password", "password"))
def test_the_two_halves_of_a_password(case: Case) -> None:
    _check_halves(case, password_secrets(case["password"], Argon2Parameters(bytes.fromhex(case["salt_hex"]))))


def test_a_password_is_one_however_its_letters_are_composed() -> None:
    composed, decomposed = table("password")["password"][1:3]
    assert composed["password"] != decomposed["password"]
    assert composed["slot_key_hex"] == decomposed["slot_key_hex"]


@pytest.mark.parametrize("case", cases("password", "recovery"))
def test_the_two_halves_of_a_recovery_code(case: Case) -> None:
    parameters = HkdfParameters(bytes.fromhex(case["salt_hex"]))
    _check_halves(case, recovery_secrets(bytes.fromhex(case["secret_hex"]), parameters))


@pytest.mark.parametrize("case", cases("password", "parameters_refused"))
def test_parameters_below_or_beside_the_floor_are_refused(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        password_secrets(
            "a good password", Argon2Parameters(bytes(case["salt_bytes"]), case["m"], case["t"], case["p"])
        )
    assert refusal(error) == case["error"]


@pytest.mark.parametrize("case", cases("password", "refused"))
def test_passwords_that_cannot_be_used(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        normalise_password(case["password"])
    assert refusal(error) == case["error"]


def test_a_password_with_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ProtocolError) as error:
        normalise_password("pass\ud800word")
    assert refusal(error) == "password_unusable"
