"""One good statement of every kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.access import LeaseRenewalBody, OpenBody
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.clinic import ClinicKeyShareBody
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.conversation import (
    ConversationCreateBody,
    ConversationHistoryBody,
    ConversationNameBody,
    ConversationRotationBody,
    Epoch,
    EpochReader,
    OpenedEpoch,
)
from messenger.protocol.kinds.custodians import Custodian, CustodiansBody
from messenger.protocol.kinds.emergency import EmergencyCloseBody, EmergencyReleaseBody, EmergencyRequestBody
from messenger.protocol.kinds.emergency_choice import EmergencyOptInBody, EmergencyOptOutBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody, SealedShare
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.kinds.sign_in import SignInBody
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamCreateBody, TeamGenerationBody, TeamMember
from messenger.protocol.kinds.team_people import CoverPeriod, TeamAppointmentBody, TeamChangeBody, TeamRemovalBody
from messenger.protocol.kinds.vault import Slot, VaultBody
from messenger.protocol.password import Argon2Parameters, HkdfParameters
from messenger.protocol.sealing import SealingKey
from messenger.protocol.statement import Body, Envelope, make_statement
from tests.vectors.ours.makers import world
from tests.vectors.ours.makers.consents import changed, revoked
from tests.vectors.ours.makers.pinned import seed
from tests.vectors.ours.makers.world import (
    AMARA,
    CLINIC,
    CLINIC_KEY,
    DINA,
    FOUNDER,
    PEGGY,
    TEAM,
    TOM,
    at,
    made_id,
    some_hash,
)

CONVERSATION = made_id("cnv", "conversation")
DEVICE = made_id("dev", "device")
EMERGENCY, EMERGENCY_KEY = made_id("eme", "emergency"), made_id("emk", "emergency key")


@dataclass(frozen=True)
class Example:
    """A good statement: its body, its signers, its place."""

    body: Body
    account: str | None
    keys: Mapping[str, SigningKey]
    sequence: int | None

    def envelope(self) -> Envelope:
        """The statement."""
        previous = some_hash(f"before {self.body.kind}") if self.sequence else None
        return make_statement(
            self.body, account=self.account, keys=self.keys, time=at(5), sequence=self.sequence, previous=previous
        )

    def payload(self) -> dict[str, Any]:
        """Its payload, to be changed."""
        payload: dict[str, Any] = json.loads(self.envelope().payload)
        return payload


def examples() -> list[Example]:
    """One of every kind, in the order of the closed list."""
    clinic_keys, amara, peggy = {"clinic": CLINIC_KEY}, {"self": AMARA.signing()}, {"self": PEGGY.signing()}
    first_key = {"self": AMARA.signing(), "invitation": AMARA.invitation_key}
    return [
        Example(world.clinic_body(), FOUNDER, clinic_keys, 0),
        Example(ClinicKeyShareBody(CLINIC, TOM.account, TOM.sealing().id, some_hash("box")), FOUNDER, clinic_keys, 1),
        Example(PEGGY.invitation_body(), AMARA.account, {"inviter": AMARA.signing()}, 0),
        Example(AMARA.key_body(1), AMARA.account, first_key, 1),
        Example(example_vault(), PEGGY.account, peggy, 0),
        Example(TeamCreateBody(TEAM, CLINIC, "Elm 1 全科", AMARA.account), FOUNDER, clinic_keys, 0),
        Example(example_generation(), AMARA.account, amara, 1),
        Example(TeamAdmissionBody(TEAM, 1, TOM.account, TOM.sealing().id, some_hash("box")), AMARA.account, amara, 2),
        Example(_consent(), PEGGY.account, peggy, 0),
        Example(_creation(), PEGGY.account, peggy, 0),
        Example(
            ConversationRotationBody(CONVERSATION, some_hash("consent"), example_epoch(2), "age", some_hash("name")),
            AMARA.account,
            amara,
            1,
        ),
        Example(ConversationNameBody(CONVERSATION, 2, some_hash("name")), AMARA.account, amara, 2),
        Example(OpenBody(AMARA.account, DEVICE, CONVERSATION, "answer", seed("nonce")), AMARA.account, amara, None),
        Example(
            LeaseRenewalBody(AMARA.account, DEVICE, CONVERSATION, some_hash("open"), seed("nonce")),
            AMARA.account,
            amara,
            None,
        ),
        Example(
            SignInBody("peggy", "https://clinic.example", seed("challenge"), "password", DEVICE),
            None,
            {"credential": SigningKey(seed("credential"))},
            None,
        ),
        Example(ProfileBody(PEGGY.account, 1, some_hash("profile"), _readers()), PEGGY.account, peggy, None),
        Example(changed(_consent(), history="from", history_from=at(1), until=at(99)), PEGGY.account, peggy, 1),
        Example(revoked(_consent()), PEGGY.account, peggy, 2),
        Example(_history(), AMARA.account, amara, 3),
        Example(CustodiansBody(CLINIC, 2, _custodians()), FOUNDER, clinic_keys, 2),
        Example(EmergencyOptInBody(PEGGY.account), PEGGY.account, peggy, 3),
        Example(EmergencyOptOutBody(PEGGY.account), PEGGY.account, peggy, 4),
        Example(_emergency_key(), PEGGY.account, peggy, 4),
        Example(_emergency_request(), TOM.account, {"self": TOM.signing()}, 0),
        Example(_emergency_release(), AMARA.account, amara, 1),
        Example(EmergencyCloseBody(EMERGENCY, some_hash("request"), "justified"), AMARA.account, amara, 3),
        Example(TeamChangeBody(TEAM, "Elm 2 全科", (AMARA.account,)), FOUNDER, clinic_keys, 3),
        Example(example_cover(), AMARA.account, {"appointer": AMARA.signing()}, 3),
        Example(TeamRemovalBody(TEAM, TOM.account), FOUNDER, clinic_keys, 4),
        Example(BlockBody(PEGGY.account, TOM.account), PEGGY.account, peggy, 5),
        Example(UnblockBody(PEGGY.account, TOM.account), PEGGY.account, peggy, 6),
    ]


def example_cover() -> TeamAppointmentBody:
    """Somebody who stands in for a team."""
    return TeamAppointmentBody(TEAM, DINA.account, "physician", CoverPeriod(at(100), at(200)))


def example_vault() -> VaultBody:
    """A vault of a password and a recovery code; what is sealed in it is nothing."""
    password = Slot(
        made_id("slt", "password"),
        "password",
        1,
        Argon2Parameters(seed("salt", 16)),
        SigningKey(seed("credential")).public,
        seed("sealed", 104),
    )
    recovery = Slot(
        made_id("slt", "recovery"),
        "recovery",
        1,
        HkdfParameters(seed("salt 2", 16)),
        SigningKey(seed("recovery credential")).public,
        seed("sealed 2", 104),
    )
    ids = (PEGGY.signing().id, PEGGY.sealing().id)
    return VaultBody(PEGGY.account, 1, *ids, (password, recovery), seed("sealed keys", 200))


def example_generation() -> TeamGenerationBody:
    """A team's first key."""
    member = TeamMember(AMARA.account, AMARA.sealing().id, some_hash("team box"))
    return TeamGenerationBody(TEAM, 1, SealingKey(seed("team 1")).public, (member,), None)


