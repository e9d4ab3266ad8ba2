"""Two more places where a pair of need and supplier can stand, and its last decision found quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE = "verdict IN ('shortlisted', 'introduced', 'contracted', 'rejected')"
SINCE = "verdict IN ('shortlisted', 'introduced', 'proposed', 'contracted', 'completed', 'rejected')"
# A state of old that says the most of what a new one said.
NEAREST = (
    "UPDATE feedback SET verdict = 'introduced' WHERE verdict = 'proposed'",
    "UPDATE feedback SET verdict = 'contracted' WHERE verdict = 'completed'",
)


def upgrade() -> None:
    op.drop_constraint("feedback_verdict", "feedback", type_="check")
    op.create_check_constraint("feedback_verdict", "feedback", SINCE)
    op.create_index(
        "feedback_pair",
        "feedback",
        ["need_id", "supplier_id", sa.text("created_at DESC"), sa.text("id DESC")],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("feedback_pair", table_name="feedback")
    op.drop_constraint("feedback_verdict", "feedback", type_="check")
    for statement in NEAREST:
        op.execute(statement)
    op.create_check_constraint("feedback_verdict", "feedback", BEFORE)
