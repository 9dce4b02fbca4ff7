"""The chains of signed statements."""

import sqlalchemy as sa
from alembic import op

from messenger.append_only import refuse_changes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chain_statements",
        sa.Column("chain", sa.String(49), nullable=False),
        sa.Column("sequence", BIG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("chain", "sequence", name="pk_chain_statements"),
        sa.UniqueConstraint("hash", name="uq_chain_statements_hash"),
    )
    op.create_table(
        "chain_heads",
        sa.Column("chain", sa.String(49), nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_chain_heads"),
    )
    refuse_changes(op.get_bind(), "chain_statements")


def downgrade() -> None:
    op.drop_table("chain_heads")
    op.drop_table("chain_statements")
