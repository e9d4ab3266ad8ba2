"""Imports in batches of lines, so that nobody holds a whole file in memory; their refusals as rows.

An upload without a header is one of the version before: a file in one piece, which a worker cuts when it comes to
it. Workers are replaced before API processes, as the old ones know no batches.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_upload", sa.Column("header", sa.String(), nullable=True))
    op.create_table(
        "import_batch",
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["import_upload.job_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "first_line"),
    )
    op.create_table(
        "import_rejection",
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "line"),
    )


def downgrade() -> None:
    op.drop_table("import_rejection")
    op.drop_table("import_batch")
    op.drop_column("import_upload", "header")
