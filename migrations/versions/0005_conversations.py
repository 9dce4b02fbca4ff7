"""Conversations, their messages and the open questions."""

import sqlalchemy as sa
from alembic import op

from messenger.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("patient", sa.String(36), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("control_head", sa.LargeBinary(32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("epoch_began", UtcDateTime(), nullable=False),
        sa.Column("epoch_place", sa.Integer(), nullable=False),
        sa.Column("name_statement", sa.LargeBinary(32), nullable=True),
        sa.Column("last_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_received", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.clinic"], name="fk_conversations_clinic_clinics"),
        sa.ForeignKeyConstraint(["patient"], ["accounts.account"], name="fk_conversations_patient_accounts"),
        sa.PrimaryKeyConstraint("conversation", name="pk_conversations"),
    )
    op.create_index("ix_conversations_patient", "conversations", ["patient"])

    op.create_table(
        "conversation_names",
        sa.Column("statement", sa.LargeBinary(32), nullable=False),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.conversation"],
            name="fk_conversation_names_conversation_conversations",
        ),
        sa.PrimaryKeyConstraint("statement", name="pk_conversation_names"),
    )
    op.create_index("ix_conversation_names_conversation", "conversation_names", ["conversation"])

    op.create_table(
        "device_heads",
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("device", sa.String(36), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.conversation"], name="fk_device_heads_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation", "device", name="pk_device_heads"),
    )
    op.create_table(
        "epoch_boxes",
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("reader", sa.String(36), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.conversation"], name="fk_epoch_boxes_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation", "reader", "epoch", name="pk_epoch_boxes"),
    )
    op.create_table(
        "leases",
        sa.Column("statement", sa.LargeBinary(32), nullable=False),
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("session", sa.String(36), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("signed", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("left", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_leases_account_accounts"),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.conversation"], name="fk_leases_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("statement", name="pk_leases"),
    )
    op.create_index("ix_leases_session_conversation_until", "leases", ["session", "conversation", "until"])

    op.create_table(
        "messages",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sender", sa.String(36), nullable=False),
        sa.Column("device", sa.String(36), nullable=False),
        sa.Column("device_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("ciphertext_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.Column("received", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.conversation"], name="fk_messages_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("message", name="pk_messages"),
        sa.UniqueConstraint(
            "conversation", "device", "device_sequence", name="uq_messages_conversation_device_device_sequence"
        ),
        sa.UniqueConstraint("conversation", "sequence", name="uq_messages_conversation_sequence"),
    )
    op.create_table(
        "receipts",
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("delivered", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_receipts_account_accounts"),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.conversation"], name="fk_receipts_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation", "account", name="pk_receipts"),
    )
    op.create_table(
        "questions",
        sa.Column("question", sa.String(36), nullable=False),
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("patient", sa.String(36), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked", UtcDateTime(), nullable=False),
        sa.Column("category", sa.String(20), nullable=True),
        sa.Column("urgency", sa.String(10), nullable=False),
        sa.Column("acknowledged", sa.String(36), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("closed", UtcDateTime(), nullable=True),
        sa.Column("closed_as", sa.String(10), nullable=True),
        sa.Column("closed_by", sa.String(36), nullable=True),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.clinic"], name="fk_questions_clinic_clinics"),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.conversation"], name="fk_questions_conversation_conversations"
        ),
        sa.ForeignKeyConstraint(["question"], ["messages.message"], name="fk_questions_question_messages"),
        sa.PrimaryKeyConstraint("question", name="pk_questions"),
    )
    op.create_index(
        "ix_questions_open",
        "questions",
        ["clinic", "asked", "question"],
        sqlite_where=sa.text("closed IS NULL"),
        postgresql_where=sa.text("closed IS NULL"),
    )
    op.create_index(
        "ix_questions_open_in_conversation",
        "questions",
        ["conversation"],
        sqlite_where=sa.text("closed IS NULL"),
        postgresql_where=sa.text("closed IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("questions")
    op.drop_table("receipts")
    op.drop_table("messages")
    op.drop_table("leases")
    op.drop_table("epoch_boxes")
    op.drop_table("device_heads")
    op.drop_table("conversation_names")
    op.drop_table("conversations")
