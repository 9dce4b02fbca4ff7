"""Every signed statement of a clinic, verified again as its clients do: hash, place, signatures, what it may say."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from messenger.auditor.findings import Finding
from messenger.auditor.said import Sayings
from messenger.auditor.tables import ACCOUNTS, CONVERSATIONS, EMERGENCIES, STATEMENTS, TEAMS, VAULTS
from messenger.protocol.account_chain import AccountChain, verify_account_chain, verify_invitation
from messenger.protocol.clinic_chain import ClinicChain, verify_clinic_chain
from messenger.protocol.consent_chain import ConsentChain, verify_consent_chain
from messenger.protocol.control_chain import verify_control_chain
from messenger.protocol.emergency_chain import verify_emergency
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.errors import ChainRefused, ProtocolError
from messenger.protocol.json_strict import parse_json
from messenger.protocol.kinds.clinic import ClinicBody
from messenger.protocol.kinds.emergency import EmergencyRequestBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.kinds.vault import VaultBody
from messenger.protocol.statement import Envelope, payload_type, peek_body, peek_signer, verify
from messenger.protocol.team_chain import TeamChain, verify_team_chain

PAGE: Final = 500
REMEMBERED: Final = 20_000
"""Accounts kept verified at a time."""


class _Kept(NamedTuple):
    """A place in a chain and what is kept of the statement there."""

    sequence: int
    hash: bytes
    kind: str
    envelope: bytes | None


@dataclass
class StatementCheck:
    """Verifies the chains of one clinic from the clinic's own key down."""

    connection: Connection
    clinic: str
    sayings: Sayings
    _trust: ClinicChain | None = None
    _teams: dict[str, TeamChain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._account = lru_cache(maxsize=REMEMBERED)(self._verify_account)

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with the statements."""
        yield from self._each([self.clinic], "clinic", self._take_clinic)
        if self._trust is None:
            return  # nothing below it can be judged; a clinic that is not founded has nothing below it
        accounts = Ids(self.connection, ACCOUNTS.c.account, ACCOUNTS.c.clinic == self.clinic)
        yield from self._each(accounts, "account", self._take_account)
        yield from self._each(accounts, "vault", self._take_vault)
        yield from self._each(accounts, "consent", lambda account, _: self._consents(account))
        teams = Ids(self.connection, TEAMS.c.team, TEAMS.c.clinic == self.clinic)
        yield from self._each(teams, "team", self._take_team)
        conversations = Ids(self.connection, CONVERSATIONS.c.conversation, CONVERSATIONS.c.clinic == self.clinic)
        yield from self._each(conversations, "conversation", self._take_conversation)
        emergencies = Ids(self.connection, EMERGENCIES.c.emergency, EMERGENCIES.c.clinic == self.clinic)
        yield from self._each(emergencies, "emergency", self._take_emergency)

    def _each(
        self, ids: Iterable[str], prefix: str, take: Callable[[str, list[Envelope]], object]
    ) -> Iterator[Finding]:
        for one in ids:
            chain = f"{prefix}:{one}"
            envelopes, broken = self._read(chain)
            yield from broken
            yield from self._unsaid(chain)
            if prefix == "account":
                yield from _repeated_versions(chain, envelopes)
            if not envelopes or broken:
                continue
            try:
                take(one, envelopes)
            except ProtocolError as refused:
                yield Finding("statement_refused", about=f"{chain}: {refused.code}")

    def _read(self, chain: str) -> tuple[list[Envelope], list[Finding]]:
        envelopes, findings = [], []
        rows = self._rows(chain)
        for place, row in enumerate(rows):
            if row.sequence != place:
                findings.append(Finding("statement_chain_broken", about=f"{chain} {row.sequence}"))
            if row.envelope is None and row.kind == VaultBody.kind and place < len(rows) - 1:
                continue  # an older vault: its place and hash are kept, and no more
            envelope = _parsed(row.envelope)
            if envelope is None or b64u_encode(row.hash) != envelope.hash:
                findings.append(Finding("statement_changed", about=f"{chain} {row.sequence}"))
            if envelope is not None:
                envelopes.append(envelope)
        return envelopes, findings

    def _rows(self, chain: str) -> list[_Kept]:
        """The chain's places with what is kept of each statement: the newest vault lies in a table of its own."""
        rows = self.connection.execute(
            select(STATEMENTS.c.sequence, STATEMENTS.c.hash, STATEMENTS.c.kind, STATEMENTS.c.envelope)
            .where(STATEMENTS.c.chain == chain)
            .order_by(STATEMENTS.c.sequence)
        )
        kept = [_Kept(*row) for row in rows]
        kind, _, account = chain.partition(":")
        vault = select(VAULTS.c.version, VAULTS.c.envelope).where(VAULTS.c.account == account)
        newest = self.connection.execute(vault).first() if kind == VaultBody.kind else None
        if newest is None:
            return kept
        return [one._replace(envelope=newest.envelope) if one.sequence == newest.version - 1 else one for one in kept]

    def _unsaid(self, chain: str) -> Iterator[Finding]:
        for statement in self.sayings.unsaid(b64u_encode(row.hash) for row in self._rows(chain)):
            yield Finding("statement_without_entry", about=f"{chain} {statement}")

    def _take_clinic(self, _clinic: str, envelopes: list[Envelope]) -> None:
        self._trust = verify_clinic_chain(envelopes, peek_body(envelopes[0], ClinicBody).signing_key.id)

    def _take_account(self, account: str, envelopes: list[Envelope]) -> None:
        if len(envelopes) == 1:  # invited, not joined yet
            inviter = self._inviter(envelopes[0])
            verify_invitation(envelopes[0], account, self._clinic_chain(), inviter)
        else:
            self._account(account)

    def _take_vault(self, account: str, envelopes: list[Envelope]) -> None:
        chain = self._known(account)
        for envelope in envelopes:
            key = chain.key_with_signing_id(peek_signer(envelope).key) if chain else None
            verify(envelope, VaultBody, {"self": key.signing} if key else {})

    def _take_team(self, team: str, envelopes: list[Envelope]) -> None:
        self._teams[team] = verify_team_chain(envelopes, team, self._clinic_chain(), self._known)

    def _take_conversation(self, conversation: str, envelopes: list[Envelope]) -> None:
        patient = self.connection.scalar(
            select(CONVERSATIONS.c.patient).where(CONVERSATIONS.c.conversation == conversation)
        )
        consents = self._consents(patient or "")
        sets = {one.hash: one for one in self._clinic_chain().custodian_sets}
        verify_control_chain(envelopes, conversation, consents, self._teams, self._known, sets)

    def _take_emergency(self, emergency: str, envelopes: list[Envelope]) -> None:
        request = peek_body(envelopes[0], EmergencyRequestBody)
        of_conversation = self._read(f"conversation:{request.conversation}")[0]
        kind = payload_type(EmergencyKeyBody.kind)
        made = (peek_body(envelope, EmergencyKeyBody) for envelope in of_conversation if envelope.type == kind)
        key = next((one for one in made if one.emergency_key == request.emergency_key), None)
        if key is None:
            raise ChainRefused("wrong_emergency_key", "This asks for a key that the conversation never had.")
        verify_emergency(envelopes, emergency, key, self._known)

    def _consents(self, patient: str) -> ConsentChain:
        return verify_consent_chain(self._read(f"consent:{patient}")[0], self._account(patient))

    def _verify_account(self, account: str) -> AccountChain:
        envelopes = self._read(f"account:{account}")[0]
        inviter = self._inviter(envelopes[0]) if envelopes else None
        return verify_account_chain(envelopes, account, self._clinic_chain(), inviter)

    def _inviter(self, invitation: Envelope) -> AccountChain | None:
        clinic = self._clinic_chain()
        if peek_signer(invitation).key == clinic.key.id:
            return None
        inviter = peek_body(invitation, InvitationBody).inviter
        envelopes = self._read(f"account:{inviter}")[0]
        # Whoever invites was invited by the clinic itself, so this never goes round in circles.
        return verify_account_chain(envelopes, inviter, clinic)

    def _known(self, account: str) -> AccountChain | None:
        try:
            return self._account(account)
        except ProtocolError:
            return None

    def _clinic_chain(self) -> ClinicChain:
        if self._trust is None:
            raise LookupError("the clinic's own chain is verified first")
        return self._trust


@dataclass(frozen=True)
class Ids:
    """The values of one column, each time anew, a page at a time."""

    connection: Connection
    column: ColumnElement[str]
    where: ColumnElement[bool]

    def __iter__(self) -> Iterator[str]:
        """In ascending order."""
        last = ""
        while page := self.connection.scalars(
            select(self.column).where(self.where, self.column > last).order_by(self.column).limit(PAGE)
        ).all():
            yield from page
            last = page[-1]


def _parsed(envelope: bytes | None) -> Envelope | None:
    try:
        return None if envelope is None else Envelope.parse(parse_json(bytes(envelope)))
    except ProtocolError:
        return None


def _repeated_versions(chain: str, envelopes: list[Envelope]) -> Iterator[Finding]:
    versions: set[int] = set()
    for envelope in envelopes[1:]:
        try:
            version = peek_body(envelope, KeyBody).version
        except ProtocolError:
            continue  # found when the chain is verified
        if version in versions:
            yield Finding("key_version_repeated", about=f"{chain} {version}")
        versions.add(version)
