"""A small clinic whose every byte is the same in every run: what the vectors of statements, chains and messages use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from messenger.protocol.account_chain import AccountChain, verify_account_chain
from messenger.protocol.clinic_chain import ClinicChain, verify_clinic_chain
from messenger.protocol.encoding import b64u_encode, format_time, hash_text, pae
from messenger.protocol.ids import IdType, make_id
from messenger.protocol.json_strict import JsonObject, JsonValue, write_json
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.clinic import ClinicBody, ClinicKeyShareBody
from messenger.protocol.kinds.invitation import InvitationBody, Role
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.sealing import SealingKey
from messenger.protocol.statement import Body, Envelope, Signature, make_statement
from tests.vectors.ours.makers.pinned import seed

_BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minutes: int) -> str:
    """The protocol time so many minutes after the clinic's beginning."""
    return format_time(_BEGINNING + timedelta(minutes=minutes))


def made_id(kind: IdType, name: str) -> str:
    """The id of something by its name."""
    return make_id(kind, int(_BEGINNING.timestamp() * 1000), seed(f"{kind} {name}", 10))


def some_hash(name: str) -> str:
    """A hash of nothing in particular."""
    return hash_text(seed(name))


CLINIC = made_id("cln", "clinic")
CLINIC_KEY = SigningKey(seed("clinic"))
FOUNDER = made_id("acc", "founder")
CLINIC_SIGNS: Mapping[str, SigningKey] = {"clinic": CLINIC_KEY}
STRANGER = SigningKey(seed("stranger"))
Statements = list[Envelope]


@dataclass
class Person:
    """Somebody and their keys, newest last."""

    name: str
    role: Role
    teams: tuple[str, ...] = ()
    inviter: Person | None = None
    versions: int = 1
    account: str = field(init=False)

    def __post_init__(self) -> None:
        self.account = made_id("acc", self.name)

    def signing(self, version: int | None = None) -> SigningKey:
        """The signing key of a version, the newest unless told."""
        return SigningKey(seed(f"{self.name} signing {version or self.versions}"))

    def sealing(self, version: int | None = None) -> SealingKey:
        """The sealing key of a version, the newest unless told."""
        return SealingKey(seed(f"{self.name} sealing {version or self.versions}"))

    @property
    def invitation_key(self) -> SigningKey:
        """The key of the link's secret."""
        return SigningKey(seed(f"{self.name} invitation"))

    def invitation_body(self) -> InvitationBody:
        """What the inviter says."""
        inviter = FOUNDER if self.inviter is None else self.inviter.account
        card = None if self.role == "patient" else some_hash(f"{self.name} card")
        return InvitationBody(
            invitation=made_id("inv", self.name),
            account=self.account,
            clinic=CLINIC,
            clinic_key=CLINIC_KEY.id,
            role=self.role,
            teams=self.teams,
            public_key=self.invitation_key.public,
            expires=at(24 * 60),
            inviter=inviter,
            card=card,
        )

    def invitation(self) -> Envelope:
        """The first statement of the account's chain."""
        body = self.invitation_body()
        key = CLINIC_KEY if self.inviter is None else self.inviter.signing(1)
        return make_statement(body, account=body.inviter, keys={"inviter": key}, time=at(1), sequence=0)

    def key_body(self, version: int) -> KeyBody:
        """What the person says of a version of their keys."""
        keys = (self.signing(version).public, self.sealing(version).public)
        return KeyBody(self.account, CLINIC, version, *keys, "first" if version == 1 else "stolen")

    def chain(self) -> list[Envelope]:
        """The invitation and every version of the keys."""
        chain = [self.invitation()]
        for version in range(1, self.versions + 1):
            vouching = {"invitation": self.invitation_key} if version == 1 else {"previous": self.signing(version - 1)}
            chain.append(self.key(version, chain[-1].hash, {"self": self.signing(version), **vouching}))
        return chain

    def key(self, version: int, previous: str, keys: Mapping[str, SigningKey]) -> Envelope:
        """One key statement signed by `keys`; version 1 is dated minute 10, version 2 minute 2000."""
        time = at(10 if version == 1 else 1000 * version)
        return make_statement(
            self.key_body(version), account=self.account, keys=keys, time=time, sequence=version, previous=previous
        )

    def verified(self) -> AccountChain:
        """The chain as a client holds it."""
        inviter = None if self.inviter is None else self.inviter.verified()
        return verify_account_chain(self.chain(), self.account, clinic(), inviter)


