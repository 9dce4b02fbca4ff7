"""What can be wrong when people open, change or write into a conversation."""

from messenger.audit.service import AuditEvent
from messenger.errors import Conflict, Invalid, NotFound, Refused, TooLarge, Unauthenticated, Unavailable


class ConversationUnknown(NotFound):
    """There is no such conversation for this caller."""


class NotAReader(NotFound):
    """The conversation exists, but nobody's consent lets this caller read it; answered as if it did not exist.

    Whoever answers records `attempt` first, in a transaction of its own: the patient's log shows who tried.
    """

    def __init__(self, attempt: AuditEvent) -> None:
        super().__init__()
        self.attempt = attempt


class OpenFirst(Refused):
    """Content is served within the time that a signed opening gives, and none runs."""

    def __init__(self) -> None:
        super().__init__("open_first", "Open the conversation first.")


class StatementUsed(Conflict):
    """This very request was made before: it counts once."""

    def __init__(self) -> None:
        super().__init__("statement_used", "This request was already used. Open the conversation again.")


class StatementMisplaced(Invalid):
    """A good statement by or about something else than it was sent for."""

    def __init__(self) -> None:
        super().__init__("statement_misplaced", "This statement is about something else than what it was sent for.")


class ConsentMoved(Conflict):
    """The statement names an older consent than the patient's newest."""

    def __init__(self) -> None:
        super().__init__("consent_moved", "The patient's consent has changed. Look at it again, then try again.")


class WrongReaders(Conflict):
    """The epoch key is sealed to more or fewer readers, or to other keys, than consent gives now."""

    def __init__(self) -> None:
        super().__init__(
            "wrong_readers", "Who may read this conversation has changed. Look at it again, then try again."
        )


class BoxesMismatched(Invalid):
    """The boxes or the name sent beside a statement are not those whose hashes it holds."""

    def __init__(self) -> None:
        super().__init__("boxes_mismatched", "What was sent beside the statement is not what the statement names.")


class NotCovered(Refused):
    """The caller may read here, but may not begin conversations with this patient."""

    def __init__(self) -> None:
        super().__init__("not_covered", "The patient's consent does not let you begin a conversation.")


class SessionOver(Unauthenticated):
    """The session ended while the work waited."""

    def __init__(self) -> None:
        super().__init__("sign_in_needed", "Sign in first.")


class DuplicateId(Conflict):
    """Another message has this id."""

    def __init__(self) -> None:
        super().__init__("duplicate_id", "Another message has this id already. Nothing was replaced.")


class StaleEpoch(Conflict):
    """The message is encrypted under another key than the running one: encrypt it anew."""

    def __init__(self) -> None:
        super().__init__("stale_epoch", "The key of this conversation has changed. Encrypt the message again.")


class DeviceSequenceBroken(Conflict):
    """The message does not follow the last one of its device here."""

    def __init__(self, expected: int) -> None:
        super().__init__(
            "device_sequence",
            "This message does not follow the last one of this device: number {expected} is expected.",
            expected=expected,
        )


class HeadUnknown(Invalid):
    """The message names links or consents that are not there, or are older than the running epoch."""

    def __init__(self) -> None:
        super().__init__("unknown_head", "The message names a state that this conversation does not have.")


class TargetNotYours(Invalid):
    """A correction or retraction of what the sender did not write here."""

    def __init__(self) -> None:
        super().__init__("not_your_message", "Only a message of your own in this conversation can be changed so.")


class RetiredKey(Conflict):
    """The message is signed with a key that is not the sender's current one."""

    def __init__(self) -> None:
        super().__init__("retired_key", "Your keys have changed since this message was signed. Sign in again.")


class MessageTooLarge(TooLarge):
    """A header or ciphertext beyond what is taken."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            "message_too_large", "The message is too long: at most {limit} encrypted bytes are taken.", limit=limit
        )


class SequenceUnknown(Invalid):
    """A receipt or a leaving names messages that are not there."""

    def __init__(self) -> None:
        super().__init__("sequence_unknown", "This names messages that this conversation does not have.")


class BadQuery(Invalid):
    """The span of messages asked for makes no sense."""

    def __init__(self, most: int) -> None:
        super().__init__("bad_query", "Ask for messages before or after a number, at most {most} at once.", most=most)


class CannotBeStored(Unavailable):
    """Nothing was stored, nothing is lost: the same bytes may be sent again."""

    def __init__(self) -> None:
        super().__init__(
            "cannot_be_stored",
            "The service cannot store anything at the moment. Nothing was changed; please try again in a moment.",
        )


class NotOptedIn(Conflict):
    """The patient lets nobody in for an emergency, or their client has made no key since: there is no way."""

    def __init__(self) -> None:
        super().__init__(
            "not_opted_in", "The patient has not opted in to emergency access here. There is no other way in."
        )
