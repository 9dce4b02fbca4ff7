"""Whom a team's statements name: everybody whose chain one needs to verify them."""

from collections.abc import Iterable, Iterator

from messenger.protocol.kinds.team import TeamAdmissionBody, TeamCreateBody, TeamGenerationBody
from messenger.protocol.kinds.team_people import TeamAppointmentBody, TeamChangeBody, TeamRemovalBody
from messenger.protocol.statement import Envelope, payload_type, peek_body


def named_accounts(statements: Iterable[Envelope]) -> tuple[str, ...]:
    """Who is named in a team's statements, sorted: who signs one with a key of their own was named before.

    The statements were verified when they were stored, so what they say is only looked at here.
    """
    return tuple(sorted({account for statement in statements for account in _named(statement)}))


def _named(statement: Envelope) -> Iterator[str]:
    match statement.type:
        case _Types.CREATE:
            yield peek_body(statement, TeamCreateBody).manager
        case _Types.GENERATION:
            yield from (member.account for member in peek_body(statement, TeamGenerationBody).members)
        case _Types.ADMISSION:
            yield peek_body(statement, TeamAdmissionBody).account
        case _Types.CHANGE:
            yield from peek_body(statement, TeamChangeBody).managers
        case _Types.APPOINTMENT:
            yield peek_body(statement, TeamAppointmentBody).account
        case _Types.REMOVAL:
            yield peek_body(statement, TeamRemovalBody).account


class _Types:
    CREATE = payload_type(TeamCreateBody.kind)
    GENERATION = payload_type(TeamGenerationBody.kind)
    ADMISSION = payload_type(TeamAdmissionBody.kind)
    CHANGE = payload_type(TeamChangeBody.kind)
    APPOINTMENT = payload_type(TeamAppointmentBody.kind)
    REMOVAL = payload_type(TeamRemovalBody.kind)
