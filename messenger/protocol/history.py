"""What was written before a reader came: which epochs a consent opens, and how their keys travel (§5)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from messenger.protocol.encoding import hash_text
from messenger.protocol.epoch import epoch_commitment
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody
from messenger.protocol.kinds.conversation import ConversationHistoryBody, Epoch, OpenedEpoch
from messenger.protocol.link import Link
from messenger.protocol.sealing import SealingKey, SealingPublicKey, history_box_info, open_box, seal
from messenger.protocol.statement import Statement


@dataclass(frozen=True)
class HistoryGrant:
    """Earlier epochs opened to a reader by a verified statement; `boxes` is epoch number → hash of the box."""

    statement: str
    place: int
    time: str
    signer: str
    consent: str
    reader: str
    key: str
    boxes: Mapping[int, str]

    @classmethod
    def of(cls, statement: Statement[ConversationHistoryBody], place: int) -> HistoryGrant:
        """What the statement at this place of the control chain opens."""
        body, header = statement.body, statement.header
        boxes = {epoch.number: epoch.box for epoch in body.epochs}
        signer = header.signer.account or ""
        return cls(statement.hash, place, header.time, signer, body.consent, body.reader, body.key, boxes)


@dataclass(frozen=True)
class NewHistory:
    """Earlier epochs just sealed: what the statement says, and the boxes beside it by epoch number."""

    body: ConversationHistoryBody
    boxes: Mapping[int, bytes]


def opens_epochs(links: Sequence[Link], consent: ConsentBody, reader: str, conversation: str) -> tuple[int, ...]:
    """The epochs that a consent opens to a reader by it beside the running one, which the running link seals to it.

    They are those before it that were not sealed to the reader's key of the running link, as far back as the consent
    goes: an epoch counts by when it began. None where the reader does not read the running epoch, or the consent is to
    another conversation.
    """
    running = links[-1].keys
    if reader not in running or consent.scope not in (SCOPE_ALL, conversation):
        return ()
    key = running[reader]
    earlier = (link for link in links[:-1] if _reaches(consent, link.time))
    return tuple(link.epoch.number for link in earlier if link.keys.get(reader) != key)


def make_history(
    conversation: str, consent: str, reader: str, to: SealingPublicKey, epochs: Iterable[tuple[Epoch, bytes]]
) -> NewHistory:
    """The keys of earlier epochs sealed to a reader under a consent; at least one (epoch, its key)."""
    sealed = {epoch.number: _seal(conversation, consent, reader, to, epoch, key) for epoch, key in epochs}
    opened = tuple(OpenedEpoch(number, hash_text(box)) for number, box in sorted(sealed.items()))
    return NewHistory(ConversationHistoryBody(conversation, consent, reader, to.id, opened), sealed)


def open_history(conversation: str, grant: HistoryGrant, epoch: Epoch, private: SealingKey, box: bytes) -> bytes:
    """The key of an earlier epoch in a box of `grant`; raises `OpeningFailed`: `wrong_box` when it is not the box that
    the signed statement lists for this epoch and key, `cannot_open`, `wrong_commitment` when it holds another key than
    the epoch's own readers got.
    """
    if grant.key != private.id or grant.boxes.get(epoch.number) != hash_text(box):
        raise OpeningFailed("wrong_box", "This is not the box that was sealed to this reader.")
    place = (conversation, epoch.number, grant.reader, private.id, epoch.commitment, grant.consent)
    key = open_box(private, history_box_info(*place), box)
    if not hmac.compare_digest(epoch_commitment(conversation, epoch.number, key), epoch.commitment):
        raise OpeningFailed("wrong_commitment", "This box holds another key than the epoch's link commits to.")
    return key


def _seal(conversation: str, consent: str, reader: str, to: SealingPublicKey, epoch: Epoch, key: bytes) -> bytes:
    place = (conversation, epoch.number, reader, to.id, epoch.commitment, consent)
    return seal(to, history_box_info(*place), key)


def _reaches(consent: ConsentBody, began: str) -> bool:
    return consent.history == "all" or (consent.history_from is not None and consent.history_from <= began)
