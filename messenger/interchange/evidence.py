"""What an export is made from: the signed chains from the clinic's key down to the patient's last decision.

Everything else in the file follows from it and is made again by whoever checks the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from messenger.interchange.errors import ExportRefused
from messenger.protocol.account_chain import AccountChain, verify_account_chain
from messenger.protocol.clinic_chain import ClinicChain, verify_clinic_chain
from messenger.protocol.consent_chain import ConsentChain, verify_consent_chain
from messenger.protocol.encoding import HASH_CHARACTERS, b64u_encode, check_hash_text
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.clinic import ClinicBody
from messenger.protocol.safety_code import GROUPS, clinic_code
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, peek_body

VERSION: Final = 1
_GROUPS: Final = re.compile(r"[ \t-]*".join([r"([0-9]{5})"] * GROUPS), re.ASCII)


@dataclass(frozen=True)
class LoggedStatement:
    """An entry of the access log and the proof that a checkpoint's tree holds its frame."""

    frame: bytes
    body: bytes
    proof: tuple[bytes, ...]

    @classmethod
    def parse(cls, value: JsonValue) -> LoggedStatement:
        """From JSON; raises `EncodingRefused` (`bad_members`)."""
        members = Members(value)
        raw = members.list("proof", lambda item: Members({"hash": item}).raw("hash"))
        logged = cls(members.raw("frame"), members.raw("body"), raw)
        members.close()
        return logged

    def as_json(self) -> JsonObject:
        """As it stands in the evidence."""
        return {
            "frame": b64u_encode(self.frame),
            "body": b64u_encode(self.body),
            "proof": [b64u_encode(item) for item in self.proof],
        }


@dataclass(frozen=True)
class LogEvidence:
    """A signed checkpoint, and the entries of the first of the patient's decisions, one for each, in their order."""

    checkpoint: str
    entries: tuple[LoggedStatement, ...]

    @classmethod
    def parse(cls, members: Members) -> LogEvidence:
        """From JSON; raises `EncodingRefused` (`bad_members`)."""
        log = cls(members.text("checkpoint"), members.list("entries", LoggedStatement.parse))
        members.close()
        return log

    def as_json(self) -> JsonObject:
        """As it stands in the evidence."""
        return {"checkpoint": self.checkpoint, "entries": [entry.as_json() for entry in self.entries]}


@dataclass(frozen=True)
class VerifiedChains:
    """What the evidence shows, verified from the clinic's fingerprint down."""

    clinic: ClinicChain
    patient: AccountChain
    consents: ConsentChain


@dataclass(frozen=True)
class Evidence:
    """The chains as they were signed; `inviter` is None where the clinic's own key invited the patient."""

    patient: str
    clinic_chain: tuple[Envelope, ...]
    inviter: tuple[str, tuple[Envelope, ...]] | None
    patient_chain: tuple[Envelope, ...]
    consents: tuple[Envelope, ...]
    log: LogEvidence | None

    @classmethod
    def parse(cls, value: JsonValue) -> Evidence:
        """From JSON; raises `EncodingRefused` (`bad_members`), `ExportRefused` (`newer_version`)."""
        members = Members(value)
        if members.integer("v", least=1) != VERSION:
            raise ExportRefused("newer_version", "This file was written by a newer version.")
        inviter, log = members.or_none_object("inviter"), members.or_none_object("log")
        evidence = cls(
            patient=members.id("patient", "acc"),
            clinic_chain=members.list("clinic", Envelope.parse),
            inviter=None if inviter is None else (inviter.id("account", "acc"), inviter.list("chain", Envelope.parse)),
            patient_chain=members.list("chain", Envelope.parse),
            consents=members.list("consents", Envelope.parse),
            log=None if log is None else LogEvidence.parse(log),
        )
        if inviter is not None:
            inviter.close()
        members.close()
        return evidence

    def as_json(self) -> JsonObject:
        """The evidence as it stands in a file."""
        inviter: JsonObject | None = None
        if self.inviter is not None:
            inviter = {"account": self.inviter[0], "chain": _as_json(self.inviter[1])}
        return {
            "v": VERSION,
            "patient": self.patient,
            "clinic": _as_json(self.clinic_chain),
            "inviter": inviter,
            "chain": _as_json(self.patient_chain),
            "consents": _as_json(self.consents),
            "log": None if self.log is None else self.log.as_json(),
        }

    def verify(self, fingerprint: str) -> VerifiedChains:
        """The chains, if they are of the clinic with this fingerprint: its key's id, or its six groups of digits.

        Raises `ChainRefused` and what verifying statements raises.
        """
        clinic = verify_clinic_chain(self.clinic_chain, self._key_id(fingerprint))
        inviter = None if self.inviter is None else verify_account_chain(self.inviter[1], self.inviter[0], clinic)
        patient = verify_account_chain(self.patient_chain, self.patient, clinic, inviter)
        return VerifiedChains(clinic, patient, verify_consent_chain(self.consents, patient))

    def _key_id(self, fingerprint: str) -> str:
        """The key to go by; that of the file only if its digits are those that were given."""
        if len(fingerprint) == HASH_CHARACTERS:
            return fingerprint
        if self.clinic_chain:
            claimed = peek_body(self.clinic_chain[0], ClinicBody)
            if " ".join(clinic_code(claimed.clinic, claimed.signing_key.raw)) == fingerprint:
                return claimed.signing_key.id
        raise ExportRefused("wrong_clinic_key", "This is not of the clinic whose fingerprint you were given.")


def read_fingerprint(text: str) -> str:
    """A fingerprint as a person writes it: six groups of digits however set apart, or the key's id.

    Raises `EncodingRefused` (`malformed_hash`) for anything else.
    """
    groups = _GROUPS.fullmatch(text.strip())
    return check_hash_text(text.strip()) if groups is None else " ".join(groups.groups())


def _as_json(envelopes: Sequence[Envelope]) -> list[JsonValue]:
    return [envelope.as_json() for envelope in envelopes]
