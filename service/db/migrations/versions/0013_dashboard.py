"""The best score and the likeliest category of each run beside its answer; the audit trail by time."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BEST_SCORE = "(answer #> '{items,0,score}')::float8"
TOP_CATEGORY = "answer #>> '{inferred_categories,0,category}'"


def upgrade() -> None:
    op.add_column(
        "recommendation_run",
        sa.Column("best_score", sa.Float(), sa.Computed(BEST_SCORE, persisted=True), nullable=True),
    )
    op.add_column(
        "recommendation_run",
        sa.Column("top_category", sa.String(), sa.Computed(TOP_CATEGORY, persisted=True), nullable=True),
    )
    op.create_index("audit_event_time", "audit_event", ["occurred_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("audit_event_time", "audit_event")
    op.drop_column("recommendation_run", "top_category")
    op.drop_column("recommendation_run", "best_score")
