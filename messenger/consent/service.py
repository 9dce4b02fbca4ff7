"""Who may read: the second wall beside the keys, by the same pure function as in every client."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from messenger.accounts import people
from messenger.accounts.actor import Actor, Joiner
from messenger.accounts.announcements import AccountJoined
from messenger.accounts.verified import current_signing_key, verified_account
from messenger.chains import service as chains
from messenger.consent import decisions, store
from messenger.consent.errors import ConsentMisplaced
from messenger.consent.models import Consent
from messenger.protocol.consent_chain import verify_consent_chain
from messenger.protocol.encoding import format_time, parse_time
from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody
from messenger.protocol.members import is_active, members
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, verify
from messenger.teams import service as teams
from messenger.teams.errors import TeamKeyMissing

NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""After everything: the end of a consent that has none."""


def readers_of(session: Session, patient: str, conversation: str, at: datetime) -> dict[str, str]:
    """Who reads a conversation of this patient at that time: accounts and teams, each with its sealing key's id.

    Raises:
        TeamKeyMissing: a consent names a team without a key, so nothing can be sealed to it.
    """
    blocked, consents = blocked_of(session, patient), consents_of(session, patient)
    people_of = teams.people_of_each(session, {one.grantee for one in consents}) if blocked else {}
    readers = members(patient, consents, conversation, format_time(at), blocked=blocked, teams=people_of)
    keys = teams.sealing_keys(session, [reader for reader in readers if reader.startswith("tea_")])
    keys |= {person.account: person.sealing_key_id for person in people.list_entries(session, readers)}
    if keys.keys() != set(readers):
        raise TeamKeyMissing
    return keys


def may_read(session: Session, account: str, patient: str, conversation: str, at: datetime) -> bool:
    """Whether the account reads it, itself or as a member of a team."""
    if account in blocked_of(session, patient):
        return False
    readers = members(patient, consents_of(session, patient), conversation, format_time(at))
    return not set(readers).isdisjoint(standing_of(session, account, at))


def covered_until(session: Session, account: str, patient: str, conversation: str, at: datetime) -> datetime | None:
    """Until when the account reads it if nobody decides anything; None where it does not read it now.

    Consents that follow each other without a gap count as one; a team is counted in for as long as it is the account's
    now: where the account is its cover, until the end of that period.
    """
    if account == patient:
        return NEVER
    if account in blocked_of(session, patient):
        return None
    own = {account: NEVER, **_teams_until(session, account, at)}
    consents = [one for one in consents_of(session, patient) if one.grantee in own]
    until: datetime | None = None
    while ends := [_end(one, own) for one in consents if is_active(one, conversation, format_time(until or at))]:
        if max(ends) <= (until or at):
            return until
        until = max(ends)
        if until == NEVER:
            return NEVER
    return until


def _end(consent: ConsentBody, own: Mapping[str, datetime]) -> datetime:
    """When a consent stops covering whom `own` says it covers: by its own terms, or with their place in a team."""
    return min(own[consent.grantee], parse_time(consent.until) if consent.until else NEVER)


def _teams_until(session: Session, account: str, at: datetime) -> dict[str, datetime]:
    return {team: until or NEVER for team, until in teams.covered_teams_of(session, account, at).items()}


def standing_of(session: Session, account: str, at: datetime) -> set[str]:
    """What may be named in a consent so that this account reads at that time: itself, and the teams it reads for."""
    return {account, *teams.teams_of(session, account, at)}


def grants_to(session: Session, account: str, at: datetime) -> list[tuple[str, str]]:
    """(patient, scope) of every active consent that covers the account, itself or through a team."""
    return store.list_scopes(session, account, standing_of(session, account, at), at)


def covers(session: Session, actor: Actor, patient: str, at: datetime) -> bool:
    """Whether the actor is this patient, or some active consent of theirs covers the actor."""
    if actor.account == patient:
        return True
    return store.covers(session, actor.account, standing_of(session, actor.account, at), patient, at)


def consents_of(session: Session, patient: str) -> tuple[ConsentBody, ...]:
    """The consents of a patient that stand, under their newest terms; what has lapsed by its own time is among them."""
    return tuple(_body(row) for row in store.list_consents(session, patient))


def blocked_of(session: Session, patient: str) -> frozenset[str]:
    """Whom the patient keeps from reading now, whatever consents say."""
    return frozenset(account for _, account in store.list_blocked(session, [patient]))


def blocked_of_each(session: Session, patients: Collection[str]) -> dict[str, set[str]]:
    """As `blocked_of`, for many patients in one query; who blocks nobody is left out."""
    found: dict[str, set[str]] = {}
    for patient, account in store.list_blocked(session, patients):
        found.setdefault(patient, set()).add(account)
    return found


def is_opted_in(session: Session, patient: str) -> bool:
    """Whether the patient lets emergency keys read."""
    return store.find_choice(session, patient)


def statements_of(session: Session, patient: str) -> list[Envelope]:
    """The patient's consents as they were signed."""
    return chains.list_statements(session, f"consent:{patient}")


def keep_first_consent(session: Session, joined: AccountJoined) -> None:
    """Keep what a patient consented to while joining: their care team reads, from now on.

    Raises:
        ConsentMisplaced: it is to somebody else than the team that invited, or not active.
        ProtocolError: the patient did not sign it.
    """
    if joined.consent is None:
        return
    patient = verified_account(session, joined.account)
    verify_consent_chain([joined.consent], patient)
    statement = verify(joined.consent, ConsentBody, {"self": current_signing_key(session, joined.account)})
    body = statement.body
    active = is_active(body, SCOPE_ALL, format_time(joined.time)) or is_active(body, SCOPE_ALL, statement.header.time)
    if body.grantee != joined.teams[0] or not active:
        raise ConsentMisplaced
    decisions.keep_given(session, Joiner(joined.account, joined.role, body.clinic), statement, joined.time)


def _body(row: Consent) -> ConsentBody:
    """The statement's own members again, so that one function decides here and in every client."""
    return ConsentBody.parse(
        Members(
            {
                "consent": row.consent,
                "patient": row.patient,
                "clinic": row.clinic,
                "grantee": row.grantee,
                "scope": row.scope,
                "purpose": row.purpose,
                "history": row.history,
                "from": format_time(row.history_from) if row.history_from else None,
                "not_before": format_time(row.not_before),
                "until": format_time(row.until) if row.until else None,
                "may_open": row.may_open,
            }
        )
    )
