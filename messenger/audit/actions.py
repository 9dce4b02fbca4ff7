"""The closed list of what the access log records, `subject:verb`; docs/access-log.md says what each means.

An action is never renamed or reused: old entries keep their words. A new one is added here, to the
document and to the clients' catalogues in one commit.
"""

from enum import StrEnum


class Action(StrEnum):
    """What was done, as it stands in an entry's `action`."""

    CLINIC_CREATED = "clinic:created"
    CLINIC_FOUNDED = "clinic:founded"
    CLINIC_KEY_SHARED = "clinic_key:shared"

    INVITATION_CREATED = "invitation:created"
    INVITATION_CANCELLED = "invitation:cancelled"

    ACCOUNT_JOINED = "account:joined"
    ACCOUNT_SIGNED_IN = "account:signed_in"
    ACCOUNT_RECOVERED = "account:recovered"
    ACCOUNT_SIGNED_OUT = "account:signed_out"
    ACCOUNT_LOCKED = "account:locked"
    KEY_REPLACED = "key:replaced"
    VAULT_CHANGED = "vault:changed"
    DEVICE_SIGNED_OUT = "device:signed_out"
    DOCUMENT_STORED = "document:stored"
    PREFERENCES_CHANGED = "preferences:changed"

    TEAM_CREATED = "team:created"
    TEAM_GENERATION_STARTED = "team:generation_started"
    TEAM_MEMBER_ADMITTED = "team:member_admitted"
    TEAM_CHANGED = "team:changed"
    TEAM_MEMBER_APPOINTED = "team:member_appointed"
    TEAM_MEMBER_REMOVED = "team:member_removed"
    TEAM_JOINED = "team:joined"
    TEAM_COVERED = "team:covered"

    CONSENT_GIVEN = "consent:given"
    CONSENT_CHANGED = "consent:changed"
    CONSENT_REVOKED = "consent:revoked"
    READER_BLOCKED = "reader:blocked"
    READER_UNBLOCKED = "reader:unblocked"
    CONSENT_EXPORTED = "consent:exported"
    PROFILE_CHANGED = "profile:changed"
    PROFILE_LISTED = "profile:listed"
    PROFILE_OPENED = "profile:opened"

    CONVERSATION_CREATED = "conversation:created"
    CONVERSATION_ROTATED = "conversation:rotated"
    CONVERSATION_NAMED = "conversation:named"
    CONVERSATION_OPENED = "conversation:opened"
    CONVERSATION_RENEWED = "conversation:renewed"
    CONVERSATION_LEFT = "conversation:left"
    HISTORY_OPENED = "history:opened"
    CUSTODIANS_NAMED = "custodians:named"
    EMERGENCY_OPTED_IN = "emergency:opted_in"
    EMERGENCY_OPTED_OUT = "emergency:opted_out"
    EMERGENCY_KEY_MADE = "emergency_key:made"
    EMERGENCY_LOOKED_UP = "emergency:looked_up"
    EMERGENCY_REQUESTED = "emergency:requested"
    EMERGENCY_RELEASED = "emergency:released"
    EMERGENCY_OPENED = "emergency:opened"
    EMERGENCY_ENDED = "emergency:ended"
    EMERGENCY_CLOSED = "emergency:closed"
    MESSAGE_SENT = "message:sent"
    MESSAGE_ERASED = "message:erased"

    LOG_READ = "log:read"


class Outcome(StrEnum):
    """Whether the action happened."""

    DONE = "done"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why an action was refused or for what it was done; closed, so that no free text enters the log."""

    ANSWER = "answer"
    """Opened in order to answer."""
    READ = "read"
    """Opened in order to read."""
    WRITE = "write"
    """Opened in order to write."""
    AUTOMATIC = "automatic"
    """Opened by the person's client on its own account."""

    UNCONSCIOUS = "unconscious"
    """Emergency access: the patient could not be asked."""
    DANGER = "danger"
    """Emergency access: somebody's life or health was in danger."""
    MEDICINES = "medicines"
    """Emergency access: what the patient takes had to be known at once."""
    UNREACHABLE = "unreachable"
    """Emergency access: the patient and whoever treats them could not be reached."""
    JUSTIFIED = "justified"
    """Emergency access, as compliance found: rightly asked for."""
    AVOIDABLE = "avoidable"
    """Emergency access, as compliance found: in good faith, and not needed."""
    MISUSE = "misuse"
    """Emergency access, as compliance found: it should not have been asked for."""

    NOT_A_READER = "not_a_reader"
    """No consent covers the account at that time."""
    WRONG_PROOF = "wrong_proof"
    """The proof of a sign-in did not hold."""
    IDLE = "idle"
    """Ended because nobody did anything for too long."""
    REVOKED = "revoked"
    """Ended by the person, from another device."""
    CREDENTIALS_CHANGED = "credentials_changed"
    """Ended because the person made a new password or new keys on another device."""
    STOLEN = "stolen"
    """Keys replaced because a device or password was stolen."""
