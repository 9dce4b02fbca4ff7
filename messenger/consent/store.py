"""Reads and writes of consents, profiles and what was listed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from messenger.bulk import insert_all
from messenger.consent.models import Block, Consent, EmergencyChoice, Profile, ProfileBox, ProfileListing
from messenger.once import insert_absent, insert_once, values_of


def add_consent(session: Session, consent: Consent) -> None:
    """Store a consent."""
    session.add(consent)
    session.flush()


def change_consent(session: Session, patient: str, consent: str, terms: Mapping[str, object]) -> None:
    """Let a consent stand under these terms."""
    _update(session, patient, consent, terms)


def end_consent(session: Session, patient: str, consent: str, at: datetime) -> None:
    """Let a consent count for nothing any more."""
    _update(session, patient, consent, {"ended": at})


def put_choice(session: Session, patient: str, *, opted_in: bool) -> None:
    """Note what a patient chose about emergency access."""
    session.merge(EmergencyChoice(patient=patient, opted_in=opted_in))
    session.flush()


def find_choice(session: Session, patient: str) -> bool:
    """Whether the patient is opted in."""
    found = session.get(EmergencyChoice, patient, populate_existing=True)
    return found is not None and found.opted_in


def put_block(session: Session, patient: str, account: str, *, blocked: bool) -> None:
    """Note that a patient keeps somebody from reading, or does so no longer."""
    if blocked:
        session.merge(Block(patient=patient, account=account))
    else:
        session.execute(delete(Block).where(Block.patient == patient, Block.account == account))
    session.flush()


def list_blocked(session: Session, patients: Collection[str]) -> list[tuple[str, str]]:
    """(patient, account) for each of these patients and everybody whom they keep from reading."""
    rows = select(Block.patient, Block.account).where(Block.patient.in_(patients))
    return [(patient, account) for patient, account in session.execute(rows)]


def list_blocking(session: Session, account: str) -> set[str]:
    """The patients who keep this account from reading."""
    return set(session.scalars(select(Block.patient).where(Block.account == account)))


def list_consents(session: Session, patient: str) -> Sequence[Consent]:
    """The consents of a patient that were not revoked, in the order in which they were given."""
    return session.scalars(
        select(Consent)
        .where(Consent.patient == patient, Consent.ended.is_(None))
        .order_by(Consent.sequence)
        .execution_options(populate_existing=True)
    ).all()


def list_scopes(session: Session, account: str, grantees: Collection[str], at: datetime) -> list[tuple[str, str]]:
    """(patient, scope) of every consent to one of these grantees that is active, for an account that acts as them."""
    named = (Consent.grantee.in_(grantees), _unblocked(account), *_active(at))
    rows = select(Consent.patient, Consent.scope).where(*named).distinct()
    return [(patient, scope) for patient, scope in session.execute(rows)]


def list_patients(
    session: Session, account: str, grantees: Collection[str], at: datetime, after: str, limit: int
) -> list[str]:
    """Patients with an active consent to one of these grantees, by id, from the one after `after` on; for an account
    that acts as them.
    """
    rows = (
        select(Consent.patient)
        .where(Consent.grantee.in_(grantees), Consent.patient > after, _unblocked(account), *_active(at))
        .distinct()
        .order_by(Consent.patient)
        .limit(limit)
    )
    return list(session.scalars(rows))


def list_consenting(session: Session, grantee: str, at: datetime) -> list[str]:
    """Patients with a consent to this grantee that is active or will be, by id."""
    lasting = or_(Consent.until.is_(None), Consent.until > at)
    rows = select(Consent.patient).where(Consent.grantee == grantee, Consent.ended.is_(None), lasting)
    return list(session.scalars(rows.distinct().order_by(Consent.patient)))


def covers(session: Session, account: str, grantees: Collection[str], patient: str, at: datetime) -> bool:
    """Whether a consent of this patient to one of these grantees is active, in any scope, for who acts as them."""
    named = (Consent.grantee.in_(grantees), Consent.patient == patient, _unblocked(account))
    rows = select(Consent.sequence).where(*named, *_active(at))
    return session.execute(rows.limit(1)).first() is not None


def find_profile(session: Session, patient: str) -> Profile | None:
    """The patient's running profile."""
    return session.get(Profile, patient)


def list_profiles(session: Session, patients: Collection[str]) -> Mapping[str, Profile]:
    """The running profiles of these patients."""
    return {row.patient: row for row in session.scalars(select(Profile).where(Profile.patient.in_(patients)))}


def list_profile_boxes(
    session: Session, patients: Collection[str], readers: Collection[str]
) -> dict[str, dict[str, bytes]]:
    """For each of these patients, the boxes sealed to one of these readers."""
    boxes: dict[str, dict[str, bytes]] = {}
    rows = select(ProfileBox).where(ProfileBox.patient.in_(patients), ProfileBox.reader.in_(readers))
    for row in session.scalars(rows):
        boxes.setdefault(row.patient, {})[row.reader] = row.box
    return boxes


def put_profile(session: Session, profile: Profile, boxes: Mapping[str, bytes]) -> bool:
    """Store the version after the stored one (1 after none) with its boxes; whether it was the next."""
    if not _put(session, profile):
        return False
    session.execute(delete(ProfileBox).where(ProfileBox.patient == profile.patient))
    rows = [{"patient": profile.patient, "reader": reader, "box": box} for reader, box in boxes.items()]
    insert_all(session.connection(), ProfileBox, rows)
    return True


def add_listings(session: Session, viewer: str, day: date, patients: Collection[str]) -> list[str]:
    """Note that a viewer was shown these patients' sealed profiles on a day; those of whom it was not noted yet."""
    rows = [{"viewer": viewer, "day": day, "patient": patient} for patient in patients]
    return insert_absent(session, ProfileListing, rows, ProfileListing.patient)


def remove_listings(session: Session, before: date) -> None:
    """Forget what was noted for days before this one: the log has it."""
    session.execute(delete(ProfileListing).where(ProfileListing.day < before))


def _put(session: Session, profile: Profile) -> bool:
    if profile.version == 1:
        return insert_once(session, Profile, values_of(profile))
    replaced = (
        update(Profile)
        .where(Profile.patient == profile.patient, Profile.version == profile.version - 1)
        .values(version=profile.version, statement=profile.statement, ciphertext=profile.ciphertext)
        .returning(Profile.version)
        .execution_options(synchronize_session=False)
    )
    return session.execute(replaced).first() is not None


def _update(session: Session, patient: str, consent: str, values: Mapping[str, object]) -> None:
    session.execute(
        update(Consent)
        .where(Consent.patient == patient, Consent.consent == consent)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _unblocked(account: str) -> ColumnElement[bool]:
    """The patient of the consent does not keep this account from reading."""
    return ~exists().where(Block.patient == Consent.patient, Block.account == account)


def _active(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Consent.ended.is_(None), Consent.not_before <= at, or_(Consent.until.is_(None), Consent.until > at)
