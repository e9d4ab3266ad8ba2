"""Challenges: calls, applications, reviewers without names before them, their conflicts of interest."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_calls()
    _create_applications()
    _create_reviews()


def _create_calls() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("programme_code", sa.String(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("criteria", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("reviewers_per_application", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("departure_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens_on <= closes_on", name="challenge_days"),
        sa.CheckConstraint("places > 0", name="challenge_places"),
        sa.CheckConstraint("reviewers_per_application BETWEEN 1 AND 9", name="challenge_reviewers"),
        sa.CheckConstraint("decided_at IS NULL OR published_at IS NOT NULL", name="challenge_decided"),
        sa.ForeignKeyConstraint(["programme_code"], ["programme.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "challenge_department",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("challenge_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mission", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("challenge_id", "position", name="challenge_department_position"),
    )


def _create_applications() -> None:
    op.create_table(
        "challenge_application",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("challenge_id", sa.UUID(), nullable=False),
        sa.Column("supplier_id", sa.UUID(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen", sa.Boolean(), nullable=True),
        sa.Column("department_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("department_id IS NULL OR chosen", name="challenge_application_department"),
        sa.CheckConstraint("chosen IS NULL OR withdrawn_at IS NULL", name="challenge_application_chosen"),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"]),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"]),
        sa.ForeignKeyConstraint(["department_id"], ["challenge_department.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_challenge_application_supplier_id", "challenge_application", ["supplier_id"])
    op.create_index("challenge_application_list", "challenge_application", ["challenge_id", "id"])
    op.create_index(
        "challenge_application_standing",
        "challenge_application",
        ["challenge_id", "supplier_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _create_reviews() -> None:
    op.create_table(
        "challenge_review",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("reviewer_id", sa.UUID(), nullable=False),
        sa.Column("scores", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(submitted_at IS NULL) = (scores = '[]'::jsonb)", name="challenge_review_scores"),
        sa.ForeignKeyConstraint(["application_id"], ["challenge_application.id"]),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("application_id", "reviewer_id", name="challenge_review_once"),
    )
    op.create_index("ix_challenge_review_reviewer_id", "challenge_review", ["reviewer_id"])
    op.create_table(
        "challenge_conflict",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("challenge_id", sa.UUID(), nullable=False),
        sa.Column("reviewer_id", sa.UUID(), nullable=False),
        sa.Column("supplier_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"]),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("challenge_id", "reviewer_id", "supplier_id", name="challenge_conflict_once"),
    )
    for column in ("reviewer_id", "supplier_id"):
        op.create_index(f"ix_challenge_conflict_{column}", "challenge_conflict", [column])


def downgrade() -> None:
    for table in ("conflict", "review", "application", "department"):
        op.drop_table(f"challenge_{table}")
    op.drop_table("challenge")
