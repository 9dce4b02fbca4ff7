"""Who comes to read for a team is in the log of every patient concerned before the first read, and on open pages."""

from sqlalchemy.orm import Session

from messenger import events
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.consent import store
from messenger.teams.announcements import ReaderCame, ReadersLeft, TeamChanged


def record_joiner(session: Session, came: ReaderCame) -> None:
    """Write an entry for each patient who lets the team read or will, in the transaction that lets the reader in.

    Patients who keep this person out are told of nobody who came to read. Until it is durable the reader is nobody to
    the server, so nothing can be opened that was not announced.
    """
    action = Action.TEAM_COVERED if came.cover else Action.TEAM_JOINED
    patients = store.list_consenting(session, came.team, came.time)
    kept_out_by = store.list_blocking(session, came.account)
    audit.record_all(
        session,
        [
            AuditEvent(
                clinic=came.clinic,
                actor=came.by,
                subject=patient,
                action=action,
                object=came.account,
                statement=came.statement,
                time=came.time,
            )
            for patient in patients
            if patient not in kept_out_by
        ],
    )
    events.publish(session, TeamChanged(came.team, tuple(patients)))


def tell_of_leavers(session: Session, left: ReadersLeft) -> None:
    """Let the patients' open pages look at the team again: it has fewer people, and soon another key."""
    patients = store.list_consenting(session, left.team, left.time)
    events.publish(session, TeamChanged(left.team, tuple(patients)))
