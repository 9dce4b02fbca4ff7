"""Patients' profiles: names the server cannot read, kept beside the statement of who can."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from sqlalchemy.orm import Session

from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.verified import current_signing_key
from messenger.audit import service as audit
from messenger.audit.actions import Action, Outcome, Reason
from messenger.audit.service import AuditEvent
from messenger.chains.service import check_clock
from messenger.consent import store
from messenger.consent.errors import NotCovered, ProfileMismatched, ProfileMoved, ReadersChanged
from messenger.consent.models import Profile
from messenger.consent.service import covers, readers_of, standing_of
from messenger.errors import NotFound
from messenger.protocol.encoding import b64u_decode, b64u_encode, hash_text
from messenger.protocol.json_strict import JsonObject, parse_json, write_json
from messenger.protocol.kinds.consent import SCOPE_ALL
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.sealing import BOX_BYTES
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, verify

MAX_PROFILE_BYTES: Final = 16_384


@dataclass(frozen=True)
class SealedProfile:
    """A profile as its patient signed and encrypted it, with boxes by reader: all of them, or one viewer's."""

    statement: Envelope
    ciphertext: bytes
    boxes: Mapping[str, bytes]

    @classmethod
    def take(cls, members: Members) -> Self:
        """From the members of a request; raises `EncodingRefused`."""
        return cls(
            statement=Envelope.parse(members.take("statement")),
            ciphertext=members.raw("ciphertext"),
            boxes=members.raw_by_id("boxes", "acc", "tea"),
        )

    def as_json(self) -> JsonObject:
        """`{statement, ciphertext, boxes}`."""
        return {
            "statement": self.statement.as_json(),
            "ciphertext": b64u_encode(self.ciphertext),
            "boxes": {reader: b64u_encode(box) for reader, box in self.boxes.items()},
        }


def put_profile(session: Session, actor: Actor, profile: SealedProfile, at: datetime) -> None:
    """Keep the next version of the actor's own profile, sealed to exactly whom their consents name.

    Raises:
        ReadersChanged: those readers, or their keys, are others by now.
        ProfileMoved: another device stored a newer version.
        ProfileMismatched: ciphertext or boxes are not those that the statement lists, or it is another patient's.
        ClockSkewed, ProtocolError: the statement does not hold.
    """
    statement = verify(profile.statement, ProfileBody, {"self": current_signing_key(session, actor.account)})
    check_clock(statement.header, at)
    body = statement.body
    if (body.patient, statement.header.signer.account) != (actor.account, actor.account):
        raise ProfileMismatched
    _check_beside(body, profile)
    listed = {box.reader: box.key for box in body.boxes}
    if listed != readers_of(session, actor.account, SCOPE_ALL, at):
        raise ReadersChanged
    kept = Profile(
        patient=actor.account,
        version=body.version,
        statement=write_json(profile.statement.as_json()),
        ciphertext=profile.ciphertext,
    )
    if not store.put_profile(session, kept, profile.boxes):
        raise ProfileMoved
    audit.record(session, _entry(actor, Action.PROFILE_CHANGED, actor.account, at, b64u_decode(statement.hash)))


def open_profile(session: Session, actor: Actor, patient: str, at: datetime) -> SealedProfile:
    """A patient's profile with the boxes that the actor may open; the entry of it joins this transaction.

    Raises:
        NotFound: there is no such patient in the actor's clinic, or they have no profile.
        NotCovered: no consent covers the actor; the refusal is in the log.
    """
    person = people.find_entry(session, patient)
    if person is None or person.clinic != actor.clinic:
        raise NotFound
    if not covers(session, actor, patient, at):
        refused = _entry(actor, Action.PROFILE_OPENED, patient, at, outcome=Outcome.REFUSED, reason=Reason.NOT_A_READER)
        audit.record(session, refused)
        raise NotCovered
    profile = find_profiles(session, actor, [patient], at).get(patient)
    if profile is None:
        raise NotFound
    audit.record(session, _entry(actor, Action.PROFILE_OPENED, patient, at))
    return profile


def find_profiles(session: Session, actor: Actor, patients: Collection[str], at: datetime) -> dict[str, SealedProfile]:
    """The profiles of those patients who have one, with the boxes that the actor may open. The caller records it."""
    profiles = store.list_profiles(session, patients)
    boxes = store.list_profile_boxes(session, profiles.keys(), standing_of(session, actor.account, at))
    return {
        patient: SealedProfile(Envelope.parse(parse_json(row.statement)), row.ciphertext, boxes.get(patient, {}))
        for patient, row in profiles.items()
    }


def _check_beside(body: ProfileBody, profile: SealedProfile) -> None:
    sent = {reader: hash_text(box) for reader, box in profile.boxes.items() if len(box) == BOX_BYTES}
    too_large = len(profile.ciphertext) > MAX_PROFILE_BYTES
    if too_large or hash_text(profile.ciphertext) != body.ciphertext or sent != {b.reader: b.box for b in body.boxes}:
        raise ProfileMismatched


def _entry(
    actor: Actor,
    action: Action,
    patient: str,
    at: datetime,
    statement: bytes | None = None,
    *,
    outcome: Outcome = Outcome.DONE,
    reason: Reason | None = None,
) -> AuditEvent:
    return AuditEvent(
        clinic=actor.clinic,
        actor=actor.account,
        subject=patient,
        action=action,
        outcome=outcome,
        reason=reason,
        statement=statement,
        time=at,
    )
