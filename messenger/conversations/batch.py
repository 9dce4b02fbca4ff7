"""One transaction for many messages and receipts: each decided by itself, all of what passed committed at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from messenger import events
from messenger.audit import service as audit
from messenger.audit.actions import Action, Outcome, Reason
from messenger.audit.service import AuditEvent
from messenger.conversations import batch_store
from messenger.conversations.announcements import (
    ConversationChanged,
    MessageErased,
    MessagesSent,
    ReceiptChanged,
    SentMessage,
)
from messenger.conversations.errors import (
    ConversationUnknown,
    DeviceSequenceBroken,
    DuplicateId,
    HeadUnknown,
    RetiredKey,
    SequenceUnknown,
    SessionOver,
    StaleEpoch,
    TargetNotYours,
)
from messenger.conversations.known import ConsentCache, Known, Place, Stored, gather
from messenger.conversations.sending import Acknowledgement, Answer, PutReceipt, Send, Work
from messenger.db import Database
from messenger.errors import BetweenError
from messenger.protocol.encoding import b64u_decode, b64u_encode, format_time


def commit_batch(database: Database, work: Sequence[Work], consents: ConsentCache, at: datetime) -> list[Answer]:
    """Store what passes of `work` and answer each piece, in order, once all of it is durable.

    Raises whatever the database raises; then nothing, or all, was stored, and the work is to be tried again. What is
    found stored already is announced once more: its first announcement may have been lost with such a failure.
    """
    with database.unit_of_work() as session:
        batch = _Batch(gather(session, work, consents, at, format_time(at)))
        answers = [batch.take(item) for item in work]
        batch.write(session)
    if batch.found:
        database.subscribers.announce([MessagesSent(tuple(batch.found))])
    return answers


class _Batch:
    def __init__(self, known: Known) -> None:
        self._known = known
        self._sent: dict[str, Send] = {}
        self._erased: dict[str, str] = {}
        self._entries: list[AuditEvent] = []
        self._receipts: dict[tuple[str, str], ReceiptChanged] = {}
        self.found: list[SentMessage] = []
        """Messages that were stored before."""

    def take(self, item: Work) -> Answer:
        try:
            return self._take_message(item) if isinstance(item, Send) else self._take_receipt(item)
        except BetweenError as refused:
            return refused

    def _take_message(self, send: Send) -> Acknowledgement:
        stored = self._known.stored.get(send.header.id)
        if stored is not None:
            return self._acknowledge_again(send, stored)
        place = self._admit(send, send.header.conversation, Action.MESSAGE_SENT)
        self._check(send, place)
        header = send.header
        place.last_sequence += 1
        place.moved = True
        self._sent[header.id] = send
        self._known.stored[header.id] = Stored(
            place.conversation, header.sender, place.last_sequence, self._known.at, send.hash
        )
        self._known.device_heads[place.conversation, header.device] = (header.device_sequence, send.hash)
        self._entries.append(_entry(send, place, Action.MESSAGE_SENT, header.id, self._known.at))
        if header.takes_back is not None:
            self._erased[header.takes_back] = place.conversation
            self._entries.append(_entry(send, place, Action.MESSAGE_ERASED, header.takes_back, self._known.at))
        return Acknowledgement(header.id, place.last_sequence, self._known.at, stored=True)

    def _acknowledge_again(self, send: Send, stored: Stored) -> Acknowledgement:
        if stored.hash != send.hash:
            raise DuplicateId
        if send.header.id not in self._sent:
            self.found.append(self._announced(send))
        return Acknowledgement(send.header.id, stored.sequence, stored.received, stored=False)

    def _admit(self, item: Work, conversation: str, action: Action) -> Place:
        """The place, if the caller's session still runs and a consent covers the caller now."""
        standing = self._known.standing.get(item.caller.session)
        if standing is None or standing.account != item.caller.account:
            raise SessionOver
        place = self._known.places.get(conversation)
        if place is None:
            raise ConversationUnknown
        if not self._known.may_read(item.caller.account, place):
            self._entries.append(
                AuditEvent(
                    clinic=place.clinic,
                    actor=item.caller.account,
                    action=action,
                    subject=place.patient,
                    conversation=place.conversation,
                    time=self._known.at,
                    outcome=Outcome.REFUSED,
                    reason=Reason.NOT_A_READER,
                )
            )
            raise ConversationUnknown
        return place

    def _check(self, send: Send, place: Place) -> None:
        header = send.header
        if self._known.standing[send.caller.session].signing_key_id != header.key:
            raise RetiredKey
        if header.epoch != place.epoch or place.epoch_over:
            raise StaleEpoch
        self._check_heads(send, place)
        sequence, previous = self._known.device_heads.get((place.conversation, header.device), (0, None))
        follows = None if header.device_previous is None else b64u_decode(header.device_previous)
        if (header.device_sequence, follows) != (sequence + 1, previous):
            raise DeviceSequenceBroken(sequence + 1)
        for aim in (header.corrects, header.takes_back):
            target = None if aim is None else self._known.stored.get(aim)
            own = target is not None and (target.conversation, target.sender) == (place.conversation, header.sender)
            if aim is not None and not own:
                raise TargetNotYours

    def _check_heads(self, send: Send, place: Place) -> None:
        """The states that the message names are states that were, and no older than the running epoch's link."""
        places = self._known.chain_places
        if send.header.control_head != b64u_encode(place.control_head):
            stands = places[f"conversation:{place.conversation}", send.header.control_head]
            if stands is None or stands < place.epoch_place:
                raise HeadUnknown
        consent_head = (f"consent:{place.patient}", send.header.consent_head)
        if consent_head in places and places[consent_head] is None:
            raise HeadUnknown

    def _take_receipt(self, item: PutReceipt) -> ReceiptChanged:
        place = self._admit(item, item.conversation, Action.CONVERSATION_OPENED)
        if max(item.delivered, item.read) > place.last_sequence:
            raise SequenceUnknown
        key = (item.conversation, item.caller.account)
        delivered, read = self._known.receipts.get(key, (0, 0))
        read = max(read, item.read)
        delivered = max(delivered, item.delivered, read)
        changed = ReceiptChanged(item.conversation, item.caller.account, delivered, read)
        if self._known.receipts.get(key) != (delivered, read):
            self._known.receipts[key] = (delivered, read)
            self._receipts[key] = changed
        return changed

    def write(self, session: Session) -> None:
        """Write all that was taken, and tell the rooms above."""
        connection = session.connection()
        written = batch_store.Batch(
            messages=[self._message_row(send) for send in self._sent.values()],
            conversations=[self._moved_row(place) for place in self._moved()],
            device_heads=self._device_rows(),
            receipts=[_receipt_row(receipt) for receipt in self._receipts.values()],
        )
        writes = batch_store.writes_of(written)
        audit.record_with(writes, session, self._entries)
        writes.run(connection)
        batch_store.erase_ciphertexts(connection, [message for message in self._erased if message not in self._sent])
        self._publish(session)

    def _publish(self, session: Session) -> None:
        if self._sent:
            events.publish(session, MessagesSent(tuple(self._announced(send) for send in self._sent.values())))
        for message, conversation in self._erased.items():
            events.publish(session, MessageErased(conversation, message))
        for place in self._moved():
            readers = self._known.readers(place)
            events.publish(
                session, ConversationChanged(place.conversation, place.last_sequence, place.control_head, readers)
            )
        for receipt in self._receipts.values():
            events.publish(session, receipt)

    def _moved(self) -> list[Place]:
        return [place for place in self._known.places.values() if place.moved]

    def _moved_row(self, place: Place) -> dict[str, Any]:
        return {
            "conversation": place.conversation,
            "last_sequence": place.last_sequence,
            "last_received": self._known.at,
        }

    def _device_rows(self) -> list[dict[str, Any]]:
        written = {(send.header.conversation, send.header.device) for send in self._sent.values()}
        heads = {place: self._known.device_heads[place] for place in sorted(written)}
        return [
            {"conversation": conversation, "device": device, "sequence": sequence, "hash": value}
            for (conversation, device), (sequence, value) in heads.items()
        ]

    def _message_row(self, send: Send) -> dict[str, Any]:
        header, message = send.header, send.message
        return {
            "message": header.id,
            "conversation": header.conversation,
            "sequence": self._known.stored[header.id].sequence,
            "sender": header.sender,
            "device": header.device,
            "device_sequence": header.device_sequence,
            "hash": send.hash,
            "header": message.header,
            "ciphertext": None if header.id in self._erased else message.ciphertext,
            "ciphertext_hash": message.ciphertext_hash,
            "signature": message.signature,
            "received": self._known.at,
        }

    def _announced(self, send: Send) -> SentMessage:
        header, message, place = send.header, send.message, self._known.places[send.header.conversation]
        stored = self._known.stored[header.id]
        return SentMessage(
            id=header.id,
            conversation=header.conversation,
            clinic=place.clinic,
            patient=place.patient,
            sequence=stored.sequence,
            received=stored.received,
            sender=header.sender,
            role=send.caller.role,
            kind=header.kind,
            category=header.category,
            urgency=header.urgency,
            answers=header.answers,
            acknowledges=header.acknowledges,
            corrects=header.corrects,
            takes_back=header.takes_back,
            header=message.header,
            ciphertext=None if header.id in self._erased else message.ciphertext,
            ciphertext_hash=message.ciphertext_hash,
            signature=message.signature,
        )


def _entry(send: Send, place: Place, action: Action, message: str, at: datetime) -> AuditEvent:
    """The entry of a message; `statement` is the hash of the message that did it."""
    return AuditEvent(
        clinic=place.clinic,
        actor=send.caller.account,
        action=action,
        subject=place.patient,
        object=message,
        conversation=place.conversation,
        statement=send.hash,
        time=at,
    )


def _receipt_row(receipt: ReceiptChanged) -> dict[str, Any]:
    return {
        "conversation": receipt.conversation,
        "account": receipt.account,
        "delivered": receipt.delivered,
        "read": receipt.read,
    }
