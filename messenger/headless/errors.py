"""What stops this client. Every alarm says in plain words what was seen; none is passed over."""

from __future__ import annotations

from messenger.errors import BetweenError


class ServiceRefused(BetweenError):
    """The service answered with an error of its own; code and sentence are the service's."""

    def __init__(self, code: str, status: int, sentence: str) -> None:
        super().__init__(code, status, sentence)


class AnswerUnreadable(BetweenError):
    """The service answered something that is not the protocol."""

    def __init__(self) -> None:
        super().__init__("answer_unreadable", 502, "The service answered something that is not the protocol.")


class SignInFailed(BetweenError):
    """Name, password and account do not fit together; whatever the cause, one error."""

    def __init__(self) -> None:
        super().__init__("sign_in_failed", 401, "This name and password do not open an account here.")


class HistoryRolledBack(BetweenError):
    """The service shows less, or something else, than this client has already verified."""

    def __init__(self) -> None:
        super().__init__(
            "rolled_back",
            409,
            "The service shows an older or another history than this device has seen. Do not go on; tell your clinic.",
        )


class KeyChanged(BetweenError):
    """A reader has other keys than when they were last verified; the person must look before anything is sent."""

    def __init__(self, account: str) -> None:
        super().__init__(
            "key_changed",
            409,
            "The keys of {account} have changed. Compare safety codes, then acknowledge the change to go on.",
            account=account,
        )
        self.account = account


class ConsentUnknown(BetweenError):
    """No such consent stands: it was never given, or is revoked already."""

    def __init__(self) -> None:
        super().__init__("consent_unknown", 404, "No such consent stands.")


class ConversationClosed(BetweenError):
    """No consent of the patient covers this account here any more."""

    def __init__(self) -> None:
        super().__init__(
            "conversation_closed", 403, "The patient's consent no longer covers you here: nothing more is served."
        )


class LogAlarm(BetweenError):
    """The access log forked, shrank or cannot prove that it only grew."""

    def __init__(self, alarm: str) -> None:
        super().__init__(
            f"log_{alarm}",
            409,
            "The clinic's access log does not continue what this device has seen ({alarm}).",
            alarm=alarm,
        )


class NotAMember(BetweenError):
    """This account cannot open what it was asked to: no key was sealed to it."""

    def __init__(self) -> None:
        super().__init__("no_key", 403, "No key of this was sealed to this account.")


class NotTheKeyHolder(BetweenError):
    """The clinic's own key is needed and this account does not hold it."""

    def __init__(self) -> None:
        super().__init__("clinic_key_needed", 403, "Only an administrator who holds the clinic's key can do this.")


class KeystoreUnusable(BetweenError):
    """The keystore file is damaged, another account's, or in use by another process."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, 409, sentence)
