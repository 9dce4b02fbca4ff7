"""The access log."""

import sqlalchemy as sa
from alembic import op

from messenger.append_only import refuse_changes
from messenger.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_queue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_queue"),
    )
    op.create_index("ix_audit_queue_clinic_id", "audit_queue", ["clinic", "id"])
    op.create_table(
        "logs",
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("verifier_key", sa.Text(), nullable=False),
        sa.Column("sealed_seed", sa.LargeBinary(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("clinic", name="pk_logs"),
    )
    op.create_table(
        "audit_bodies",
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("actor", sa.String(36), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("conversation", sa.String(36), nullable=True),
        sa.Column("time", UtcDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clinic"], ["logs.clinic"], name="fk_audit_bodies_clinic_logs"),
        sa.PrimaryKeyConstraint("event", name="pk_audit_bodies"),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["clinic"], ["logs.clinic"], name="fk_audit_checkpoints_clinic_logs"),
        sa.PrimaryKeyConstraint("clinic", "size", name="pk_audit_checkpoints"),
    )
    op.create_table(
        "audit_frames",
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("previous", sa.LargeBinary(32), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["clinic"], ["logs.clinic"], name="fk_audit_frames_clinic_logs"),
        sa.PrimaryKeyConstraint("clinic", "index", name="pk_audit_frames"),
        sa.UniqueConstraint("clinic", "subject", "sequence", name="uq_audit_frames_clinic_subject_sequence"),
        sa.UniqueConstraint("event", name="uq_audit_frames_event"),
    )
    op.create_table(
        "audit_nodes",
        sa.Column("clinic", sa.String(36), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["clinic"], ["logs.clinic"], name="fk_audit_nodes_clinic_logs"),
        sa.PrimaryKeyConstraint("clinic", "level", "index", name="pk_audit_nodes"),
    )
    op.create_table(
        "audit_details",
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["audit_bodies.event"], name="fk_audit_details_event_audit_bodies"),
        sa.PrimaryKeyConstraint("event", name="pk_audit_details"),
    )
    for table in ("audit_bodies", "audit_frames", "audit_nodes", "audit_checkpoints"):
        refuse_changes(op.get_bind(), table)


def downgrade() -> None:
    op.drop_table("audit_details")
    op.drop_table("audit_nodes")
    op.drop_table("audit_frames")
    op.drop_table("audit_checkpoints")
    op.drop_table("audit_bodies")
    op.drop_table("logs")
    op.drop_table("audit_queue")
