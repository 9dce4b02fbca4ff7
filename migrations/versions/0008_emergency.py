"""Emergency access: what patients chose, keys and their shares, requests and what was released."""

import sqlalchemy as sa
from alembic import op

from messenger.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("emergency", sa.String(36), nullable=True))
    op.add_column(
        "conversations", sa.Column("epoch_over", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.create_table(
        "emergency_choices",
        sa.Column("patient", sa.String(36), nullable=False),
        sa.Column("opted_in", sa.Boolean(), nullable=False),
        _points("emergency_choices", "patient", "accounts.account"),
        sa.PrimaryKeyConstraint("patient", name="pk_emergency_choices"),
    )
    _add_keys()
    _add_emergencies()


def downgrade() -> None:
    for table in (
        "emergency_release_boxes",
        "emergency_text_boxes",
        "emergencies",
        "emergency_share_boxes",
        "emergency_keys",
        "emergency_choices",
    ):
        op.drop_table(table)
    op.drop_column("conversations", "epoch_over")
    op.drop_column("conversations", "emergency")


def _add_keys() -> None:
    op.create_table(
        "emergency_keys",
        sa.Column("emergency_key", sa.String(36), nullable=False),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("statement", sa.LargeBinary(32), nullable=False),
        sa.Column("sealing_key_id", sa.String(43), nullable=False),
        sa.Column("spent", UtcDateTime(), nullable=True),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("ended", UtcDateTime(), nullable=True),
        _points("emergency_keys", "conversation", "conversations.conversation"),
        sa.PrimaryKeyConstraint("emergency_key", name="pk_emergency_keys"),
    )
    op.create_index("ix_emergency_keys_conversation", "emergency_keys", ["conversation"])
    op.create_table(
        "emergency_share_boxes",
        sa.Column("emergency_key", sa.String(36), nullable=False),
        sa.Column("custodian", sa.String(36), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        _points("emergency_share_boxes", "emergency_key", "emergency_keys.emergency_key"),
        _points("emergency_share_boxes", "custodian", "accounts.account"),
        sa.PrimaryKeyConstraint("emergency_key", "custodian", name="pk_emergency_share_boxes"),
    )
    op.create_index("ix_emergency_share_boxes_custodian", "emergency_share_boxes", ["custodian"])


def _add_emergencies() -> None:
    op.create_table(
        "emergencies",
        sa.Column("emergency", sa.String(36), nullable=False),
        *(sa.Column(name, sa.String(36), nullable=False) for name in ("clinic", "patient", "conversation")),
        *(sa.Column(name, sa.String(36), nullable=False) for name in ("emergency_key", "requester", "event")),
        sa.Column("requested", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("released", "shown", "ended", "closed")),
        _points("emergencies", "clinic", "clinics.clinic"),
        _points("emergencies", "patient", "accounts.account"),
        _points("emergencies", "conversation", "conversations.conversation"),
        _points("emergencies", "emergency_key", "emergency_keys.emergency_key"),
        _points("emergencies", "requester", "accounts.account"),
        sa.PrimaryKeyConstraint("emergency", name="pk_emergencies"),
    )
    for column in ("clinic", "patient", "emergency_key", "requester"):
        op.create_index(f"ix_emergencies_{column}", "emergencies", [column])
    _add_boxes("emergency_text_boxes", "reader")
    _add_boxes("emergency_release_boxes", "custodian")


def _add_boxes(table: str, whose: str) -> None:
    named = [_points(table, whose, "accounts.account")] if whose == "custodian" else []
    op.create_table(
        table,
        sa.Column("emergency", sa.String(36), nullable=False),
        sa.Column(whose, sa.String(36), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        _points(table, "emergency", "emergencies.emergency"),
        *named,
        sa.PrimaryKeyConstraint("emergency", whose, name=f"pk_{table}"),
    )


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}_{target.partition('.')[0]}")
