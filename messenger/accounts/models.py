"""Tables of people and of what signs them in. Nothing here opens content; shares live as long as their session."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from messenger.db import Base, UtcDateTime


class Account(Base):
    """A person in one clinic, with the keys that are current: the end of their chain, kept for queries."""

    __tablename__ = "accounts"

    account: Mapped[str] = mapped_column(String(36), primary_key=True)
    clinic: Mapped[str] = mapped_column(ForeignKey("clinics.clinic"))
    role: Mapped[str] = mapped_column(String(20))
    invitation: Mapped[str] = mapped_column(ForeignKey("invitations.invitation"), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(192), unique=True)
    language: Mapped[str] = mapped_column(String(10))
    key_version: Mapped[int] = mapped_column(Integer)
    signing_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealing_key: Mapped[bytes] = mapped_column(LargeBinary(1216))
    sealing_key_id: Mapped[str] = mapped_column(String(43))
    vault_version: Mapped[int] = mapped_column(Integer)
    joined: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_accounts_clinic_role", "clinic", "role"),)


class Invitation(Base):
    """Who may become `account`, once. A founding invitation has no statement until the founder's browser signs it."""

    __tablename__ = "invitations"

    invitation: Mapped[str] = mapped_column(String(36), primary_key=True)
    clinic: Mapped[str] = mapped_column(ForeignKey("clinics.clinic"))
    account: Mapped[str] = mapped_column(String(36), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    teams: Mapped[list[str]] = mapped_column(JSON)
    inviter: Mapped[str] = mapped_column(String(36))
    founding: Mapped[bool]
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    used: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled: Mapped[datetime | None] = mapped_column(UtcDateTime)
    card_salt: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    card_text: Mapped[str | None] = mapped_column(Text)
    label: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_invitations_clinic_created", "clinic", "created"),
        Index("ix_invitations_inviter_created", "inviter", "created"),
    )


class Vault(Base):
    """An account's newest vault as it was signed. Older ones are not kept: an old password must open nothing."""

    __tablename__ = "vaults"

    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)


class SignInSlot(Base):
    """The public half of a credential: what a sign-in proof is verified with. Written anew with each vault."""

    __tablename__ = "sign_in_slots"

    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    type: Mapped[str] = mapped_column(String(10), primary_key=True)
    slot: Mapped[str] = mapped_column(String(36))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    sign_in_key: Mapped[bytes] = mapped_column(LargeBinary(32))


class Challenge(Base):
    """A challenge that was given out, kept as its hash; the same row for a name that nobody has.

    An answer that did not hold leaves it here, `answered`, until its entry is in the access log: at once it would take
    longer for a name that somebody has.
    """

    __tablename__ = "challenges"

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    name_key: Mapped[str] = mapped_column(String(192))
    slot: Mapped[str] = mapped_column(String(10))
    expires: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    answered: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class PossessionTicket(Base):
    """A nonce sealed to a sealing key, waiting for its holder to bring it back; nonce and ticket as hashes."""

    __tablename__ = "possession_tickets"

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(36))
    sealing_key_id: Mapped[str] = mapped_column(String(43))
    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    expires: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Device(Base):
    """A browser or headless client that signed in. Its label is the person's own words for it."""

    __tablename__ = "devices"

    device: Mapped[str] = mapped_column(String(36), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime)


class SignedInSession(Base):
    """A running session: the token's hash, and the half of the device's wrapping key that ends with it."""

    __tablename__ = "sessions"

    session: Mapped[str] = mapped_column(String(36), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), index=True)
    device: Mapped[str] = mapped_column(ForeignKey("devices.device"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    share: Mapped[bytes] = mapped_column(LargeBinary(32))
    created: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SealedDocument(Base):
    """A document that its owner alone can open, replaced by compare-and-swap on its version."""

    __tablename__ = "documents"

    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
