"""Opening earlier epochs to readers whose consents reach back to them: what a covered client does of itself."""

from __future__ import annotations

from typing import Final

from messenger.headless.conversation import Conversation
from messenger.headless.errors import HistoryRolledBack, ServiceRefused
from messenger.headless.identifiers import now
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.history import make_history
from messenger.protocol.history_due import DueHistory, history_due
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.rotation import current_keys

_TRIES: Final = 5


def open_due_history(conversation: Conversation) -> int:
    """Seals to each reader the epochs that are due and whose keys this account holds; how many that were.

    Raises `ServiceRefused`, `KeyChanged`, `ChainRefused`.
    """
    conversation, opened = conversation.reload(), 0
    for _ in range(_TRIES):
        due = _openable(conversation)
        if not due:
            return opened
        conversation.require_known_keys()
        try:
            _post(conversation, due[0])
            opened += len(due[0].epochs)
        except ServiceRefused as refused:
            if refused.code != "chain_moved":
                raise
        conversation = conversation.reload()
    raise HistoryRolledBack


def _openable(conversation: Conversation) -> list[DueHistory]:
    """What is due, without what this account cannot open itself or that is for a key which has been replaced since."""
    found = []
    teams = conversation.directory.teams()
    for due in history_due(conversation.control, conversation.consents, teams, now(conversation.account.clock)):
        held = tuple(epoch for epoch in due.epochs if epoch in conversation.keys)
        (current,) = current_keys([due.reader], conversation.directory.teams(), conversation.directory.find).values()
        if held and current.id == due.key:
            found.append(DueHistory(due.consent, due.reader, due.key, held))
    return found


def _post(conversation: Conversation, due: DueHistory) -> None:
    keys = current_keys([due.reader], conversation.directory.teams(), conversation.directory.find)
    links = [link for epoch in due.epochs if (link := conversation.control.link_of(epoch)) is not None]
    epochs = [(link.epoch, conversation.keys[link.epoch.number]) for link in links]
    made = make_history(conversation.id, due.consent, due.reader, keys[due.reader], epochs)
    hashes = conversation.control.hashes
    statement = conversation.account.says(made.body, sequence=len(hashes), previous=hashes[-1])
    request: JsonObject = {
        "statement": statement.as_json(),
        "boxes": {str(epoch): b64u_encode(box) for epoch, box in made.boxes.items()},
    }
    conversation.account.api.post(f"/api/conversations/{conversation.id}/history", request)
