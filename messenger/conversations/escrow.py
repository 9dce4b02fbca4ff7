"""What an emergency key opens of a conversation: its chain, the boxes of its epochs, and the messages in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from messenger.chains import service as chains
from messenger.consent import service as consent
from messenger.conversations import emergency_keys, lease_store, message_store, store
from messenger.conversations.caller import Caller
from messenger.conversations.epochs import stretches_for
from messenger.conversations.errors import StatementUsed
from messenger.conversations.forms import control_form, page_form
from messenger.conversations.models import Lease
from messenger.conversations.reading import Control, Page
from messenger.protocol.encoding import b64u_decode, b64u_encode, parse_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.access import OpenBody
from messenger.protocol.statement import Envelope, Statement

PAGE: Final = 200


@dataclass(frozen=True)
class Escrowed:
    """A conversation as an emergency key opens it, and the patient's consents that it is judged by."""

    control: Control
    consents: Sequence[Envelope]
    page: Page

    def as_json(self) -> JsonObject:
        """As it travels."""
        statements = [envelope.as_json() for envelope in self.consents]
        return {"control": control_form(self.control), "consents": [*statements], **page_form(self.page)}


def read(session: Session, conversation: str, emergency_key: str, before: int | None) -> Escrowed:
    """At most 200 messages of the epochs sealed to this key, the newest ones or those before a sequence. No other's."""
    row = store.get_conversation(session, conversation)
    control = Control(
        statements=chains.list_statements(session, f"conversation:{conversation}"),
        names={b64u_encode(name.statement): name.ciphertext for name in store.list_names(session, conversation)},
        boxes=store.list_boxes(session, conversation, [emergency_key]),
        history=[],
        emergency=emergency_keys.ground_of(session, row),
    )
    stretches = stretches_for(session, row, [emergency_key])
    messages = message_store.list_before(session, conversation, stretches.served, before, PAGE)
    page = Page(messages, row.last_sequence, stretches.withheld)
    return Escrowed(control, consent.statements_of(session, row.patient), page)


def use_once(
    session: Session, caller: Caller, conversation: str, statement: Statement[OpenBody], event: str, at: datetime
) -> None:
    """Note that a request to open was used. It gives no lease: an emergency is read by its own door.

    Raises:
        StatementUsed: it was used before.
    """
    used = Lease(
        statement=b64u_decode(statement.hash),
        event=event,
        session=caller.session,
        account=caller.account,
        conversation=conversation,
        signed=parse_time(statement.header.time),
        until=at,
    )
    if not lease_store.add_lease(session, used):
        raise StatementUsed
