"""The kinds of statements (`docs/protocol.md` §2), one dataclass each. The list is closed and append-only."""

from __future__ import annotations

from typing import Final

from messenger.protocol.kinds.access import LeaseRenewalBody, OpenBody
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.clinic import ClinicBody, ClinicKeyShareBody
from messenger.protocol.kinds.consent import ConsentBody, ConsentChangeBody, ConsentRevocationBody
from messenger.protocol.kinds.conversation import (
    ConversationCreateBody,
    ConversationHistoryBody,
    ConversationNameBody,
    ConversationRotationBody,
)
from messenger.protocol.kinds.custodians import CustodiansBody
from messenger.protocol.kinds.emergency import EmergencyCloseBody, EmergencyReleaseBody, EmergencyRequestBody
from messenger.protocol.kinds.emergency_choice import EmergencyOptInBody, EmergencyOptOutBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.kinds.sign_in import SignInBody
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamCreateBody, TeamGenerationBody
from messenger.protocol.kinds.team_people import TeamAppointmentBody, TeamChangeBody, TeamRemovalBody
from messenger.protocol.kinds.vault import VaultBody

KINDS: Final = (
    ClinicBody,
    ClinicKeyShareBody,
    InvitationBody,
    KeyBody,
    VaultBody,
    TeamCreateBody,
    TeamGenerationBody,
    TeamAdmissionBody,
    ConsentBody,
    ConversationCreateBody,
    ConversationRotationBody,
    ConversationNameBody,
    OpenBody,
    LeaseRenewalBody,
    SignInBody,
    ProfileBody,
    ConsentChangeBody,
    ConsentRevocationBody,
    ConversationHistoryBody,
    CustodiansBody,
    EmergencyOptInBody,
    EmergencyOptOutBody,
    EmergencyKeyBody,
    EmergencyRequestBody,
    EmergencyReleaseBody,
    EmergencyCloseBody,
    TeamChangeBody,
    TeamAppointmentBody,
    TeamRemovalBody,
    BlockBody,
    UnblockBody,
)
