"""The access log gets a period and an anchor where it was cut; accounts that the alliance itself closed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The period of service/privacy/retention.py. A younger row is refused by the database itself.
KEPT = """
DROP TRIGGER access_log_append_only ON access_log;
CREATE TRIGGER access_log_append_only BEFORE UPDATE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_early_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.occurred_at < now() - interval '730 days' THEN RETURN OLD; END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER access_log_kept BEFORE DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_early_removal();
"""
APPEND_ONLY = """
DROP TRIGGER access_log_kept ON access_log;
DROP FUNCTION refuse_early_removal();
DROP TRIGGER access_log_append_only ON access_log;
CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.add_column("destruction_record", sa.Column("anchor", sa.String(), nullable=True))
    op.execute(KEPT)
    op.add_column(
        "account",
        sa.Column("closed_by_alliance", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("account", "closed_by_alliance")
    op.execute(APPEND_ONLY)
    op.drop_column("destruction_record", "anchor")
