"""What a person is in their clinic. An account has one role for good."""

from enum import StrEnum


class Role(StrEnum):
    """The closed list of roles; the values stand in invitations and are part of the protocol."""

    ADMINISTRATOR = "administrator"
    PROVIDER = "provider"
    NURSE = "nurse"
    FRONT_DESK = "front_desk"
    COVER = "cover"
    COMPLIANCE = "compliance"
    CUSTODIAN = "custodian"
    PATIENT = "patient"
    PROXY = "proxy"


CARE_STAFF = frozenset({Role.PROVIDER, Role.NURSE, Role.FRONT_DESK, Role.COVER})
"""Who may stand in a care team and read what a patient's consent opens to it."""

STAFF = CARE_STAFF | {Role.ADMINISTRATOR, Role.COMPLIANCE, Role.CUSTODIAN}
"""Everyone whose clinic key statement is signed by the clinic."""
