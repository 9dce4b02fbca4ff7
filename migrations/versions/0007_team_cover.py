"""Cover stands in a team for a period."""

import sqlalchemy as sa
from alembic import op

from messenger.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("team_members", sa.Column("cover_from", UtcDateTime(), nullable=True))
    op.add_column("team_members", sa.Column("cover_until", UtcDateTime(), nullable=True))


def downgrade() -> None:
    # Older versions know no end of a place in a team: who stands in for a time must not read for good, and waits.
    op.execute(sa.text("UPDATE team_members SET generation = NULL WHERE cover_until IS NOT NULL"))
    op.drop_column("team_members", "cover_until")
    op.drop_column("team_members", "cover_from")
