"""Counts of tries, for the limits on signing in and joining."""

import sqlalchemy as sa
from alembic import op

from messenger.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "try_counts",
        sa.Column("subject", sa.String(43), nullable=False),
        sa.Column("window_ends", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "window_ends", name="pk_try_counts"),
    )
    op.create_index("ix_try_counts_window_ends", "try_counts", ["window_ends"])


def downgrade() -> None:
    op.drop_table("try_counts")
