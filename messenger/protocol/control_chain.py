"""The control chain of a conversation: which key, for whom, on whose word (`docs/protocol.md` §5).

Longer than most: every rule of a link reads the same state, from the first statement or from what is known on.

A link that lists more or fewer readers than the patient's consents give is invalid, and so is one whose signer the link
before did not cover. Consent is who holds a key: every client computes it again before it encrypts and before it shows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.chain import ChainWalk, refuse_empty
from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.emergency_key import CustodianSets, EmergencyKey, check_emergency_key
from messenger.protocol.errors import ChainRefused
from messenger.protocol.history import HistoryGrant, opens_epochs
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.conversation import (
    ConversationCreateBody,
    ConversationHistoryBody,
    ConversationNameBody,
    ConversationRotationBody,
)
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.link import Link
from messenger.protocol.members import TeamPeople, is_active, possible_members, readers_by
from messenger.protocol.signers import Accounts, Signers, known_account
from messenger.protocol.statement import Envelope, Header, payload_type
from messenger.protocol.team_chain import TeamChain, Teams
from messenger.protocol.team_stays import Generation


@dataclass(frozen=True)
class ConversationName:
    """The newest name: the statement and epoch it is under, and the hash of its ciphertext."""

    statement: str
    epoch: int
    ciphertext: str


@dataclass(frozen=True)
class ControlChain:
    """A verified conversation."""

    conversation: str
    clinic: str
    patient: str
    links: tuple[Link, ...]
    name: ConversationName | None
    history: tuple[HistoryGrant, ...]
    hashes: tuple[str, ...]
    emergency: EmergencyKey | None = None
    """The emergency key that stands: what later epochs are sealed to while the patient is opted in."""
    emergency_keys: tuple[EmergencyKey, ...] = ()
    """Every one that the conversation has had, in the order of the chain."""
    signers: Mapping[str, int] = field(default_factory=dict)
    """Who has signed here, and the newest version of their keys that did."""
    newer: tuple[int, ...] = ()
    """Places of statements that a newer version wrote."""

    @property
    def running(self) -> Link:
        """The newest link."""
        return self.links[-1]

    @property
    def head(self) -> str:
        """The last statement's hash."""
        return self.hashes[-1]

    def link_of(self, epoch: int) -> Link | None:
        """The link of an epoch."""
        return self.links[epoch - 1] if 0 < epoch <= len(self.links) else None

    def running_at(self, head: str) -> Link | None:
        """The newest link when the chain's head was this one; None if it never was."""
        place = self._places.get(head)
        return None if place is None else self.links[bisect_right(self._begun, place) - 1]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {hashed: place for place, hashed in enumerate(self.hashes)}

    @cached_property
    def _begun(self) -> list[int]:
        return [link.place for link in self.links]


def covers(readers: Mapping[str, str], account: str, teams: Teams, at: str) -> bool:
    """Whether `account` is one of `readers` (reader → sealing key id), or holds the key named of a team among them and
    stands in that team at the instant `at`: who left it does not, and cover does within its period alone.
    """
    if account in readers:
        return True
    among = [(teams[reader], key) for reader, key in readers.items() if reader in teams]
    return any(team.reads(team.generation_with_key(key), account, at) for team, key in among)


def verify_control_chain(
    envelopes: Sequence[Envelope],
    conversation: str,
    consents: ConsentChain,
    teams: Teams,
    accounts: Accounts,
    custodians: CustodianSets | None = None,
) -> ControlChain:
    """The conversation with this id, of the patient whose consents are given.

    Raises `ChainRefused`: `empty_chain`, `broken_chain`, `wrong_patient`, `wrong_clinic`,
    `wrong_epoch_number`, `unknown_consent_head`, `consent_went_back`, `wrong_readers`, `unknown_reader_key`,
    `reader_key_went_back`, `not_covered`, `not_consented`, `history_not_consented`, `no_emergency_key`,
    `not_the_patient`, `newer_version`, `unknown_signer`, `retired_key`, `unknown_account`, `unknown_team`; and what
    `check_emergency_key` and `verify` raise.
    """
    refuse_empty(envelopes)
    reading = _ControlReading(conversation, consents, teams, accounts, Signers(accounts), custodians or {})
    walk = ChainWalk(f"conversation:{conversation}")
    clinic = reading.create(envelopes[0], walk)
    return reading.go_on(envelopes[1:], walk, clinic)


def continue_control_chain(
    known: ControlChain,
    envelopes: Sequence[Envelope],
    consents: ConsentChain,
    teams: Teams,
    accounts: Accounts,
    custodians: CustodianSets | None = None,
) -> ControlChain:
    """The conversation after these statements too: what is `known` was verified before and is not looked at again.

    What it was judged by may only have grown since; that the running epoch is sealed to keys of its readers is asked
    again, for what is written next is for them. Raises `ChainRefused` as `verify_control_chain`, `broken_chain`
    where the statements do not follow the ones known, `unknown_consent_head` where the consents are not those of then.
    """
    if known.patient != consents.patient:
        raise ChainRefused("wrong_patient", "This conversation is another patient's.")
    consents.place_of(known.running.consent_head)
    signers = Signers(accounts, dict(known.signers))
    reading = _ControlReading(known.conversation, consents, teams, accounts, signers, custodians or {})
    reading.take_up(known)
    reading.check_readers_of(known.running)
    walk = ChainWalk(f"conversation:{known.conversation}", list(known.hashes), list(known.newer))
    return reading.go_on(envelopes, walk, known.clinic)


