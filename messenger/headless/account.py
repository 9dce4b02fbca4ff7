"""Somebody signed in: their open vault, what they have verified, and what they sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from messenger.clock import Clock
from messenger.headless.api import Api
from messenger.headless.errors import HistoryRolledBack, NotTheKeyHolder, ServiceRefused
from messenger.headless.identifiers import now
from messenger.headless.keystore import Keystore, Remembered
from messenger.headless.known import KnownConversations
from messenger.headless.witness import Witness
from messenger.protocol.account_chain import AccountChain
from messenger.protocol.clinic_chain import ClinicChain
from messenger.protocol.documents import DocumentName, open_document, seal_document
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.clinic import ClinicKeyShareBody
from messenger.protocol.kinds.invitation import CARE_STAFF
from messenger.protocol.pins import Pins, pin_account
from messenger.protocol.sealing import clinic_key_box_info, open_box
from messenger.protocol.shape import Members
from messenger.protocol.statement import Body, Envelope, make_statement, verify
from messenger.protocol.vault import OpenVault

_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_TRIES: Final = 5


@dataclass
class Account:
    """A signed-in account. Everything in it was verified from what this person holds."""

    api: Api
    keystore: Keystore
    clock: Clock
    clinic: ClinicChain
    chain: AccountChain
    vault: OpenVault = field(repr=False)
    vault_head: str
    name: str
    device: str
    pins: Pins
    pins_version: int
    known: KnownConversations = field(init=False, repr=False)
    """What this device has verified of conversations."""
    _unsaved: list[Callable[[Pins], Pins]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        """What the keystore's device knows, this account knows."""
        self.known = KnownConversations(self.keystore)

    @property
    def id(self) -> str:
        """The account's id."""
        return self.chain.account

    @property
    def is_care_staff(self) -> bool:
        """Whether this account may stand in a care team."""
        return self.chain.role in CARE_STAFF

    @property
    def witness(self) -> Witness:
        """This client as a witness of its clinic's log."""
        return Witness(self.api, self.clinic)

    def says(self, body: Body, *, sequence: int | None = None, previous: str | None = None) -> Envelope:
        """A statement that this account signs alone, now."""
        return make_statement(
            body,
            account=self.id,
            keys={"self": self.vault.current.signing},
            time=now(self.clock),
            sequence=sequence,
            previous=previous,
        )

    def clinic_key(self) -> SigningKey:
        """The clinic's own key, from this account's sealed document or from the share that was sealed to it.

        Raises `NotTheKeyHolder`.
        """
        stored = self.document("clinic-key")
        if stored is not None:
            members = Members(stored[1])
            key = SigningKey(members.raw("seed"))
        else:
            key = self._shared_clinic_key()
        if key.id != self.clinic.key.id:
            raise NotTheKeyHolder
        return key

    def document(self, name: DocumentName) -> tuple[int, JsonObject] | None:
        """The newest version of one of this account's sealed documents; None where there is none."""
        try:
            members = self.api.get(f"/api/documents/{name}")
        except ServiceRefused as refused:
            if refused.status == _NOT_FOUND:
                return None
            raise
        version, ciphertext = members.integer("version", least=1), members.raw("ciphertext")
        return version, open_document(self.vault.master_key, self.id, name, version, ciphertext)

    def put_document(self, name: DocumentName, version: int, document: JsonObject) -> None:
        """Stores a version; raises `ServiceRefused` (`document_moved`) unless it follows the stored one."""
        ciphertext = seal_document(self.vault.master_key, self.id, name, version, document)
        self.api.put(f"/api/documents/{name}", {"version": version, "ciphertext": b64u_encode(ciphertext)})

    def pin(self, change: Callable[[Pins], Pins]) -> None:
        """Remembers something verified; `save_pins` writes it. `change` may run again on newer pins."""
        changed = change(self.pins)
        if changed != self.pins:
            self.pins = changed
            self._unsaved.append(change)

    def save_pins(self) -> None:
        """Writes the sealed pin document, on top of what another device of this person pinned meanwhile.

        Raises `HistoryRolledBack` when the stored one is older than what this device has seen.
        """
        for _ in range(_TRIES):
            if not self._unsaved:
                return
            try:
                self.put_document("pins", self.pins_version + 1, self.pins.as_json())
            except ServiceRefused as refused:
                if refused.status != _CONFLICT:
                    raise
                self.pins, self.pins_version = self._newest_pins()
                for change in self._unsaved:
                    self.pins = change(self.pins)
                continue
            self.pins_version += 1
            self._unsaved.clear()
            self.remember()
        if self._unsaved:
            raise HistoryRolledBack

    def remember(self) -> None:
        """Writes what the next call on this device must know."""
        before = self.keystore.remembered
        self.keystore.remember(
            Remembered(
                service=self.api.service,
                account=self.id,
                name=self.name,
                clinic_key=self.clinic.key.id,
                device=self.device,
                vault_version=self.vault.body.version,
                head=self.chain.head,
                pins_version=self.pins_version,
                checkpoint=before.checkpoint if before is not None else None,
            )
        )

    def observe_log(self) -> str | None:
        """Checks that the log only grew since this client looked last; the newest verified checkpoint, which is kept.

        Raises `LogAlarm`.
        """
        remembered = self.keystore.remembered
        known = remembered.checkpoint if remembered is not None else None
        newest = self.witness.observe(known or self.pins.checkpoint)
        if newest is not None:
            self.keystore.keep_checkpoint(newest)
        return newest

    def repin_own_chain(self) -> None:
        """Pins this account's own newest keys and vault."""
        own, version = pin_account(self.chain, compared=True), self.vault.body.version
        self.pin(lambda pins: replace(pins, accounts={**pins.accounts, self.id: own}, vault=max(pins.vault, version)))

    def _newest_pins(self) -> tuple[Pins, int]:
        found = self.document("pins")
        if found is None or found[0] < self.pins_version:
            raise HistoryRolledBack
        return Pins.parse(found[1]), found[0]

    def _shared_clinic_key(self) -> SigningKey:
        share = self.api.get("/api/clinic").or_none_object("my_key_share")
        if share is None:
            raise NotTheKeyHolder
        envelope, box = Envelope.parse(share.take("statement")), share.raw("box")
        body = verify(envelope, ClinicKeyShareBody, {"clinic": self.clinic.key}).body
        private = self.vault.sealing_key(body.key)
        if private is None or body.account != self.id:
            raise NotTheKeyHolder
        info = clinic_key_box_info(body.clinic, self.id, body.key, self.clinic.key.id)
        return SigningKey(open_box(private, info, box))
