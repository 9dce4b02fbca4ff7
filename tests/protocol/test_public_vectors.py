"""The public suites in tests/vectors: every case runs, runs through a stated bridge, or is named with the reason."""

import base64
import json
import secrets
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.sealing import SealingKey, open_box
from tests.protocol.chunked_encryption import Instantiation, Refused, open_chunks, payload_hash, seal_chunks
from tests.protocol.hpke_schedule import schedule

FOLDER = Path(__file__).parents[1] / "vectors"
OUR_KEM = 0x647A
AES_256_GCM = 2

INSTANTIATIONS = {
    "AEAD_AES_128_GCM": Instantiation("AEAD_AES_128_GCM", 16),
    "AEAD_AES_256_GCM": Instantiation("AEAD_AES_256_GCM", 32),
    "AEAD_CHACHA20_POLY1305": Instantiation("AEAD_CHACHA20_POLY1305", 32),
}


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


def _verifies(key: str, signature: str, message: bytes) -> str:
    """`weak_key`, `refused` or `verified`."""
    try:
        public = SigningPublicKey.parse(bytes.fromhex(key))
    except ProtocolError as refused:
        return refused.code
    verdict = _verdict(public.verify, bytes.fromhex(signature), message)
    stored = _verdict(public.verify_before_storing, bytes.fromhex(signature), message)
    assert stored in {verdict, "refused"}, "what is stored, every client verifies"
    return verdict


def _verdict(verify: Callable[[bytes, bytes], None], signature: bytes, message: bytes) -> str:
    try:
        verify(signature, message)
    except ProtocolError:
        return "refused"
    return "verified"


def test_ed25519_where_verifiers_disagree() -> None:
    """C2SP/CCTV: weak keys never get as far as a signature; of the rest, cofactorless verification with canonical R."""
    counts: Counter[str] = Counter()
    for case in load("cctv_ed25519.json"):
        flags = set(case["flags"] or ())
        weak = flags & {"low_order_A", "non_canonical_A"}
        refusing = flags & {"low_order_residue", "non_canonical_R"}
        expected = "weak_key" if weak else "refused" if refusing else "verified"
        assert _verifies(case["key"], case["sig"], case["msg"].encode()) == expected, case["number"]
        counts[expected] += 1
    assert counts == {"weak_key": 526, "refused": 302, "verified": 86}


def test_ed25519_of_wycheproof() -> None:
    counts: Counter[str] = Counter()
    for group in load("wycheproof_ed25519.json")["testGroups"]:
        for case in group["tests"]:
            found = _verifies(group["publicKey"]["pk"], case["sig"], bytes.fromhex(case["msg"]))
            assert found == ("verified" if case["result"] == "valid" else "refused"), case["tcId"]
            counts[found] += 1
    assert counts == {"verified": 88, "refused": 63}


def test_hkdf_of_wycheproof() -> None:
    counts: Counter[str] = Counter()
    for group in load("wycheproof_hkdf_sha256.json")["testGroups"]:
        for case in group["tests"]:
            salt, info = bytes.fromhex(case["salt"]), bytes.fromhex(case["info"])
            if case["result"] == "valid":
                hkdf = HKDF(algorithm=SHA256(), length=case["size"], salt=salt or None, info=info)
                assert hkdf.derive(bytes.fromhex(case["ikm"])).hex() == case["okm"], case["tcId"]
            else:
                with pytest.raises(ValueError, match="derive keys larger"):
                    HKDF(algorithm=SHA256(), length=case["size"], salt=salt or None, info=info)
            counts[case["result"]] += 1
    assert counts == {"valid": 83, "invalid": 3}


def test_aes_gcm_of_wycheproof() -> None:
    """Nonces below 8 bytes or above 128 are refused by the library whatever the case wants: the protocol's have 12."""
    counts: Counter[str] = Counter()
    for group in load("wycheproof_aes_gcm.json")["testGroups"]:
        for case in group["tests"]:
            outcome = _open_gcm(case)
            if outcome == "not expressible":
                assert not 64 <= group["ivSize"] <= 1024, case["tcId"]
            else:
                assert outcome == (case["msg"] if case["result"] == "valid" else None), case["tcId"]
            counts["not expressible" if outcome == "not expressible" else case["result"]] += 1
    assert counts == {"valid": 202, "invalid": 81, "not expressible": 33}


def _open_gcm(case: dict[str, str]) -> str | None:
    nonce, aad = bytes.fromhex(case["iv"]), bytes.fromhex(case["aad"])
    try:
        return AESGCM(bytes.fromhex(case["key"])).decrypt(nonce, bytes.fromhex(case["ct"] + case["tag"]), aad).hex()
    except InvalidTag:
        return None
    except ValueError:
        return "not expressible"


def test_chunked_encryption_of_c2sp() -> None:
    """Bridge: the written-out specification, which the next test holds to the library."""
    counts: Counter[str] = Counter()
    for case in load("c2sp_chunked_encryption.json")["vectors"]:
        instantiation, expected = INSTANTIATIONS[case["aead"]], case["expect"]
        data = base64.b64decode(case["ciphertext"] or "")
        ciphertext = zlib.decompress(data) if case.get("compressed") else data
        key, context = bytes.fromhex(case["key"]), case["context"].encode()
        try:
            found, payload = open_chunks(key, context, ciphertext, instantiation, "sha256")
        except Refused:
            assert expected == "failure", case["name"]
        else:
            assert expected == "success", case["name"]
            assert (found.key.hex(), found.base_nonce.hex()) == (case["aead_key"], case["base_nonce"])
            assert (payload_hash(payload), len(payload)) == (case["payload_sha256"], case["payload_length"])
        counts[expected] += 1
    assert counts == {"success": 27, "failure": 75}


