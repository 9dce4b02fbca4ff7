"""Whom patients keep from reading."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("patient", sa.String(36), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["accounts.account"], name="fk_blocks_patient_accounts"),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_blocks_account_accounts"),
        sa.PrimaryKeyConstraint("patient", "account", name="pk_blocks"),
    )
    op.create_index("ix_blocks_account", "blocks", ["account"])


def downgrade() -> None:
    op.drop_table("blocks")
