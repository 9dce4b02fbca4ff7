"""Consents that end, where epochs begin, and earlier epochs opened to later readers."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from messenger.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Messages of an epoch are never followed by one of an earlier epoch, so an epoch begins after the last of those.
_EPOCH_OF_A_HEADER = {
    "sqlite": "CASE WHEN json_valid(CAST(messages.header AS TEXT))"
    " THEN json_extract(CAST(messages.header AS TEXT), '$.epoch') END",
    "postgresql": """substring(encode(messages.header, 'escape') from '"epoch" *: *([0-9]+)')""",
}


def upgrade() -> None:
    op.add_column("consents", sa.Column("ended", UtcDateTime(), nullable=True))
    op.create_table(
        "epochs",
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", _BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.conversation"], name="fk_epochs_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation", "epoch", name="pk_epochs"),
    )
    op.create_table(
        "history_boxes",
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("reader", sa.String(36), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("statement", sa.LargeBinary(32), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.conversation"], name="fk_history_boxes_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation", "reader", "epoch", "statement", name="pk_history_boxes"),
    )
    _find_where_epochs_began()


def downgrade() -> None:
    op.drop_table("history_boxes")
    op.drop_table("epochs")
    _let_revoked_consents_lapse()
    op.drop_column("consents", "ended")


def _let_revoked_consents_lapse() -> None:
    """Older versions know no end but a consent's own: what was revoked must not come back to life there."""
    consents = sa.table(
        "consents",
        sa.column("not_before", UtcDateTime()),
        sa.column("until", UtcDateTime()),
        sa.column("ended", UtcDateTime()),
    )
    op.execute(
        consents.update()
        .where(consents.c.ended.is_not(None))
        .values(not_before=datetime(1970, 1, 1, tzinfo=UTC), until=consents.c.ended)
    )


def _find_where_epochs_began() -> None:
    epoch = _EPOCH_OF_A_HEADER[op.get_bind().dialect.name]
    op.execute(
        sa.text(
            "INSERT INTO epochs (conversation, epoch, after)"  # noqa: S608 (one of two constants above)
            " SELECT begun.conversation, begun.epoch, COALESCE(("
            "   SELECT MAX(messages.sequence) FROM messages"
            f"  WHERE messages.conversation = begun.conversation AND CAST({epoch} AS INTEGER) < begun.epoch), 0)"
            " FROM (SELECT DISTINCT conversation, epoch FROM epoch_boxes) AS begun"
        )
    )
