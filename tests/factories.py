"""Real people with real keys, as a client would make them: statements, boxes and proofs through messenger.protocol.

Passwords are not stretched here: a slot is made from random secrets, which the server cannot tell from stretched ones.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from messenger.protocol.commitment import Card, CommittedText
from messenger.protocol.documents import seal_document
from messenger.protocol.encoding import format_time, hash_text
from messenger.protocol.ids import IdType, make_id
from messenger.protocol.invitation import InvitationLink, generate_invitation_secret
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.clinic import ClinicBody, ClinicKeyShareBody
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.invitation import InvitationBody, Role
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.kinds.sign_in import CredentialType, SignInBody
from messenger.protocol.kinds.team import TeamCreateBody
from messenger.protocol.kinds.vault import Slot
from messenger.protocol.password import SALT_BYTES, Argon2Parameters, HkdfParameters, SlotSecrets
from messenger.protocol.profile import NewProfile, Profile, encrypt_profile
from messenger.protocol.sealing import SealingKey, SealingPublicKey, clinic_key_box_info, seal
from messenger.protocol.statement import Body, Envelope, make_statement
from messenger.protocol.team_key import NewGeneration
from messenger.protocol.vault import IdentityKeys, generate_master_key, make_slot, make_vault

SUNRISE = datetime(2025, 3, 10, 8, 0, 0, tzinfo=UTC)
"""When tests begin."""


class HandClock:
    """A clock that moves when it is told to."""

    def __init__(self, at: datetime = SUNRISE) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


def new_id(kind: IdType) -> str:
    return make_id(kind, secrets.randbits(40), secrets.token_bytes(10))


def new_nonce() -> bytes:
    return secrets.token_bytes(32)


def new_keys(version: int = 1) -> IdentityKeys:
    return IdentityKeys(version, SigningKey.generate(), SealingKey.generate())


def new_credential() -> SlotSecrets:
    return SlotSecrets(SigningKey.generate(), secrets.token_bytes(32))


@dataclass
class PersonAtHand:
    """Somebody with everything their client holds."""

    role: Role
    clock: HandClock
    account: str = field(default_factory=lambda: new_id("acc"))
    clinic: str = ""
    name: str = field(default_factory=lambda: f"person {secrets.token_hex(6)}")
    device: str = field(default_factory=lambda: new_id("dev"))
    keys: list[IdentityKeys] = field(default_factory=lambda: [new_keys()])
    credentials: dict[CredentialType, SlotSecrets] = field(
        default_factory=lambda: {"password": new_credential(), "recovery": new_credential()}
    )
    slots: dict[CredentialType, Slot] = field(default_factory=dict)
    master_key: bytes = field(default_factory=generate_master_key)
    head: str = ""
    """Hash of the newest statement of the account's chain."""
    vault_version: int = 0
    vault_head: str | None = None
    token: str = ""
    session: str = ""

    @property
    def current(self) -> IdentityKeys:
        return self.keys[-1]

    @property
    def sealing_public(self) -> SealingPublicKey:
        return self.current.sealing.public

    def says(self, body: Body, *, sequence: int | None = None, previous: str | None = None) -> Envelope:
        """A statement that this person signs alone, now."""
        return make_statement(
            body,
            account=self.account,
            keys={"self": self.current.signing},
            time=format_time(self.clock.now()),
            sequence=sequence,
            previous=previous,
        )

    def first_key(self, invitation: SigningKey) -> Envelope:
        """Version 1 of the keys, countersigned with the invitation's secret."""
        return self._key("first", {"self": self.current.signing, "invitation": invitation})

    def next_key(self) -> Envelope:
        """A new version, signed by the one before; from now on this person uses it."""
        before = self.current
        self.keys.append(new_keys(before.version + 1))
        self.master_key = generate_master_key()
        self.slots = {}
        return self._key("stolen", {"self": self.current.signing, "previous": before.signing})

    def vault(self) -> Envelope:
        """The next version of the vault: slots that are there stay, missing ones are made."""
        version = self.vault_version + 1
        for slot_type in ("password", "recovery"):
            self.slots.setdefault(slot_type, self._slot(slot_type, version))
        body = make_vault(self.account, version, self.master_key, self.keys, list(self.slots.values()))
        return self.says(body, sequence=version - 1, previous=self.vault_head)

    def kept_vault(self, vault: Envelope) -> None:
        """Note that the server took it."""
        self.vault_version, self.vault_head = self.vault_version + 1, vault.hash

    def change_password(self) -> None:
        """A new password from the next vault on."""
        self.credentials["password"] = new_credential()
        self.slots.pop("password", None)

    def proof(self, challenge: bytes, service: str, slot: CredentialType = "password") -> Envelope:
        """A sign-in with a credential."""
        return make_statement(
            SignInBody(self.name, service, challenge, slot, self.device),
            account=None,
            keys={"credential": self.credentials[slot].sign_in},
            time=format_time(self.clock.now()),
        )

    def document(self, name: str = "pins", version: int = 1) -> bytes:
        """A sealed document."""
        return seal_document(self.master_key, self.account, name, version, {"made": "by a test"})  # type: ignore[arg-type]  # any name may be tried

    def first_consent(
        self,
        team: str,
        *,
        not_before: datetime | None = None,
        sequence: int = 0,
        previous: str | None = None,
        **changed: object,
    ) -> Envelope:
        """The consent that a patient signs while joining, or one like it further on in their chain."""
        members = {
            "consent": new_id("cns"),
            "patient": self.account,
            "clinic": self.clinic,
            "grantee": team,
            "scope": "all",
            "purpose": "treatment",
            "history": "all",
            "history_from": None,
            "not_before": format_time(not_before or self.clock.now() - timedelta(minutes=10)),
            "until": None,
            "may_open": True,
        }
        body = ConsentBody(**{**members, **changed})  # type: ignore[arg-type]  # named above
        return self.says(body, sequence=sequence, previous=previous)

    def profile(self, version: int, readers: Mapping[str, SealingPublicKey]) -> tuple[NewProfile, Envelope]:
        """The next version of a patient's profile, sealed to the readers, and its statement."""
        made = encrypt_profile(Profile("Margaret Hale", "Peggy", "she/her", ""), self.account, version, readers)
        return made, self.says(made.body)

    def _key(self, reason: str, keys: Mapping[str, SigningKey]) -> Envelope:
        now = self.current
        body = KeyBody(self.account, self.clinic, now.version, now.signing.public, now.sealing.public, reason)  # type: ignore[arg-type]  # one of the two
        time = format_time(self.clock.now())
        return make_statement(
            body, account=self.account, keys=keys, time=time, sequence=now.version, previous=self.head
        )

    def _slot(self, slot_type: CredentialType, version: int) -> Slot:
        salt = secrets.token_bytes(SALT_BYTES)
        return make_slot(
            self.master_key,
            account=self.account,
            slot=new_id("slt"),
            made_in=version,
            kdf=Argon2Parameters(salt) if slot_type == "password" else HkdfParameters(salt),
            credential=self.credentials[slot_type],
            keys=self.current,
        )