@pytest.mark.parametrize("length", [0, 1, 16_383, 16_384, 16_385, 32_768, 50_000])
def test_the_library_and_the_written_out_specification_read_each_other(length: int) -> None:
    instantiation, key, plaintext = (
        INSTANTIATIONS["AEAD_AES_256_GCM"],
        secrets.token_bytes(32),
        secrets.token_bytes(length),
    )
    assert open_chunks(key, b"here", encrypt(key, b"here", plaintext), instantiation, "sha512")[1] == plaintext
    written = seal_chunks(key, b"here", plaintext, secrets.token_bytes(24), instantiation, "sha512")
    assert decrypt(key, b"here", written) == plaintext


NOT_OUR_KEM = {
    (64, 1, 1),
    (65, 1, 1),
    (66, 2, 2),
    (80, 1, 1),
    (81, 2, 2),
    (16, 16, 1),
    (17, 17, 2),
    (32, 18, 3),
    (33, 19, 3),
    (80, 16, 2),
    (66, 19, 1),
}
"""Cases (KEM, KDF, AEAD) of hpke-pq.json whose KEM the protocol does not have: nothing of ours could run them."""


def _opens_what_this_secret_seals(key: SealingKey, encapsulated: bytes, shared_secret: bytes) -> None:
    """Bridge: the vector's shared secret through the written-out schedule of *our* suite seals a secret, and the
    library, given the vector's encapsulation, must come to the same shared secret to open it.
    """
    context = schedule(OUR_KEM, AES_256_GCM, shared_secret, b"bridge")
    sealed = AESGCM(context.key).encrypt(context.nonce(0), b"s" * 32, b"")
    assert open_box(key, b"bridge", encapsulated + sealed) == b"s" * 32


def test_hpke_with_our_kem() -> None:
    cases = load("hpke-pq.json")
    ours = [case for case in cases if case["kem_id"] == OUR_KEM]
    others = {(case["kem_id"], case["kdf_id"], case["aead_id"]) for case in cases if case not in ours}
    assert (len(cases), len(ours), others) == (13, 2, NOT_OUR_KEM)
    for case in ours:
        key = SealingKey(bytes.fromhex(case["skRm"]))
        assert key.public.raw.hex() == case["pkRm"]
        _opens_what_this_secret_seals(key, bytes.fromhex(case["enc"]), bytes.fromhex(case["shared_secret"]))


def test_the_written_out_schedule_opens_the_messages_of_the_suite() -> None:
    """The case with our KDF: HKDF-SHA256. (The other one's is SHAKE256, which the protocol does not have.)"""
    case = next(one for one in load("hpke-pq.json") if one["kem_id"] == OUR_KEM and one["kdf_id"] == 1)
    info, shared = bytes.fromhex(case["info"]), bytes.fromhex(case["shared_secret"])
    context = schedule(OUR_KEM, case["aead_id"], shared, info)
    assert context.key.hex() == case["key"]
    assert context.base_nonce.hex() == case["base_nonce"]
    assert context.exporter_secret.hex() == case["exporter_secret"]
    for sequence, message in enumerate(case["encryptions"]):
        assert context.nonce(sequence).hex() == message["nonce"]
        opened = ChaCha20Poly1305(context.key).decrypt(
            context.nonce(sequence), bytes.fromhex(message["ct"]), bytes.fromhex(message["aad"])
        )
        assert opened.hex() == message["pt"]
    assert len(case["encryptions"]) == 10


def test_x_wing() -> None:
    """Key pairs directly, decapsulation through the bridge. Encapsulation from a given seed (`eseed`) is not
    expressible: the library draws its own randomness, as it must; what it encapsulates is opened all over these tests.
    """
    cases = load("xwing-draft.json")
    for case in cases:
        key = SealingKey(bytes.fromhex(case["seed"]))
        assert key.public.raw.hex() == case["pk"]
        assert key.seed.hex() == case["sk"]
        _opens_what_this_secret_seals(key, bytes.fromhex(case["ct"]), bytes.fromhex(case["ss"]))
    assert len(cases) == 3


def _argon2_cases() -> list[dict[str, str]]:
    text = (FOLDER / "rfc9106_argon2id.txt").read_text()
    blocks = [block for block in text.split("COUNT = ")[1:] if block.strip()]
    return [
        {
            name.strip(): value.strip()
            for name, value in (line.split("=", 1) for line in block.splitlines() if "=" in line)
        }
        for block in blocks
    ]


def test_argon2id_of_rfc_9106() -> None:
    """`argon2-cffi` directly, except the cases with a secret or associated data, for which its low level has no place:
    those run on `cryptography`'s Argon2id, which must agree with it on all the others.
    """
    counts: Counter[str] = Counter()
    for case in _argon2_cases():
        password, salt = bytes.fromhex(case.get("pass", "")), bytes.fromhex(case["salt"])
        cost = {"iterations": int(case["iter"]), "lanes": int(case["lanes"]), "memory_cost": int(case["memcost"])}
        secret, ad = bytes.fromhex(case.get("secret", "")), bytes.fromhex(case.get("ad", ""))
        other = Argon2id(salt=salt, length=int(case["length"]), ad=ad or None, secret=secret or None, **cost)
        assert other.derive(password).hex() == case["output"]
        if secret or ad:
            counts["through the other library"] += 1
            continue
        out = hash_secret_raw(
            password,
            salt,
            int(case["iter"]),
            int(case["memcost"]),
            int(case["lanes"]),
            int(case["length"]),
            Type.ID,
            0x13,
        )
        assert out.hex() == case["output"]
        counts["directly"] += 1
    assert counts == {"directly": 5, "through the other library": 1}
