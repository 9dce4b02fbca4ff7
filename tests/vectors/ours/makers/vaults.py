"""Vectors of vaults, sealed documents, and the pins among them."""

from __future__ import annotations

from dataclasses import replace

from messenger.protocol.documents import DOCUMENT_NAMES
from messenger.protocol.encoding import b64u_encode, derive, lines
from messenger.protocol.json_strict import JsonObject, JsonValue, write_json
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.vault import Slot, SlotType, VaultBody
from messenger.protocol.password import (
    Argon2Parameters,
    HkdfParameters,
    SlotSecrets,
    password_secrets,
    recovery_secrets,
)
from messenger.protocol.pins import AccountPin, ConsentPin, ConversationPin, Pins, TeamPin
from messenger.protocol.recovery_code import write_recovery_code
from messenger.protocol.vault import keys_context, slot_context
from tests.vectors.ours.makers.pinned import pinned_ciphertext, seed
from tests.vectors.ours.makers.world import (
    CLINIC_KEY,
    PEGGY,
    ROBBED,
    TEAM,
    TOM,
    Person,
    Statements,
    in_chain,
    made_id,
    some_hash,
    wire,
)

PASSWORD = "Zoë’s kettle sings at 5"
RECOVERY = seed("peggy recovery", 20)
_ARGON2 = Argon2Parameters(seed("peggy salt", 16))
_HKDF = HkdfParameters(seed("peggy recovery salt", 16))
Kdf = Argon2Parameters | HkdfParameters


def _master(person: Person) -> bytes:
    return seed(f"{person.name} master key {person.versions}")


def _credential(kdf: Kdf) -> SlotSecrets:
    return password_secrets(PASSWORD, kdf) if isinstance(kdf, Argon2Parameters) else recovery_secrets(RECOVERY, kdf)


def _slot(
    person: Person, kdf: Kdf, made_in: int = 1, *, master: bytes | None = None, credential: SlotSecrets | None = None
) -> Slot:
    """A slot as `make_slot` makes it, its ciphertext kept from run to run."""
    slot_type: SlotType = "password" if isinstance(kdf, Argon2Parameters) else "recovery"
    slot, credential = made_id("slt", f"{person.name} {slot_type}"), credential or _credential(kdf)
    ids = (person.signing().id, person.sealing().id)
    context = slot_context(person.account, slot, slot_type, made_in, ids, kdf)
    sealed = pinned_ciphertext(credential.slot_key, context, master or _master(person))
    return Slot(slot, slot_type, made_in, kdf, credential.sign_in.public, sealed)


def _sealed_keys(person: Person, keys: list[tuple[int, bytes, bytes]] | None = None) -> bytes:
    versions = keys or [
        (version, person.signing(version).seed, person.sealing(version).seed)
        for version in range(1, person.versions + 1)
    ]
    written: list[JsonValue] = [
        {"version": version, "signing_seed": b64u_encode(signing), "sealing_seed": b64u_encode(sealing)}
        for version, signing, sealing in versions
    ]
    context = keys_context(person.account, person.signing().id, person.sealing().id)
    return pinned_ciphertext(derive(_master(person), b"", "sealed-keys"), context, write_json({"keys": written}))


def vault_body(person: Person, version: int = 1) -> VaultBody:
    """A vault with a password and a recovery slot."""
    slots = (_slot(person, _ARGON2), _slot(person, _HKDF))
    ids = (person.signing().id, person.sealing().id)
    return VaultBody(person.account, version, *ids, slots, _sealed_keys(person))


def _statement(person: Person, body: VaultBody, signing: SigningKey | None = None, account: str = "") -> Statements:
    return [in_chain(body, account or person.account, {"self": signing or person.signing()}, 50, [])]


def vaults() -> JsonObject:
    """Vaults that a credential opens, and vaults that nothing may open: all of those with one code."""
    recovery_code = write_recovery_code(RECOVERY)
    opened: list[JsonValue] = [
        {
            "name": f"{person.name}, {slot_type}",
            "account": person.account,
            "chain": wire(person.chain()),
            "vault": _statement(person, vault_body(person))[0].as_json(),
            "slot": slot_type,
            "master_key_hex": _master(person).hex(),
            "versions": person.versions,
        }
        for person in (TOM, ROBBED)
        for slot_type in ("password", "recovery")
    ]
    return {
        "password": PASSWORD,
        "password_salt_hex": _ARGON2.salt.hex(),
        "recovery_code": recovery_code,
        "recovery_salt_hex": _HKDF.salt.hex(),
        "opened": opened,
        "refused": [_refused(*case) for case in _refused_cases()],
        "documents": _documents(),
    }


