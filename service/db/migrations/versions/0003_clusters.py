"""Digital clusters: groups of manufacturers with alike needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EMPTY_DOCUMENT = sa.text("'{}'")
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("main_category", sa.String(), nullable=False),
        sa.Column("need_count", sa.Integer(), nullable=False),
        sa.Column("manufacturer_count", sa.Integer(), nullable=False),
        sa.Column(
            "content", postgresql.JSONB(astext_type=sa.Text()), server_default=EMPTY_DOCUMENT, nullable=False
        ),
        sa.Column(
            "quality", postgresql.JSONB(astext_type=sa.Text()), server_default=EMPTY_DOCUMENT, nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("cluster_list", "cluster", ["position", "id"], unique=False, postgresql_where=OPEN)
    op.create_index("cluster_name_key", "cluster", ["name"], unique=True, postgresql_where=OPEN)
    op.create_table(
        "cluster_member",
        sa.Column("cluster_id", sa.UUID(), nullable=False),
        sa.Column("need_id", sa.UUID(), nullable=False),
        sa.Column("manufacturer_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"]),
        sa.ForeignKeyConstraint(["manufacturer_id"], ["manufacturer.id"]),
        sa.PrimaryKeyConstraint("cluster_id", "need_id"),
    )
    op.create_index(
        op.f("ix_cluster_member_manufacturer_id"), "cluster_member", ["manufacturer_id"], unique=False
    )
    op.create_table(
        "clustering_run",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("need_count", sa.Integer(), nullable=False),
        sa.Column("cluster_count", sa.Integer(), nullable=False),
        sa.Column(
            "outside_need_ids", postgresql.ARRAY(sa.Text()), server_default=EMPTY_DOCUMENT, nullable=False
        ),
        sa.Column("silhouette", sa.Float(), nullable=True),
        sa.Column("stability", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_clustering_run_made_at"), "clustering_run", ["made_at"], unique=False)


def downgrade() -> None:
    op.drop_table("clustering_run")
    op.drop_table("cluster_member")
    op.drop_table("cluster")
