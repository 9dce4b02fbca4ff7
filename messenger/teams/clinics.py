"""Clinics: created by the operator, founded by their first administrator, their key held by a second one."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from sqlalchemy.orm import Session

from messenger.accounts import invitations, joining, people
from messenger.accounts.actor import Actor
from messenger.accounts.errors import StatementMisplaced
from messenger.accounts.joining import Joining
from messenger.accounts.sign_in import SignedIn
from messenger.accounts.verified import verified_clinic
from messenger.audit import logs
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.service import SYSTEM, AuditEvent
from messenger.chains import service as chains
from messenger.errors import Invalid, NotFound
from messenger.protocol.clinic_chain import verify_clinic_chain
from messenger.protocol.commitment import CommittedText
from messenger.protocol.encoding import b64u_encode, hash_text
from messenger.protocol.ids import make_id
from messenger.protocol.invitation import InvitationLink, generate_invitation_secret
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.clinic import ClinicBody, ClinicKeyShareBody
from messenger.protocol.sealing import BOX_BYTES
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, peek_body, verify
from messenger.roles import Role
from messenger.teams import store
from messenger.teams.errors import BoxMisplaced, ClinicFounded, ClinicUnknown, KeysChanged
from messenger.teams.models import Clinic, ClinicKeyBox

FOUNDING_RUNS: Final = timedelta(days=7)
"""How long the founding link is good."""

LONGEST_NAME: Final = 120
KEY_HOLDERS_NEEDED: Final = 2


@dataclass(frozen=True)
class Service:
    """Where this service is found and the secret its logs' keys are sealed under."""

    base_url: str
    authority: str
    secret: bytes


@dataclass(frozen=True)
class CreatedClinic:
    """What `clinic create` prints; the link holds a secret that is kept nowhere else."""

    clinic: str
    link: str
    log_key: str


@dataclass(frozen=True)
class FoundingTerms:
    """What the founder's browser must put into the clinic's first statement."""

    clinic: str
    name: str
    founder: str
    log_key: str
    origin: str

    def as_json(self) -> JsonObject:
        """The terms as they travel."""
        return {
            "clinic": self.clinic,
            "name": self.name,
            "founder": self.founder,
            "log_key": self.log_key,
            "origin": self.origin,
        }


@dataclass(frozen=True)
class Founding:
    """What the founder sends: the clinic's statement and their own invitation by it, then what every joiner sends."""

    clinic: Envelope
    invitation: Envelope
    card: CommittedText
    joining: Joining

    @classmethod
    def take(cls, members: Members) -> Self:
        """From the members of a request; raises `EncodingRefused`."""
        return cls(
            clinic=Envelope.parse(members.take("clinic")),
            invitation=Envelope.parse(members.take("invitation_statement")),
            card=CommittedText.parse(members.take("card")),
            joining=Joining.take(members),
        )


@dataclass(frozen=True)
class KeyShare:
    """The clinic's key as it was sealed to one administrator."""

    statement: Envelope
    box: bytes

    def as_json(self) -> JsonObject:
        """`{statement, box}`."""
        return {"statement": self.statement.as_json(), "box": b64u_encode(self.box)}


def create_clinic(session: Session, name: str, service: Service, at: datetime) -> CreatedClinic:
    """Make a clinic, its log and the one link with which its founder joins within a week.

    Raises:
        Invalid: `clinic_name_unusable`.
    """
    name = _clinic_name(name)
    clinic, founder, invitation = (_new_id(kind, at) for kind in ("cln", "acc", "inv"))
    log_key = logs.create_log(session, clinic, service.authority, service.secret, at)
    store.add_clinic(
        session,
        Clinic(
            clinic=clinic,
            name=name,
            founder=founder,
            log_key=log_key,
            origin=logs.log_origin(service.authority, clinic),
            created=at,
        ),
    )
    fingerprint = hash_text(log_key.encode())
    link = InvitationLink(service.base_url, "f", invitation, generate_invitation_secret(), fingerprint)
    invitations.keep_founding(session, clinic, founder, invitation, link.key.public.raw, at, at + FOUNDING_RUNS)
    audit.record(
        session,
        AuditEvent(clinic=clinic, actor=SYSTEM, subject=clinic, action=Action.CLINIC_CREATED, object=clinic, time=at),
    )
    return CreatedClinic(clinic, link.text(), log_key)


def terms_of(session: Session, clinic: str) -> FoundingTerms:
    """The terms on which a clinic can be founded.

    Raises:
        ClinicUnknown: there is none.
    """
    row = store.get_clinic(session, clinic)
    return FoundingTerms(row.clinic, row.name, row.founder, row.log_key, row.origin)


