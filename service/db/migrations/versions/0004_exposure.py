"""The first ten suppliers of each run beside its answer, to count recent lists without reading answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "recommendation_run",
        sa.Column(
            "listed",
            postgresql.JSONB(none_as_null=True),
            sa.Computed("jsonb_path_query_array(answer, '$.items[0 to 9].supplier_id')", persisted=True),
            nullable=True,
        ),
    )
    op.create_index(
        op.f("ix_recommendation_run_generated_at"), "recommendation_run", ["generated_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_recommendation_run_generated_at"), "recommendation_run")
    op.drop_column("recommendation_run", "listed")
