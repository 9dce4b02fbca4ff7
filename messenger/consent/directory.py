"""The key directory: who may look up whose keys, and which clinic, teams and patients a caller sees."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.people import Entry, Person
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.consent import store
from messenger.consent.profiles import SealedProfile, find_profiles
from messenger.consent.service import covers, standing_of, statements_of
from messenger.errors import NotFound
from messenger.protocol.encoding import format_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.safety_code import clinic_code
from messenger.protocol.statement import Envelope
from messenger.roles import CARE_STAFF, STAFF
from messenger.teams import clinics
from messenger.teams import service as teams
from messenger.teams.service import SeenTeam

PATIENTS_AT_ONCE: Final = 200
LISTINGS_KEPT: Final = timedelta(days=2)


@dataclass(frozen=True)
class ListedPatient:
    """A patient whose consent covers the viewer."""

    person: Person
    consents: list[Envelope]
    profile: SealedProfile | None

    def as_json(self) -> JsonObject:
        """The patient as they travel."""
        return {
            "patient": self.person.account,
            "chain": [envelope.as_json() for envelope in self.person.chain],
            "consents": [envelope.as_json() for envelope in self.consents],
            "profile": None if self.profile is None else self.profile.as_json(),
        }


def look_up(session: Session, actor: Actor, account: str, at: datetime) -> JsonObject:
    """An account with its chain: staff of the same clinic, oneself, or a patient whose consent covers the actor.

    Raises:
        NotFound: it is none of these, or does not exist.
    """
    person = people.get_person(session, account)
    if person.clinic != actor.clinic:
        raise NotFound
    if person.role not in STAFF and not covers(session, actor, account, at):
        raise NotFound
    return {**person.as_json(), "inviter": person.inviter}


def view_clinic(session: Session, actor: Actor) -> JsonObject:
    """The actor's clinic: what vouches for it, who holds its key, and the people the actor may see."""
    terms, statements = clinics.terms_of(session, actor.clinic), clinics.statements_of(session, actor.clinic)
    key = clinics.signing_key(session, actor.clinic)
    share = clinics.key_share_of(session, actor)
    seen = view_teams(session, actor)
    return {
        "clinic": terms.clinic,
        "name": terms.name,
        "fingerprint": " ".join(clinic_code(terms.clinic, key)),
        "log_key": terms.log_key,
        "origin": terms.origin,
        "statements": [statement.as_json() for statement in statements],
        "key_holders": list(clinics.key_holders(session, actor.clinic)),
        "my_key_share": None if share is None else share.as_json(),
        "people": [_listed(person, seen) for person in _people(session, actor, seen)],
    }


def view_teams(session: Session, actor: Actor) -> list[SeenTeam]:
    """The teams of the actor's clinic: whom a patient may let in, they may know of."""
    return teams.view_teams(session, teams.teams_of_clinic(session, actor.clinic), actor.account)


def list_patients(session: Session, actor: Actor, after: str, at: datetime) -> list[ListedPatient]:
    """Patients whose consents cover the actor, by id, at most 200 from the one after `after` on.

    That their sealed profiles were handed out joins this transaction: one automatic entry for each patient and day.
    """
    covered = _covered(session, actor, after, at)
    profiles = find_profiles(session, actor, covered, at)
    consents = chains.list_chains(session, [f"consent:{patient}" for patient in covered])
    _record_listing(session, actor, sorted(profiles), at)
    return [
        ListedPatient(person, consents[f"consent:{person.account}"], profiles.get(person.account))
        for person in people.list_people(session, covered)
    ]


def list_consents(session: Session, actor: Actor, patient: str, at: datetime) -> list[Envelope]:
    """A patient's consents as signed, for the patient and for whom they cover.

    Raises:
        NotFound: for everybody else.
    """
    if not covers(session, actor, patient, at):
        raise NotFound
    return statements_of(session, patient)


def forget_listings(session: Session, at: datetime) -> None:
    """Remove the notes of earlier days that keep an entry from being written twice."""
    store.remove_listings(session, (at - LISTINGS_KEPT).date())


def _covered(session: Session, actor: Actor, after: str, at: datetime) -> list[str]:
    standing = standing_of(session, actor.account, at)
    return store.list_patients(session, actor.account, standing, at, after, PATIENTS_AT_ONCE)


def _record_listing(session: Session, actor: Actor, patients: list[str], at: datetime) -> None:
    new = store.add_listings(session, actor.account, at.date(), patients)
    audit.record_all(
        session,
        [
            AuditEvent(
                clinic=actor.clinic,
                actor=actor.account,
                subject=patient,
                action=Action.PROFILE_LISTED,
                automatic=True,
                time=at,
            )
            for patient in sorted(new)
        ],
    )


def _people(session: Session, actor: Actor, seen: list[SeenTeam]) -> list[Entry]:
    if actor.role in STAFF:
        return people.list_entries_of_roles(session, actor.clinic, sorted(STAFF))
    care = people.list_entries_of_roles(session, actor.clinic, sorted(CARE_STAFF))
    listed = {person.account for person in care}
    gone = {account for team in seen for account in team.named} - listed
    return [*care, *people.list_entries(session, gone)]


def _listed(person: Entry, seen: list[SeenTeam]) -> JsonObject:
    return {
        "account": person.account,
        "role": person.role.value,
        "card": None if person.card is None else person.card.as_json(),
        "teams": [team.team for team in seen if person.account in team.members],
        "joined": format_time(person.joined),
    }