@dataclass
class InvitationAtHand:
    """An invitation as the inviter's client holds it: the statement, the secret, the card."""

    envelope: Envelope
    body: InvitationBody
    link: InvitationLink
    card: CommittedText | None


@dataclass
class ClinicAtHand:
    """A clinic's key in an administrator's hands, and the chain it has signed so far."""

    clinic: str
    founder: str
    clock: HandClock
    key: SigningKey = field(default_factory=SigningKey.generate)
    heads: dict[str, str] = field(default_factory=dict)
    """The newest statement of the clinic's own chain and of each team's."""

    def first_statement(self, name: str, log_key: str, origin: str) -> Envelope:
        body = ClinicBody(self.clinic, name, self.key.public, log_key, origin, self.founder)
        return self.says(body, self.founder)

    def says(
        self, body: Body, actor: str, *, by: str = "clinic", sequence: int = 0, previous: str | None = None
    ) -> Envelope:
        time = format_time(self.clock.now())
        keys = {by: self.key}
        return make_statement(body, account=actor, keys=keys, time=time, sequence=sequence, previous=previous)

    def invites(
        self,
        role: Role,
        inviter: str,
        teams: tuple[str, ...] = (),
        *,
        secret: bytes | None = None,
        signed_by: SigningKey | None = None,
        runs: timedelta = timedelta(days=7),
        **changed: object,
    ) -> InvitationAtHand:
        """An invitation by the clinic's key, or by `signed_by`; `changed` members are put in as they are."""
        link = InvitationLink(
            "http://localhost:8000", "i", new_id("inv"), secret or generate_invitation_secret(), self.key.id
        )
        card = None if role == "patient" else Card(f"Dr {secrets.token_hex(3)}", "MD").commit()
        members = {
            "invitation": link.invitation,
            "account": new_id("acc"),
            "clinic": self.clinic,
            "clinic_key": self.key.id,
            "role": role,
            "teams": teams,
            "public_key": link.key.public,
            "expires": format_time(self.clock.now() + runs),
            "inviter": inviter,
            "card": card.commitment if card else None,
        }
        body = InvitationBody(**{**members, **changed})  # type: ignore[arg-type]  # named above
        envelope = make_statement(
            body,
            account=inviter,
            keys={"inviter": signed_by or self.key},
            time=format_time(self.clock.now()),
            sequence=0,
        )
        return InvitationAtHand(envelope, body, link, card)

    def creates_team(self, name: str, manager: str, actor: str) -> tuple[str, Envelope]:
        team = new_id("tea")
        envelope = self.says(TeamCreateBody(team, self.clinic, name, manager), actor)
        self.heads[team] = envelope.hash
        return team, envelope

    def shares_key(self, holder: PersonAtHand, actor: str, *, sequence: int) -> tuple[Envelope, bytes]:
        """The clinic's key sealed to another administrator."""
        info = clinic_key_box_info(self.clinic, holder.account, holder.current.sealing.id, self.key.id)
        box = seal(holder.sealing_public, info, self.key.seed)
        body = ClinicKeyShareBody(self.clinic, holder.account, holder.current.sealing.id, hash_text(box))
        return self.says(body, actor, sequence=sequence, previous=self.heads[self.clinic]), box


@dataclass
class TeamAtHand:
    """A team and the newest key of it."""

    team: str
    manager: PersonAtHand
    head: str
    sequence: int = 0
    generation: NewGeneration | None = None
    keys: list[SealingKey] = field(default_factory=list)

    @property
    def sealing_public(self) -> SealingPublicKey:
        return self.keys[-1].public
