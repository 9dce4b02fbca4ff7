"""The conversations of an account: listing them, beginning one."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.headless.account import Account
from messenger.headless.conversation import Conversation
from messenger.headless.directory import Directory
from messenger.headless.identifiers import new_id, now
from messenger.protocol.encoding import b64u_encode, hash_text
from messenger.protocol.epoch import encrypt_name, make_epoch
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.conversation import ConversationCreateBody
from messenger.protocol.rotation import current_keys, due_readers
from messenger.protocol.shape import Members


@dataclass(frozen=True)
class ListedConversation:
    """A line of the list: no message content."""

    conversation: str
    patient: str
    last_sequence: int
    read: int
    open_questions: tuple[str, ...]


@dataclass
class Conversations:
    """What a signed-in account does with conversations."""

    account: Account
    directory: Directory

    @classmethod
    def of(cls, account: Account) -> Conversations:
        """The account's, with a directory of their own."""
        return cls(account, Directory(account))

    def list(self) -> list[ListedConversation]:
        """The conversations that this account reads, the one written into last first."""
        served = self.account.api.get("/api/conversations").list("conversations", lambda item: item)
        return [_listed(item) for item in served]

    def open(self, conversation: str) -> Conversation:
        """A conversation, verified; raises as `Conversation.load`."""
        return Conversation.load(self.account, self.directory, conversation)

    def create(self, patient: str, name: str | None = None) -> Conversation:
        """Begins a conversation for whom the patient's consents name, and no one else.

        Raises `KeyChanged`, `ServiceRefused` (`not_covered`, …), `ChainRefused` (`team_without_key`).
        """
        account, conversation = self.account, new_id("cnv", self.account.clock)
        consents = self.directory.consents(patient)
        due = due_readers(patient, consents, self.directory.teams(), conversation, now(account.clock))
        keys = current_keys(due, self.directory.teams(), self.directory.find)
        new = make_epoch(conversation, 1, keys)
        ciphertext = None if name is None else encrypt_name(new.key, conversation, 1, name)
        body = ConversationCreateBody(
            conversation=conversation,
            clinic=account.clinic.clinic,
            patient=patient,
            consent_head=consents.head or "",
            epoch=new.epoch,
            name=None if ciphertext is None else hash_text(ciphertext),
        )
        request: JsonObject = {
            "statement": account.says(body, sequence=0).as_json(),
            "boxes": {reader: b64u_encode(box) for reader, box in new.boxes.items()},
            "name": None if ciphertext is None else b64u_encode(ciphertext),
        }
        account.api.post("/api/conversations", request)
        account.save_pins()
        return self.open(conversation)


def _listed(value: JsonValue) -> ListedConversation:
    line = Members(value)
    questions = line.list("open_questions", lambda item: Members(item).id("id", "msg"))
    return ListedConversation(
        conversation=line.id("conversation", "cnv"),
        patient=line.id("patient", "acc"),
        last_sequence=line.integer("last_sequence"),
        read=line.integer("read"),
        open_questions=questions,
    )