def found_clinic(session: Session, founding: Founding, at: datetime) -> SignedIn:
    """Give the clinic its key and its first administrator, in one go and once.

    Raises:
        StatementMisplaced: the statement is not on the clinic's terms.
        ClinicFounded: somebody was first.
        BetweenError, ProtocolError: as for `messenger.accounts.joining.join`.
    """
    row = invitations.get_open(session, founding.joining.invitation, at)
    if not row.founding:
        raise NotFound
    claimed = peek_body(founding.clinic, ClinicBody)
    statement = verify(founding.clinic, ClinicBody, {"clinic": claimed.signing_key})
    body, terms = statement.body, terms_of(session, row.clinic)
    if FoundingTerms(body.clinic, body.name, body.founder, body.log_key, body.origin) != terms:
        raise StatementMisplaced
    if statement.header.signer.account != terms.founder:
        raise StatementMisplaced
    if not store.found_clinic(session, row.clinic, body.signing_key.raw, at):
        raise ClinicFounded
    chains.append(
        session, statement, _entry(row.clinic, row.account, Action.CLINIC_FOUNDED, row.clinic, row.clinic, at)
    )
    invitations.sign_founding(session, row, founding.invitation, founding.card, at)
    return joining.join(session, founding.joining, at)


def statements_of(session: Session, clinic: str) -> list[Envelope]:
    """The clinic's chain.

    Raises:
        ClinicUnknown: there is none, or nobody has founded it.
    """
    envelopes = chains.list_statements(session, f"clinic:{clinic}")
    if not envelopes:
        raise ClinicUnknown
    return envelopes


def share_clinic_key(session: Session, actor: Actor, envelope: Envelope, box: bytes, at: datetime) -> None:
    """Keep the clinic's key as it was sealed to another administrator.

    Raises:
        StatementMisplaced: it is for nobody who may hold the key, or sent by another than its signer.
        KeysChanged: that administrator has newer keys.
        BoxMisplaced: the box is not the one in the statement.
        ProtocolError: the clinic's key did not sign it.
    """
    clinic = verified_clinic(session, actor.clinic)
    verify_clinic_chain([*statements_of(session, actor.clinic), envelope], clinic.key.id)
    statement = verify(envelope, ClinicKeyShareBody, {"clinic": clinic.key})
    body = statement.body
    holder = people.find_entry(session, body.account)
    if holder is None or (holder.clinic, holder.role) != (actor.clinic, Role.ADMINISTRATOR):
        raise StatementMisplaced
    if statement.header.signer.account != actor.account:
        raise StatementMisplaced
    if holder.sealing_key_id != body.key:
        raise KeysChanged
    if len(box) != BOX_BYTES or hash_text(box) != body.box:
        raise BoxMisplaced
    entry = _entry(actor.clinic, actor.account, Action.CLINIC_KEY_SHARED, body.account, actor.clinic, at)
    statement_hash = chains.append(session, statement, entry)
    store.put_clinic_key_box(
        session, ClinicKeyBox(clinic=actor.clinic, account=body.account, statement=statement_hash, box=box)
    )


def signing_key(session: Session, clinic: str) -> bytes:
    """The clinic's public signing key, 32 bytes.

    Raises:
        ClinicUnknown: there is none, or nobody has founded it.
    """
    found = store.get_clinic(session, clinic).signing_key
    if found is None:
        raise ClinicUnknown
    return found


def key_holders(session: Session, clinic: str) -> tuple[str, ...]:
    """The administrators who hold the clinic's key, the founder first."""
    return verified_clinic(session, clinic).key_holders


def second_administrator_holds_key(session: Session, clinic: str) -> bool:
    """Whether the clinic's key outlives one administrator: before that no patient may be invited."""
    founder = store.get_clinic(session, clinic).founder
    return len({founder, *store.list_key_holders(session, clinic)}) >= KEY_HOLDERS_NEEDED


def key_share_of(session: Session, actor: Actor) -> KeyShare | None:
    """The clinic's key as it was sealed to the actor, with the statement that lists the box."""
    found = store.find_clinic_key_box(session, actor.clinic, actor.account)
    if found is None:
        return None
    named = b64u_encode(found.statement)
    statement = next(one for one in statements_of(session, actor.clinic) if one.hash == named)
    return KeyShare(statement, found.box)


def _clinic_name(name: str) -> str:
    trimmed = unicodedata.normalize("NFC", name).strip()
    if not 0 < len(trimmed) <= LONGEST_NAME or not trimmed.isprintable():
        raise Invalid("clinic_name_unusable", "A clinic's name has 1 to {longest} characters.", longest=LONGEST_NAME)
    return trimmed


def _new_id(kind: str, at: datetime) -> str:
    return make_id(kind, int(at.timestamp() * 1000), secrets.token_bytes(10))  # type: ignore[arg-type]  # three literals


def _entry(clinic: str, actor: str, action: Action, subject: str, concerned: str, at: datetime) -> AuditEvent:
    return AuditEvent(clinic=clinic, actor=actor, subject=subject, action=action, object=concerned, time=at)
