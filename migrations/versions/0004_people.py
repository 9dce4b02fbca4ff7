"""Clinics, people, teams and consents."""

import sqlalchemy as sa
from alembic import op

from messenger.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "challenges",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("name_key", sa.String(192), nullable=False),
        sa.Column("slot", sa.String(10), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.Column("answered", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name="pk_challenges"),
    )
    op.create_index("ix_challenges_answered", "challenges", ["answered"])
    op.create_index("ix_challenges_expires", "challenges", ["expires"])
    op.create_table(
        "possession_tickets",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("sealing_key_id", sa.String(43), nullable=False),
        sa.Column("nonce_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_possession_tickets"),
    )
    op.create_index("ix_possession_tickets_expires", "possession_tickets", ["expires"])
    op.create_table(
        "clinics",
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("founder", sa.String(36), nullable=False),
        sa.Column("log_key", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(32), nullable=True),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("founded", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["clinic"], ["logs.clinic"], name="fk_clinics_clinic_logs"),
        sa.PrimaryKeyConstraint("clinic", name="pk_clinics"),
    )
    op.create_table(
        "invitations",
        sa.Column("invitation", sa.String(36), nullable=False),
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("inviter", sa.String(36), nullable=False),
        sa.Column("founding", sa.Boolean(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(32), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.Column("used", UtcDateTime(), nullable=True),
        sa.Column("cancelled", UtcDateTime(), nullable=True),
        sa.Column("card_salt", sa.LargeBinary(32), nullable=True),
        sa.Column("card_text", sa.Text(), nullable=True),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.clinic"], name="fk_invitations_clinic_clinics"),
        sa.PrimaryKeyConstraint("invitation", name="pk_invitations"),
        sa.UniqueConstraint("account", name="uq_invitations_account"),
    )
    op.create_index("ix_invitations_clinic_created", "invitations", ["clinic", "created"])
    op.create_index("ix_invitations_inviter_created", "invitations", ["inviter", "created"])
    op.create_table(
        "accounts",
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("invitation", sa.String(36), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("name_key", sa.String(192), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(32), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(1216), nullable=False),
        sa.Column("sealing_key_id", sa.String(43), nullable=False),
        sa.Column("vault_version", sa.Integer(), nullable=False),
        sa.Column("joined", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.clinic"], name="fk_accounts_clinic_clinics"),
        sa.ForeignKeyConstraint(["invitation"], ["invitations.invitation"], name="fk_accounts_invitation_invitations"),
        sa.PrimaryKeyConstraint("account", name="pk_accounts"),
        sa.UniqueConstraint("invitation", name="uq_accounts_invitation"),
        sa.UniqueConstraint("name_key", name="uq_accounts_name_key"),
    )
    op.create_index("ix_accounts_clinic_role", "accounts", ["clinic", "role"])
    op.create_table(
        "clinic_key_boxes",
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("statement", sa.LargeBinary(32), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_clinic_key_boxes_account_accounts"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.clinic"], name="fk_clinic_key_boxes_clinic_clinics"),
        sa.PrimaryKeyConstraint("clinic", "account", name="pk_clinic_key_boxes"),
    )
    op.create_table(
        "consents",
        sa.Column("patient", sa.String(36), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("consent", sa.String(36), nullable=False),
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("grantee", sa.String(36), nullable=False),
        sa.Column("scope", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("history", sa.String(10), nullable=False),
        sa.Column("history_from", UtcDateTime(), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("may_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["accounts.account"], name="fk_consents_patient_accounts"),
        sa.PrimaryKeyConstraint("patient", "sequence", name="pk_consents"),
        sa.UniqueConstraint("patient", "consent", name="uq_consents_patient_consent"),
    )
    op.create_index("ix_consents_grantee_patient", "consents", ["grantee", "patient"])
    op.create_table(
        "devices",
        sa.Column("device", sa.String(36), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_devices_account_accounts"),
        sa.PrimaryKeyConstraint("device", name="pk_devices"),
    )
    op.create_index("ix_devices_account", "devices", ["account"])
    op.create_table(
        "documents",
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_documents_account_accounts"),
        sa.PrimaryKeyConstraint("account", "name", name="pk_documents"),
    )
    op.create_table(
        "profile_listings",
        sa.Column("viewer", sa.String(36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("patient", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["accounts.account"], name="fk_profile_listings_patient_accounts"),
        sa.ForeignKeyConstraint(["viewer"], ["accounts.account"], name="fk_profile_listings_viewer_accounts"),
        sa.PrimaryKeyConstraint("viewer", "day", "patient", name="pk_profile_listings"),
    )
    op.create_table(
        "profiles",
        sa.Column("patient", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["accounts.account"], name="fk_profiles_patient_accounts"),
        sa.PrimaryKeyConstraint("patient", name="pk_profiles"),
    )
    op.create_table(
        "sign_in_slots",
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("type", sa.String(10), nullable=False),
        sa.Column("slot", sa.String(36), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("sign_in_key", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_sign_in_slots_account_accounts"),
        sa.PrimaryKeyConstraint("account", "type", name="pk_sign_in_slots"),
    )
    op.create_table(
        "teams",
        sa.Column("team", sa.String(36), nullable=False),
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manager", sa.String(36), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(1216), nullable=True),
        sa.Column("sealing_key_id", sa.String(43), nullable=True),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.clinic"], name="fk_teams_clinic_clinics"),
        sa.ForeignKeyConstraint(["manager"], ["accounts.account"], name="fk_teams_manager_accounts"),
        sa.PrimaryKeyConstraint("team", name="pk_teams"),
    )
    op.create_index("ix_teams_clinic", "teams", ["clinic"])
    op.create_table(
        "profile_boxes",
        sa.Column("patient", sa.String(36), nullable=False),
        sa.Column("reader", sa.String(36), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["profiles.patient"], name="fk_profile_boxes_patient_profiles"),
        sa.PrimaryKeyConstraint("patient", "reader", name="pk_profile_boxes"),
    )
    op.create_table(
        "sessions",
        sa.Column("session", sa.String(36), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("device", sa.String(36), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("share", sa.LargeBinary(32), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_sessions_account_accounts"),
        sa.ForeignKeyConstraint(["device"], ["devices.device"], name="fk_sessions_device_devices"),
        sa.PrimaryKeyConstraint("session", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
    op.create_index("ix_sessions_created", "sessions", ["created"])
    op.create_index("ix_sessions_device", "sessions", ["device"])
    op.create_index("ix_sessions_last_seen", "sessions", ["last_seen"])
    op.create_table(
        "vaults",
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_vaults_account_accounts"),
        sa.PrimaryKeyConstraint("account", name="pk_vaults"),
    )
    op.create_table(
        "team_boxes",
        sa.Column("team", sa.String(36), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("statement", sa.LargeBinary(32), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_team_boxes_account_accounts"),
        sa.ForeignKeyConstraint(["team"], ["teams.team"], name="fk_team_boxes_team_teams"),
        sa.PrimaryKeyConstraint("team", "generation", "account", name="pk_team_boxes"),
    )
    op.create_table(
        "team_links",
        sa.Column("team", sa.String(36), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.team"], name="fk_team_links_team_teams"),
        sa.PrimaryKeyConstraint("team", "generation", name="pk_team_links"),
    )
    op.create_table(
        "team_members",
        sa.Column("team", sa.String(36), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_team_members_account_accounts"),
        sa.ForeignKeyConstraint(["team"], ["teams.team"], name="fk_team_members_team_teams"),
        sa.PrimaryKeyConstraint("team", "account", name="pk_team_members"),
    )
    op.create_index("ix_team_members_account", "team_members", ["account"])


def downgrade() -> None:
    op.drop_table("team_members")
    op.drop_table("team_links")
    op.drop_table("team_boxes")
    op.drop_table("vaults")
    op.drop_table("sessions")
    op.drop_table("profile_boxes")
    op.drop_table("teams")
    op.drop_table("sign_in_slots")
    op.drop_table("profiles")
    op.drop_table("profile_listings")
    op.drop_table("documents")
    op.drop_table("devices")
    op.drop_table("consents")
    op.drop_table("clinic_key_boxes")
    op.drop_table("accounts")
    op.drop_table("invitations")
    op.drop_table("clinics")
    op.drop_table("possession_tickets")
    op.drop_table("challenges")