def _refused(name: str, statements: Statements) -> JsonObject:
    return {
        "name": name,
        "account": TOM.account,
        "chain": wire(TOM.chain()),
        "vault": statements[0].as_json(),
        "slot": "password",
        "error": "vault_unopened",
    }


def _refused_cases() -> list[tuple[str, Statements]]:
    good = vault_body(TOM)
    password, recovery = good.slots
    bit = bytes([password.sealed[-1] ^ 1])
    other = Argon2Parameters(seed("another salt", 16))

    def with_slot(changed: Slot) -> Statements:
        return _statement(TOM, replace(good, slots=(changed, recovery)))

    swapped_seeds = [(1, PEGGY.signing().seed, PEGGY.sealing().seed)]
    server_key = pinned_ciphertext(_credential(other).slot_key, b"", seed("a key that the server chose"))
    return [
        ("signed by somebody else", _statement(TOM, good, PEGGY.signing())),
        ("a flipped bit in the slot", with_slot(replace(password, sealed=password.sealed[:-1] + bit))),
        ("the slot of another id", with_slot(replace(password, slot=made_id("slt", "another")))),
        (
            "the slot of another version",
            _statement(TOM, replace(good, version=2, slots=(replace(password, made_in=2), recovery))),
        ),
        ("a weaker derivation", with_slot(replace(password, kdf=replace(_ARGON2, t=1)))),
        ("made below the floor", with_slot(_slot(TOM, replace(_ARGON2, t=1), credential=_credential(_ARGON2)))),
        ("another salt", with_slot(replace(password, kdf=other))),
        ("a master key that the server chose", with_slot(replace(password, sealed=server_key))),
        ("no password slot", _statement(TOM, replace(good, slots=(recovery,)))),
        ("another sign-in key", with_slot(replace(password, sign_in_key=recovery.sign_in_key))),
        ("another account's vault", _statement(PEGGY, vault_body(PEGGY))),
        ("keys that are somebody else's", _statement(TOM, replace(good, sealed_keys=_sealed_keys(TOM, swapped_seeds)))),
        ("keys under another master key", with_slot(_slot(TOM, _ARGON2, master=seed("another master key")))),
        ("no keys", _statement(TOM, replace(good, sealed_keys=b""))),
        ("key ids of somebody else", _statement(TOM, replace(good, signing_key=PEGGY.signing().id))),
    ]


def pins() -> Pins:
    """A pin document with one of everything."""
    account = AccountPin(PEGGY.chain()[-1].hash, 1, PEGGY.signing().id, PEGGY.sealing().id, compared=True)
    return Pins(
        clinic=CLINIC_KEY.id,
        vault=3,
        checkpoint="origin\n1\nroot\n\n— x y\n",
        accounts={PEGGY.account: account},
        teams={TEAM: TeamPin(some_hash("team"), 2)},
        conversations={made_id("cnv", "elm"): ConversationPin(some_hash("control"), 2, 0)},
        consents={PEGGY.account: ConsentPin(some_hash("consent"), 0)},
    )


def _documents() -> JsonObject:
    master, account = _master(TOM), TOM.account
    documents: dict[str, JsonObject] = {
        "pins": pins().as_json(),
        "keyring": {"epochs": {made_id("cnv", "elm"): [{"number": 1, "key": b64u_encode(seed("epoch key 1"))}]}},
        "clinic-key": {"clinic": PEGGY.invitation_body().clinic, "seed": b64u_encode(CLINIC_KEY.seed)},
        "preferences": {"theme": "dark", "text_size": 3},
    }
    sealed = {name: _seal(name, 1, document) for name, document in documents.items()}
    opened: list[JsonValue] = [
        {"name": name, "version": 1, "ciphertext": b64u_encode(sealed[name]), "document": documents[name]}
        for name in DOCUMENT_NAMES
    ]
    confused: list[JsonValue] = [
        {
            "name": place,
            "version": 1,
            "account": account,
            "ciphertext": b64u_encode(sealed[held]),
            "error": "cannot_decrypt",
        }
        for held in DOCUMENT_NAMES
        for place in DOCUMENT_NAMES
        if held != place
    ]
    pinned = b64u_encode(sealed["pins"])
    return {
        "master_key_hex": master.hex(),
        "account": account,
        "opened": opened,
        "refused": [
            *confused,
            {"name": "pins", "version": 2, "account": account, "ciphertext": pinned, "error": "cannot_decrypt"},
            {"name": "pins", "version": 1, "account": PEGGY.account, "ciphertext": pinned, "error": "cannot_decrypt"},
        ],
    }


def _seal(name: str, version: int, document: JsonObject) -> bytes:
    context = lines("between/v1/document", TOM.account, name, str(version))
    return pinned_ciphertext(derive(_master(TOM), b"", f"document-{name}"), context, write_json(document))
