"""Access log, destruction records, closed accounts; personal data out of the audit trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Whoever owns the tables could still take the triggers away: what was changed then, the hash chain shows.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER destruction_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON destruction_record
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
# Former versions kept the representative's name there, where no erasure would have reached it.
FORGET_NAMES = (
    "UPDATE audit_event SET before = before - 'representative_name' WHERE before ? 'representative_name'",
    "UPDATE audit_event SET after = after - 'representative_name' WHERE after ? 'representative_name'",
)


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_ids", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("form IN ('masked', 'full')", name="access_log_form"),
        sa.CheckConstraint("number > 0", name="access_log_number"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "destruction_record",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("kept_days", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "account_closure",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.execute(APPEND_ONLY)
    for statement in FORGET_NAMES:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("account_closure")
    op.drop_table("destruction_record")
    op.drop_table("access_log")
    op.execute("DROP FUNCTION refuse_change()")
