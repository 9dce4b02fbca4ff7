"""Peggy's conversation in the making: what the vectors of control chains and messages begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from messenger.protocol.consent_chain import ConsentChain, ConsentStatement, verify_consent_chain
from messenger.protocol.control_chain import ControlChain, verify_control_chain
from messenger.protocol.epoch import epoch_commitment
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.conversation import (
    ConversationCreateBody,
    ConversationNameBody,
    ConversationRotationBody,
    Epoch,
    EpochReader,
)
from messenger.protocol.statement import Body, Envelope
from messenger.protocol.team_chain import TeamChain, verify_team_chain
from tests.vectors.ours.makers import world
from tests.vectors.ours.makers.chains import TEAM_KEYS, generation_body, team_statements
from tests.vectors.ours.makers.consents import consent_body, decided
from tests.vectors.ours.makers.pinned import seed
from tests.vectors.ours.makers.world import (
    AMARA,
    CLINIC,
    PEGGY,
    PEOPLE,
    TEAM,
    TOM,
    Person,
    Statements,
    in_chain,
    made_id,
    newer,
    some_hash,
)

CONVERSATION = made_id("cnv", "elm")
PEGGY_SIGNS: Mapping[str, SigningKey] = {"self": PEGGY.signing()}
AMARA_SIGNS: Mapping[str, SigningKey] = {"self": AMARA.signing()}
TOM_SIGNS: Mapping[str, SigningKey] = {"self": TOM.signing()}


def accounts(account: str) -> Any:
    """The verified chain of one of the vectors' people."""
    return next((person.verified() for person in PEOPLE if person.account == account), None)


def epoch_key(number: int) -> bytes:
    """The key of an epoch of the vectors' conversation."""
    return seed(f"epoch key {number}")


def epoch(number: int, keys: Mapping[str, str]) -> Epoch:
    """An epoch sealed to readers (reader → sealing key id); the boxes are none."""
    readers = tuple(
        EpochReader(reader, key, some_hash(f"box {number} {reader}")) for reader, key in sorted(keys.items())
    )
    return Epoch(number, epoch_commitment(CONVERSATION, number, epoch_key(number)), readers)


def peggy_and_team(generation: int = 1) -> dict[str, str]:
    """The readers of the ordinary case."""
    return {PEGGY.account: PEGGY.sealing().id, TEAM: TEAM_KEYS[generation - 1].id}


@dataclass(frozen=True)
class Surroundings:
    """What a control chain is judged by."""

    consents: tuple[ConsentStatement | BlockBody | UnblockBody, ...] = (consent_body("one"),)
    second_generation: tuple[Person, ...] = ()
    unread: bool = False
    """Whether a newer version has written last into the consents."""
    team: tuple[Envelope, ...] = ()
    """The team's chain, where it is another than that of Amara and Tom."""

    def consent_statements(self) -> Statements:
        """Peggy's consents, signed at minutes 100, 200, …"""
        statements = decided(*self.consents)
        return [*statements, newer(f"consent:{PEGGY.account}", statements)] if self.unread else statements

    def consent_chain(self) -> ConsentChain:
        """The same, verified."""
        return verify_consent_chain(self.consent_statements(), PEGGY.verified())

    def team_statements(self) -> Statements:
        """The team with Amara and Tom, and perhaps a second generation."""
        statements = list(self.team) or team_statements()
        if self.second_generation:
            body = generation_body(2, self.second_generation)
            statements.append(in_chain(body, AMARA.account, AMARA_SIGNS, 400, statements))
        return statements

    def teams(self) -> dict[str, TeamChain]:
        """The same, verified."""
        return {TEAM: verify_team_chain(self.team_statements(), TEAM, world.clinic(), accounts)}

    def verify(self, statements: Statements) -> ControlChain:
        """The conversation, verified."""
        return verify_control_chain(statements, CONVERSATION, self.consent_chain(), self.teams(), accounts)


@dataclass
class Conversation:
    """A control chain in the making."""

    around: Surroundings = field(default_factory=Surroundings)
    statements: Statements = field(default_factory=list)

    def consent_head(self, number: int = 1) -> str:
        """The hash of a consent of Peggy's."""
        return self.around.consent_statements()[number - 1].hash

    def created(self, person: Person = PEGGY, *, minutes: int = 300, **changes: Any) -> Conversation:
        """Begun by somebody, with epoch 1."""
        body = ConversationCreateBody(
            CONVERSATION, CLINIC, PEGGY.account, self.consent_head(), epoch(1, peggy_and_team()), some_hash("name 1")
        )
        return self.then(replace(body, **changes), person, minutes)

    def rotated(self, person: Person = AMARA, *, minutes: int = 500, number: int = 2, **changes: Any) -> Conversation:
        """A later epoch for the same readers."""
        body = ConversationRotationBody(
            CONVERSATION, self.consent_head(), epoch(number, peggy_and_team()), "age", some_hash(f"name {number}")
        )
        return self.then(replace(body, **changes), person, minutes)

    def named(self, person: Person = TOM, *, number: int = 1, minutes: int = 600) -> Conversation:
        """A new name."""
        return self.then(ConversationNameBody(CONVERSATION, number, some_hash("new name")), person, minutes)

    def then(self, body: Body, person: Person, minutes: int, version: int | None = None) -> Conversation:
        """The next statement, whatever it is."""
        keys = {"self": person.signing(version)}
        following = in_chain(body, person.account, keys, minutes, self.statements)
        return Conversation(self.around, [*self.statements, following])