TEAM = made_id("tea", "team")
OTHER_TEAM = made_id("tea", "other team")
AMARA = Person("amara", "provider")
TOM = Person("tom", "nurse", teams=(TEAM,))
ANNA = Person("anna", "administrator")
PEGGY = Person("peggy", "patient", teams=(TEAM,), inviter=AMARA)
CHEN = Person("chen", "patient", teams=(TEAM,))
ROBBED = Person("robbed", "nurse", versions=2)
DINA = Person("dina", "cover", teams=(TEAM,))
MEI = Person("mei", "provider")
PEOPLE = (AMARA, TOM, ANNA, PEGGY, CHEN, ROBBED, DINA, MEI)


def clinic_body() -> ClinicBody:
    """What the clinic says of itself."""
    log_key = "clinic.example/log/" + CLINIC + "+00000000+" + "A" * 44
    return ClinicBody(
        CLINIC, "Elm Street Practice 榆树街诊所", CLINIC_KEY.public, log_key, "clinic.example/log/" + CLINIC, FOUNDER
    )


def clinic_statements() -> list[Envelope]:
    """The clinic's chain: itself, and its key shared with Anna."""
    first = make_statement(clinic_body(), account=FOUNDER, keys={"clinic": CLINIC_KEY}, time=at(0), sequence=0)
    share = ClinicKeyShareBody(CLINIC, ANNA.account, ANNA.sealing().id, some_hash("clinic key box"))
    return [first, in_chain(share, FOUNDER, {"clinic": CLINIC_KEY}, 20, [first])]


@cache
def clinic() -> ClinicChain:
    """The clinic as a client holds it."""
    return verify_clinic_chain(clinic_statements(), CLINIC_KEY.id)


def in_chain(
    body: Body, account: str, keys: Mapping[str, SigningKey], minutes: int, before: list[Envelope]
) -> Envelope:
    """The statement of `body` that follows `before`."""
    previous = before[-1].hash if before else None
    return make_statement(body, account=account, keys=keys, time=at(minutes), sequence=len(before), previous=previous)


def sign_payload(payload_type: str, payload: JsonValue | bytes, keys: Mapping[str, SigningKey]) -> Envelope:
    """A payload that no maker would make, signed all the same."""
    data = payload if isinstance(payload, bytes) else write_json(payload)
    signed = pae(payload_type, data)
    return Envelope(payload_type, data, tuple(Signature(by, key.id, key.sign(signed)) for by, key in keys.items()))


def publics(keys: Mapping[str, SigningKey]) -> JsonObject:
    """`by` → public key, as vectors carry it."""
    return {by: b64u_encode(key.public.raw) for by, key in keys.items()}


def newer(chain: str, before: Statements) -> Envelope:
    """A statement of a kind that this version does not know."""
    payload: JsonObject = {
        "v": 1,
        "kind": "reset",
        "chain": chain,
        "sequence": len(before),
        "previous": before[-1].hash,
        "time": at(4000),
        "signer": {"account": None, "key": some_hash("who knows")},
        "body": {"anything": ["at", "all"]},
    }
    return sign_payload("application/vnd.between.reset.v1+json", payload, {"self": STRANGER})


def wire(statements: Sequence[Envelope]) -> list[JsonValue]:
    """Statements as they are served."""
    return [statement.as_json() for statement in statements]


def outcome(error: str | None, statements: Sequence[Envelope], expected: JsonObject) -> JsonObject:
    """What a case expects: a refusal, or the head and what else is told."""
    return {"error": error} if error is not None else {"head": statements[-1].hash, **expected}
