"""One emergency, as each party's client takes part in it: asked for, released, read, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from messenger.errors import BetweenError
from messenger.headless.account import Account
from messenger.headless.custodians import custodian_keys
from messenger.headless.directory import Directory
from messenger.headless.emergency_proof import require_in_log
from messenger.headless.errors import NotAMember
from messenger.headless.identifiers import new_id, now
from messenger.protocol.emergency_chain import Emergency, verify_emergency
from messenger.protocol.emergency_shares import open_share, release_share
from messenger.protocol.emergency_text import open_text, seal_text
from messenger.protocol.encoding import b64u_encode, format_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.emergency import (
    EmergencyCloseBody,
    EmergencyReason,
    EmergencyRequestBody,
    Finding,
)
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.shape import Members
from messenger.protocol.signers import known_account
from messenger.protocol.statement import Body, Envelope, peek_signer, verify


class NoWayIn(BetweenError):
    """The patient has not opted in, or nothing of this conversation is sealed to an emergency key."""

    def __init__(self) -> None:
        super().__init__(
            "not_opted_in", 409, "The patient has not opted in to emergency access here. There is no other way in."
        )


@dataclass(frozen=True)
class Known:
    """A verified emergency, the patient's key that it is about, and this account's own boxes."""

    emergency: Emergency
    key: EmergencyKeyBody
    event: str
    ciphertext: bytes
    text_box: bytes | None = field(repr=False)
    share_box: bytes | None = field(repr=False)
    release_boxes: Mapping[str, bytes] = field(repr=False)


@dataclass
class Emergencies:
    """What a signed-in account does about emergencies."""

    account: Account
    directory: Directory

    @classmethod
    def of(cls, account: Account) -> Emergencies:
        """The account's, with a directory of their own."""
        return cls(account, Directory(account))

    def list(self) -> list[JsonObject]:
        """Those that concern this account, as the service lists them."""
        listed = self.account.api.get("/api/emergencies").list("emergencies", Members)
        return [{"emergency": one.id("emergency", "eme"), **self._shown(one)} for one in listed]

    def ask(self, patient: str, conversation: str, reason: EmergencyReason, text: str, lasting: timedelta) -> str:
        """Asks the custodians to open one conversation; the emergency's id.

        Raises `NoWayIn` where the patient has not opted in, `ServiceRefused`, `KeyChanged`, `ChainRefused`.
        """
        served = self.account.api.get(f"/api/patients/{patient}/emergency")
        listed = {one.id("conversation", "cnv"): one for one in served.list("conversations", Members)}
        if not served.flag("opted_in") or conversation not in listed:
            raise NoWayIn
        self.directory.admit(patient, served.list("chain", Envelope.parse), served.id("inviter", "acc"))
        readers = {patient, *listed[conversation].ids("custodians", "acc"), *served.ids("compliance", "acc")}
        emergency, at = new_id("eme", self.account.clock), self.account.clock.now()
        sealed = seal_text(emergency, text, {one: self._key_of(one) for one in readers})
        body = EmergencyRequestBody(
            emergency=emergency,
            clinic=self.account.clinic.clinic,
            patient=patient,
            conversation=conversation,
            emergency_key=listed[conversation].id("emergency_key", "emk"),
            requester=self.account.id,
            key=self.account.vault.current.sealing.id,
            reason=reason,
            until=format_time(at + lasting),
            text=sealed.hash,
            boxes=sealed.listed,
        )
        request: JsonObject = {
            "statement": self.account.says(body, sequence=0).as_json(),
            "text": b64u_encode(sealed.ciphertext),
            "boxes": {reader: b64u_encode(box) for reader, box in sealed.boxes.items()},
        }
        self.account.api.post("/api/emergencies", request)
        return emergency

    def look(self, emergency: str) -> Known:
        """An emergency, verified from the patient's own key down; raises `ServiceRefused`, `ChainRefused`."""
        served = self.account.api.get(f"/api/emergencies/{emergency}")
        patient = served.id("patient", "acc")
        if patient != self.account.id:
            self.directory.admit(patient, served.list("chain", Envelope.parse), served.id("inviter", "acc"))
        key = self._emergency_key(patient, Envelope.parse(served.take("key")))
        found = verify_emergency(served.list("statements", Envelope.parse), emergency, key, self.directory.find)
        if found.request.patient != patient:
            raise NotAMember
        return Known(
            emergency=found,
            key=key,
            event=served.id("event", "evt"),
            ciphertext=served.raw("text"),
            text_box=served.or_none("text_box", served.raw),
            share_box=served.or_none("share_box", served.raw),
            release_boxes=served.raw_by_id("release_boxes", "acc"),
        )

    def text_of(self, known: Known) -> str | None:
        """What the requester wrote; None where it was not sealed to this account. Raises `OpeningFailed`."""
        request = known.emergency.request
        listed = next((box for box in request.boxes if box.reader == self.account.id), None)
        private = None if listed is None else self.account.vault.sealing_key(listed.key)
        if private is None or known.text_box is None:
            return None
        return open_text(request, self.account.id, private, known.text_box, known.ciphertext)

    def release(self, emergency: str) -> str:
        """A custodian's share, sealed to the requester, once the log has proved that it holds the request.

        Raises `LogAlarm` where it does not, `NotAMember`, `OpeningFailed`, `ServiceRefused`, `ChainRefused`.
        """
        known = self.look(emergency)
        request, statement = known.emergency.request, known.emergency.statement
        require_in_log(self.account, known.event, statement, emergency)
        listed = known.key.share_of(self.account.id)
        private = None if listed is None else self.account.vault.sealing_key(listed.key)
        if private is None or known.share_box is None:
            raise NotAMember
        share = open_share(known.key, self.account.id, private, known.share_box)
        body, box = release_share(request, statement, self.account.id, share, self._key_of(request.requester))
        return self._say(known, body, box)

    def close(self, emergency: str, finding: Finding) -> str:
        """What compliance found; raises `ServiceRefused`, `ChainRefused`."""
        known = self.look(emergency)
        return self._say(known, EmergencyCloseBody(emergency, known.emergency.statement, finding), None)

    def _say(self, known: Known, body: Body, box: bytes | None) -> str:
        hashes = known.emergency.hashes
        statement = self.account.says(body, sequence=len(hashes), previous=hashes[-1])
        request: JsonObject = {
            "statement": statement.as_json(),
            "box": None if box is None else b64u_encode(box),
        }
        self.account.api.post(f"/api/emergencies/{known.emergency.id}/statements", request)
        return statement.hash

    def _emergency_key(self, patient: str, envelope: Envelope) -> EmergencyKeyBody:
        """The key, if the patient signed it."""
        chain, signer = known_account(self.directory.find, patient), peek_signer(envelope)
        key = chain.key_with_signing_id(signer.key) if signer.account == patient else None
        keys: dict[str, SigningPublicKey] = {} if key is None else {"self": key.signing}
        return verify(envelope, EmergencyKeyBody, keys).body

    def _key_of(self, account: str) -> SealingPublicKey:
        chain = known_account(self.directory.find, account)
        if chain.role == "custodian":
            return custodian_keys(self.directory, [account])[account]
        return chain.current.sealing

    def _shown(self, one: Members) -> JsonObject:
        instants = ("requested", "until", "released", "ended", "closed")
        people: JsonObject = {name: one.id(name, "acc") for name in ("patient", "requester")}
        state: JsonObject = {name: one.or_none(name, one.time) for name in instants}
        return {**people, "conversation": one.id("conversation", "cnv"), **state, "open": self._is_open(state)}

    def _is_open(self, state: JsonObject) -> bool:
        released, until = state["released"], str(state["until"])
        return released is not None and state["closed"] is None and now(self.account.clock) < until