@dataclass
class _ControlReading:
    conversation: str
    consents: ConsentChain
    teams: Teams
    accounts: Accounts
    signers: Signers
    custodians: CustodianSets
    links: list[Link] = field(default_factory=list)
    history: list[HistoryGrant] = field(default_factory=list)
    name: ConversationName | None = None
    emergency_keys: list[EmergencyKey] = field(default_factory=list)
    standing: EmergencyKey | None = None

    def take_up(self, known: ControlChain) -> None:
        self.links, self.history = list(known.links), list(known.history)
        self.emergency_keys, self.standing, self.name = list(known.emergency_keys), known.emergency, known.name

    def go_on(self, envelopes: Sequence[Envelope], walk: ChainWalk, clinic: str) -> ControlChain:
        for envelope in envelopes:
            if not walk.take_if_newer(envelope):
                self._read_later(envelope, walk)
        return ControlChain(
            conversation=self.conversation,
            clinic=clinic,
            patient=self.consents.patient,
            links=tuple(self.links),
            name=self.name,
            history=tuple(self.history),
            hashes=tuple(walk.hashes),
            emergency=self.standing,
            emergency_keys=tuple(self.emergency_keys),
            signers=dict(self.signers.versions),
            newer=tuple(walk.newer),
        )

    def _read_later(self, envelope: Envelope, walk: ChainWalk) -> None:
        if envelope.type == payload_type(ConversationNameBody.kind):
            self.rename(envelope, walk)
        elif envelope.type == payload_type(ConversationHistoryBody.kind):
            self.open_history(envelope, walk)
        elif envelope.type == payload_type(EmergencyKeyBody.kind):
            self.set_emergency_key(envelope, walk)
        else:
            self.rotate(envelope, walk)

    def create(self, envelope: Envelope, walk: ChainWalk) -> str:
        statement, signer = self.signers.verify(envelope, ConversationCreateBody)
        walk.take(statement.header, statement.hash)
        body = statement.body
        if body.patient != self.consents.patient:
            raise ChainRefused("wrong_patient", "This conversation is another patient's.")
        if body.clinic != signer.clinic:
            raise ChainRefused("wrong_clinic", "This conversation is another clinic's.")
        link = self._link(body, statement.header, place=0)
        if not self._may_open(signer, link):
            raise ChainRefused("not_covered", "Whoever began this conversation had no consent to.")
        self._accept(statement.hash, link, body.name)
        return body.clinic

    def rotate(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement, signer = self.signers.verify(envelope, ConversationRotationBody)
        walk.take(statement.header, statement.hash)
        body, before = statement.body, self.links[-1]
        if body.reason == "emergency":
            self._end_emergency_key()
        link = self._link(body, statement.header, place=len(walk.hashes) - 1)
        # A team that is still a reader stands at the generation the new link names: who left it since signs nothing.
        covering = {reader: link.keys.get(reader, key) for reader, key in before.keys.items()}
        if not covers(covering, signer.account, self.teams, link.time):
            raise ChainRefused("not_covered", "Whoever signed this rotation was not covered by the link before.")
        self._accept(statement.hash, link, body.name)

    def rename(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement, signer = self.signers.verify(envelope, ConversationNameBody)
        walk.take(statement.header, statement.hash)
        body = statement.body
        if body.epoch != self.links[-1].epoch.number:
            raise ChainRefused("wrong_epoch_number", "This name is under another epoch than the running one.")
        if not covers(self.links[-1].keys, signer.account, self.teams, statement.header.time):
            raise ChainRefused("not_covered", "Whoever named this conversation is not covered.")
        self.name = ConversationName(statement.hash, body.epoch, body.name)

    def open_history(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement, signer = self.signers.verify(envelope, ConversationHistoryBody)
        walk.take(statement.header, statement.hash)
        body, running = statement.body, self.links[-1]
        if not covers(running.keys, signer.account, self.teams, statement.header.time):
            raise ChainRefused("not_covered", "Whoever opened earlier epochs is not covered.")
        if body.reader not in running.keys:
            raise ChainRefused("wrong_readers", "Earlier epochs were opened to somebody who does not read this one.")
        if body.key != running.keys[body.reader]:
            raise ChainRefused("unknown_reader_key", "Earlier epochs were sealed to another key than this one is.")
        self._check_consented(body, statement.header.time)
        self.history.append(HistoryGrant.of(statement, place=len(walk.hashes) - 1))

    def set_emergency_key(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement, signer = self.signers.verify(envelope, EmergencyKeyBody)
        walk.take(statement.header, statement.hash)
        if signer.account != self.consents.patient:
            raise ChainRefused("not_the_patient", "Only the patient makes a conversation's emergency key.")
        check_emergency_key(statement.body, self.emergency_keys, self.custodians)
        self.standing = EmergencyKey(statement.hash, len(walk.hashes) - 1, statement.body)
        self.emergency_keys.append(self.standing)

    def _end_emergency_key(self) -> None:
        if self.standing is None:
            raise ChainRefused("no_emergency_key", "This ends an emergency key where none stands.")
        self.standing = None

    def _check_consented(self, body: ConversationHistoryBody, time: str) -> None:
        running = self.links[-1]
        consent = next(
            (one for one in self.consents.terms_at(running.consent_head) if one.consent == body.consent), None
        )
        readers = frozenset() if consent is None else self._made_readers(consent, running)
        if consent is None or body.reader not in readers or not is_active(consent, self.conversation, time):
            raise ChainRefused("not_consented", "The consent named does not make this reader one here and now.")
        opened = {epoch.number for epoch in body.epochs}
        if not opened <= set(opens_epochs(self.links, consent, body.reader, self.conversation)):
            raise ChainRefused("history_not_consented", "The consent named does not open all of these epochs.")

    def _link(self, body: ConversationCreateBody | ConversationRotationBody, header: Header, place: int) -> Link:
        link = Link(body.epoch, header.time, header.signer.account or "", body.consent_head, place)
        if body.epoch.number != len(self.links) + 1:
            raise ChainRefused("wrong_epoch_number", "An epoch's number is the one before plus one.")
        before = self.links[-1] if self.links else None
        heads = [self.consents.place_of(one.consent_head) for one in (before, link) if one is not None]
        if heads != sorted(heads):
            raise ChainRefused("consent_went_back", "This link goes back to consents from before the last link.")
        terms = self.consents.terms_at(link.consent_head)
        blocked, teams = self.consents.blocked_at(link.consent_head), self._teams_around(link)
        asked = (self.consents.patient, terms, self.conversation, link.time, self._emergency_reader(link))
        if not possible_members(*asked, blocked=blocked, teams=teams).admit(link.keys):
            raise ChainRefused("wrong_readers", "The readers are not those to whom the patient has consented.")
        for reader, key in link.keys.items():
            self._check_key(reader, key, None if before is None else before.keys.get(reader))
        return link

    def _teams_around(self, link: Link) -> dict[str, tuple[TeamPeople, ...]]:
        """How teams may have stood when a link was made: asked where somebody is blocked alone."""
        if not self.consents.blocked_at(link.consent_head):
            return {}
        return {team: chain.people_around(link.time) for team, chain in self.teams.items()}

    def _made_readers(self, consent: ConsentBody, link: Link) -> frozenset[str]:
        """Whom a consent may have made readers of a link."""
        blocked = self.consents.blocked_at(link.consent_head)
        states = self._teams_around(link).get(consent.grantee) or ({},)
        return frozenset().union(*(readers_by(consent, blocked, people, link.time) for people in states))

    def _emergency_reader(self, link: Link) -> str | None:
        opted_in = self.standing is not None and self.consents.opted_in_at(link.consent_head)
        return self.standing.id if self.standing is not None and opted_in else None

    def check_readers_of(self, link: Link) -> None:
        for one in link.epoch.readers:
            self._check_key(one.reader, one.key, None)

    def _check_key(self, reader: str, key: str, key_before: str | None) -> None:
        version = self._version(reader, key)
        if version is None:
            raise ChainRefused("unknown_reader_key", "The epoch key was sealed to a key that is not the reader's.")
        if key_before is not None and version < (self._version(reader, key_before) or 0):
            raise ChainRefused("reader_key_went_back", "The epoch key was sealed to a key that had been replaced.")

    def _version(self, reader: str, key: str) -> int | None:
        if reader.startswith("emk_"):
            keys = {one.id: one.body.sealing_key.id for one in self.emergency_keys}
            return 1 if keys.get(reader) == key else None
        if reader.startswith("tea_"):
            generation = _generation(known_team(self.teams, reader), key)
            return None if generation is None else generation.number
        version = known_account(self.accounts, reader).key_with_sealing_id(key)
        return None if version is None else version.version

    def _may_open(self, signer: AccountChain, link: Link) -> bool:
        if signer.account == self.consents.patient:
            return True
        opening = {
            reader
            for consent in self.consents.terms_at(link.consent_head)
            if consent.may_open and is_active(consent, self.conversation, link.time)
            for reader in self._made_readers(consent, link)
        }
        keys = {reader: key for reader, key in link.keys.items() if reader in opening}
        return covers(keys, signer.account, self.teams, link.time)

    def _accept(self, statement: str, link: Link, name: str | None) -> None:
        self.links.append(link)
        self.name = None if name is None else ConversationName(statement, link.epoch.number, name)


def _generation(team: TeamChain | None, key: str) -> Generation | None:
    return None if team is None else team.generation_with_key(key)


def known_team(teams: Teams, team: str) -> TeamChain:
    """The team; raises `ChainRefused` (`unknown_team`)."""
    if team not in teams:
        raise ChainRefused("unknown_team", "This names a team whose keys are not known.")
    return teams[team]