def _consent() -> ConsentBody:
    return ConsentBody(
        made_id("cns", "consent"), PEGGY.account, CLINIC, TEAM, "all", "treatment", "all", None, at(10), None, True
    )


def _history() -> ConversationHistoryBody:
    opened = (OpenedEpoch(1, some_hash("box 1")), OpenedEpoch(2, some_hash("box 2")))
    key = SealingKey(seed("team 1")).id
    return ConversationHistoryBody(CONVERSATION, made_id("cns", "consent"), TEAM, key, opened)


def _custodians() -> tuple[Custodian, ...]:
    people = sorted((AMARA, TOM, PEGGY), key=lambda one: one.account)
    return tuple(Custodian(one.account, one.sealing().id) for one in people)


def _emergency_key() -> EmergencyKeyBody:
    shares = tuple(
        SealedShare(one.account, index, one.key, some_hash(f"share {index}"))
        for index, one in zip((7, 255, 1), _custodians(), strict=True)
    )
    key = SealingKey(seed("emergency key")).public
    return EmergencyKeyBody(CONVERSATION, EMERGENCY_KEY, key, some_hash("custodians"), shares)


def _emergency_request() -> EmergencyRequestBody:
    keys = (TOM.account, TOM.sealing().id)
    parties = (EMERGENCY, CLINIC, PEGGY.account, CONVERSATION, EMERGENCY_KEY)
    return EmergencyRequestBody(*parties, *keys, "unconscious", at(65), some_hash("text"), _readers()[:1])


def _emergency_release() -> EmergencyReleaseBody:
    return EmergencyReleaseBody(EMERGENCY, some_hash("request"), AMARA.account, 7, TOM.sealing().id, some_hash("box"))


def _readers() -> tuple[EpochReader, ...]:
    readers = (
        EpochReader(PEGGY.account, PEGGY.sealing().id, some_hash("a box")),
        EpochReader(TEAM, SealingKey(seed("team 1")).id, some_hash("another box")),
    )
    return tuple(sorted(readers, key=lambda one: one.reader))


def example_epoch(number: int) -> Epoch:
    """An epoch of Peggy and her team."""
    return Epoch(number, some_hash(f"epoch {number}"), _readers())


def _creation() -> ConversationCreateBody:
    return ConversationCreateBody(CONVERSATION, CLINIC, PEGGY.account, some_hash("consent"), example_epoch(1), None)
