"""Reads of entries that the sequencer has placed, by whose they are."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from messenger.audit.models import AuditBody, AuditFrame
from messenger.protocol.access_log import Frame


def list_placed(
    session: Session, clinic: str, subject: str, actions: Collection[str], size: int
) -> list[tuple[Frame, bytes]]:
    """Frame and body of the subject's entries with one of these actions, among the log's first `size`, in its order."""
    rows = session.execute(
        select(AuditFrame, AuditBody.body)
        .join(AuditBody, AuditBody.event == AuditFrame.event)
        .where(
            AuditFrame.clinic == clinic,
            AuditFrame.subject == subject,
            AuditFrame.index < size,
            AuditBody.action.in_(actions),
        )
        .order_by(AuditFrame.index)
    )
    return [
        (Frame(row.index, row.subject, row.sequence, row.previous, row.body_hash), body.encode("ascii"))
        for row, body in rows
    ]
