"""Weights of the ranker: every version, and which was in use when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ranker_version",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("anchor_id", sa.UUID(), nullable=True),
        sa.Column("evaluation", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin IN ('adjusted', 'fitted')", name="ranker_version_origin"),
        sa.ForeignKeyConstraint(["anchor_id"], ["ranker_version.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index("ix_ranker_version_anchor_id", "ranker_version", ["anchor_id"])
    op.create_index("ix_ranker_version_created_by", "ranker_version", ["created_by"])
    op.create_table(
        "ranker_activation",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version_id", sa.UUID(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("activated_by", sa.UUID(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('promoted', 'adjusted', 'chosen', 'rolled_back')", name="ranker_activation_reason"
        ),
        sa.ForeignKeyConstraint(["version_id"], ["ranker_version.id"]),
        sa.ForeignKeyConstraint(["activated_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_ranker_activation_version_id", "ranker_activation", ["version_id"])
    op.create_index("ix_ranker_activation_activated_by", "ranker_activation", ["activated_by"])


def downgrade() -> None:
    op.drop_table("ranker_activation")
    op.drop_table("ranker_version")
