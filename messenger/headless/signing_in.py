"""Signing in: nothing replayable is sent, and what comes back is believed only once the vault has opened (§3, §4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from messenger.clock import Clock
from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.credentials import Credential, password_credential, recovery_credential
from messenger.headless.errors import HistoryRolledBack, ServiceRefused, SignInFailed
from messenger.headless.identifiers import new_id, now
from messenger.headless.keystore import Keystore
from messenger.protocol.account_chain import AccountChain, verify_account_chain
from messenger.protocol.clinic_chain import ClinicChain, verify_clinic_chain
from messenger.protocol.documents import open_document
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.kinds.sign_in import CredentialType, SignInBody
from messenger.protocol.kinds.vault import parse_kdf
from messenger.protocol.password import Argon2Parameters, HkdfParameters
from messenger.protocol.pins import Pins, check_pinned_head
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, make_statement, peek_body, peek_signer
from messenger.protocol.vault import OpenVault, open_vault

DEVICE_LABEL: Final = "command line"
_UNAUTHENTICATED: Final = 401


@dataclass(frozen=True)
class SignedIn:
    """The service's answer to a sign-in or a joining, unverified but for its form."""

    account: str
    clinic: str
    vault: Envelope
    chain: tuple[Envelope, ...]

    @classmethod
    def take(cls, api: Api, members: Members) -> SignedIn:
        """Reads the answer and lets `api` carry its token."""
        api.token = members.text("token")
        return cls(
            account=members.id("account", "acc"),
            clinic=members.id("clinic", "cln"),
            vault=Envelope.parse(members.take("vault")),
            chain=members.list("chain", Envelope.parse),
        )


def sign_in(
    api: Api,
    keystore: Keystore,
    clock: Clock,
    name: str,
    password: str,
    *,
    known: Credential | None = None,
    device_label: str = DEVICE_LABEL,
) -> Account:
    """Signs in with a password; `known` spares the derivation to who has derived it already.

    Raises `SignInFailed`, `HistoryRolledBack`, `ServiceRefused`, `ProtocolError` (`weak_parameters` and what chains
    raise).
    """
    return _sign_in(api, keystore, clock, name, _Word("password", password, known), device_label)


def sign_in_with_recovery_code(api: Api, keystore: Keystore, clock: Clock, name: str, code: str) -> Account:
    """Signs in with the recovery code, to choose a new password; raises as `sign_in`."""
    return _sign_in(api, keystore, clock, name, _Word("recovery", code, None), DEVICE_LABEL)


@dataclass(frozen=True)
class _Word:
    """What somebody proves an account with, and what was derived of it before."""

    slot: CredentialType
    text: str = field(repr=False)
    known: Credential | None

    def credential(self, kdf: Argon2Parameters | HkdfParameters) -> Credential:
        """Its halves under the parameters that the service tells, if they are above the floor."""
        if self.known is not None and self.known.kdf == kdf:
            return self.known
        if self.slot == "password" and isinstance(kdf, Argon2Parameters):
            return password_credential(self.text, kdf)
        if self.slot == "recovery" and isinstance(kdf, HkdfParameters):
            return recovery_credential(self.text, kdf)
        raise SignInFailed


def _sign_in(api: Api, keystore: Keystore, clock: Clock, name: str, word: _Word, device_label: str) -> Account:
    device = keystore.remembered.device if keystore.remembered is not None else new_id("dev", clock)
    started = api.post("/api/sign-in/start", {"name": name, "slot": word.slot})
    challenge, kdf = started.raw("challenge", 32), parse_kdf(started.object("kdf"))
    credential = word.credential(kdf)
    proof = make_statement(
        SignInBody(name, api.service, challenge, word.slot, device),
        account=None,
        keys={"credential": credential.secrets.sign_in},
        time=now(clock),
    )
    request: JsonObject = {"name": name, "proof": proof.as_json(), "device_label": device_label, "token": True}
    try:
        answer = api.post("/api/sign-in", request)
    except ServiceRefused as refused:
        if refused.status == _UNAUTHENTICATED:
            raise SignInFailed from refused
        raise
    signed_in = SignedIn.take(api, answer)
    return enter(api, keystore, clock, signed_in, name=name, device=device, slot=word.slot, credential=credential)


def enter(
    api: Api,
    keystore: Keystore,
    clock: Clock,
    signed_in: SignedIn,
    *,
    name: str,
    device: str,
    slot: CredentialType,
    credential: Credential,
) -> Account:
    """The account behind an answer, verified from the clinic's key down; nothing may have been rolled back."""
    remembered = keystore.remembered
    if remembered is not None and (remembered.account, remembered.service) != (signed_in.account, api.service):
        raise HistoryRolledBack
    clinic = _clinic(api, signed_in, remembered.clinic_key if remembered is not None else None)
    chain = _own_chain(api, signed_in, clinic)
    vault = open_vault(signed_in.vault, chain, slot, credential.secrets)
    keystore.unlock(vault.master_key)
    pins, version = _pins(api, signed_in.account, vault)
    _check_nothing_went_back(pins, version, vault, chain, clinic, keystore)
    account = Account(api, keystore, clock, clinic, chain, vault, signed_in.vault.hash, name, device, pins, version)
    account.remember()
    account.observe_log()
    account.repin_own_chain()
    account.save_pins()
    return account


def _clinic(api: Api, signed_in: SignedIn, known_key: str | None) -> ClinicChain:
    """The clinic whose key this device knows; a new device asks, and the pin document must confirm it."""
    claimed = peek_body(signed_in.chain[0], InvitationBody).clinic_key
    statements = api.get(f"/api/clinics/{signed_in.clinic}/trust").list("statements", Envelope.parse)
    return verify_clinic_chain(statements, known_key or claimed)


def _own_chain(api: Api, signed_in: SignedIn, clinic: ClinicChain) -> AccountChain:
    inviter: AccountChain | None = None
    if peek_signer(signed_in.chain[0]).key != clinic.key.id:
        by = peek_body(signed_in.chain[0], InvitationBody).inviter
        statements = api.get(f"/api/accounts/{by}").list("chain", Envelope.parse)
        inviter = verify_account_chain(statements, by, clinic)
    return verify_account_chain(signed_in.chain, signed_in.account, clinic, inviter)


def _pins(api: Api, account: str, vault: OpenVault) -> tuple[Pins, int]:
    members = api.get("/api/documents/pins")
    version, ciphertext = members.integer("version", least=1), members.raw("ciphertext")
    return Pins.parse(open_document(vault.master_key, account, "pins", version, ciphertext)), version


def _check_nothing_went_back(
    pins: Pins, version: int, vault: OpenVault, chain: AccountChain, clinic: ClinicChain, keystore: Keystore
) -> None:
    """What this person, or this device, has seen before must still be there. Raises `HistoryRolledBack`."""
    remembered, own = keystore.remembered, pins.accounts.get(chain.account)
    heads = [own.head if own is not None else None, remembered.head if remembered is not None else None]
    seen_vault = max(pins.vault, remembered.vault_version if remembered is not None else 1)
    seen_pins = remembered.pins_version if remembered is not None else 1
    try:
        for head in heads:
            check_pinned_head(head, chain.hashes)
    except ProtocolError as refused:
        raise HistoryRolledBack from refused
    if pins.clinic != clinic.key.id or vault.body.version < seen_vault or version < seen_pins:
        raise HistoryRolledBack
