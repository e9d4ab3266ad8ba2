"""What the tax service says of each business number."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "business_status",
        sa.Column("business_number", sa.String(), nullable=False),
        sa.Column("status_code", sa.String(), nullable=True),
        sa.Column("status_name", sa.String(), nullable=True),
        sa.Column("tax_type", sa.String(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("business_number ~ '^[0-9]{10}$'", name="business_status_number_digits"),
        sa.CheckConstraint("source IN ('nts', 'demo')", name="business_status_source"),
        sa.PrimaryKeyConstraint("business_number"),
    )
    op.create_index("business_status_checked", "business_status", ["checked_at"])


def downgrade() -> None:
    op.drop_table("business_status")
