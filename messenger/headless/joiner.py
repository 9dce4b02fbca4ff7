"""Somebody's new keys on their way into the account that an invitation is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from messenger.clock import Clock
from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.credentials import Credential, new_recovery_credential, password_credential, slot_of
from messenger.headless.identifiers import new_id, now
from messenger.headless.keystore import Keystore
from messenger.headless.signing_in import DEVICE_LABEL, SignedIn, enter
from messenger.protocol.account_chain import AccountChain, verify_account_chain
from messenger.protocol.clinic_chain import ClinicChain
from messenger.protocol.documents import DocumentName, seal_document
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.invitation import InvitationLink
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.pins import Pins, pin_account
from messenger.protocol.sealing import SealingKey, open_box, possession_info
from messenger.protocol.shape import Members
from messenger.protocol.statement import Body, Envelope, make_statement
from messenger.protocol.vault import IdentityKeys, generate_master_key, make_vault


@dataclass(frozen=True)
class Choices:
    """What a joiner chooses."""

    name: str
    password: str = field(repr=False)
    language: str = "en"
    device_label: str = DEVICE_LABEL


@dataclass(frozen=True)
class Joined:
    """A new account, signed in, and the recovery code that is shown once."""

    account: Account
    credential: Credential = field(repr=False)
    recovery_code: str = field(repr=False)


@dataclass(frozen=True)
class Invited:
    """A verified invitation: into which clinic, by whom (None for the clinic itself), and the statement as signed."""

    clinic: ClinicChain
    inviter: AccountChain | None
    body: InvitationBody
    statement: Envelope


@dataclass(frozen=True)
class Joiner:
    """New keys and credentials, and what has to be said with them."""

    api: Api
    clock: Clock
    link: InvitationLink
    choices: Choices
    invited: Invited
    keys: IdentityKeys
    password: Credential
    recovery: Credential
    recovery_code: str
    device: str

    @classmethod
    def begin(cls, api: Api, clock: Clock, link: InvitationLink, choices: Choices, invited: Invited) -> Joiner:
        """Makes everything that is random."""
        keys = IdentityKeys(1, SigningKey.generate(), SealingKey.generate())
        recovery, code = new_recovery_credential()
        password, device = password_credential(choices.password), new_id("dev", clock)
        return cls(api, clock, link, choices, invited, keys, password, recovery, code, device)

    @property
    def account(self) -> str:
        """The account that is joined."""
        return self.invited.body.account

    def consent(self) -> Envelope:
        """The one consent of enrolment: the inviting team reads and may begin conversations."""
        body = ConsentBody(
            consent=new_id("cns", self.clock),
            patient=self.account,
            clinic=self.invited.body.clinic,
            grantee=self.invited.body.teams[0],
            scope=SCOPE_ALL,
            purpose="treatment",
            history="all",
            history_from=None,
            not_before=now(self.clock),
            until=None,
            may_open=True,
        )
        return self._says(body, {"self": self.keys.signing}, 0, None)

    def request(self, documents: Mapping[DocumentName, JsonObject]) -> JsonObject:
        """What every joiner sends, but for the consent; `documents` beside the pins are sealed too."""
        master_key, key = generate_master_key(), self._first_key()
        chain = verify_account_chain(
            [self.invited.statement, key], self.account, self.invited.clinic, self.invited.inviter
        )
        pins = Pins(self.invited.clinic.key.id, 1, None, accounts={self.account: pin_account(chain, compared=True)})
        ticket, nonce = self._possession()
        sealed: dict[DocumentName, JsonObject] = {"pins": pins.as_json(), **documents}
        return {
            "invitation": self.invited.body.invitation,
            "name": self.choices.name,
            "ticket": ticket,
            "nonce": b64u_encode(nonce),
            "key": key.as_json(),
            "vault": self._vault(master_key).as_json(),
            "documents": {name: self._sealed(master_key, name, one) for name, one in sealed.items()},
            "device": self.device,
            "device_label": self.choices.device_label,
            "language": self.choices.language,
            "token": True,
        }

    def enter(self, keystore: Keystore, answer: Members) -> Joined:
        """The account, once the service has taken the request."""
        signed_in = SignedIn.take(self.api, answer)
        account = enter(
            self.api,
            keystore,
            self.clock,
            signed_in,
            name=self.choices.name,
            device=self.device,
            slot="password",
            credential=self.password,
        )
        return Joined(account, self.password, self.recovery_code)

    def _first_key(self) -> Envelope:
        body = KeyBody(
            account=self.account,
            clinic=self.invited.body.clinic,
            version=1,
            signing_key=self.keys.signing.public,
            sealing_key=self.keys.sealing.public,
            reason="first",
        )
        keys = {"self": self.keys.signing, "invitation": self.link.key}
        return self._says(body, keys, 1, self.invited.statement.hash)

    def _vault(self, master_key: bytes) -> Envelope:
        slots = [
            slot_of(credential, master_key, self.account, 1, self.keys, self.clock)
            for credential in (self.password, self.recovery)
        ]
        body = make_vault(self.account, 1, master_key, [self.keys], slots)
        return self._says(body, {"self": self.keys.signing}, 0, None)

    def _possession(self) -> tuple[str, bytes]:
        """Shows the service that the sealing key is held, before it is registered."""
        public = b64u_encode(self.keys.sealing.public.raw)
        asked: JsonObject = {"invitation": self.invited.body.invitation, "sealing_key": public}
        members = self.api.post("/api/join/possession", asked)
        ticket, box = members.text("ticket"), members.raw("box")
        return ticket, open_box(self.keys.sealing, possession_info(self.account, self.keys.sealing.id), box)

    def _sealed(self, master_key: bytes, name: DocumentName, document: JsonObject) -> JsonObject:
        ciphertext = seal_document(master_key, self.account, name, 1, document)
        return {"version": 1, "ciphertext": b64u_encode(ciphertext)}

    def _says(self, body: Body, keys: Mapping[str, SigningKey], sequence: int, previous: str | None) -> Envelope:
        return make_statement(
            body, account=self.account, keys=keys, time=now(self.clock), sequence=sequence, previous=previous
        )
