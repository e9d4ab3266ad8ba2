"""상생협력펀드: loans, repayments and a double-entry journal that balances and only grows; terms by period."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# An entry is checked at the commit, when all its postings are there. `written_in` is its transaction: nobody
# adds postings to an entry of the past, not even two that cancel out.
TRIGGERS = """
CREATE FUNCTION fund_entry_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry bigint;
    postings bigint;
    total numeric;
BEGIN
    IF TG_TABLE_NAME = 'fund_entry' THEN entry := NEW.number; ELSE entry := NEW.entry_number; END IF;
    SELECT count(*), coalesce(sum(amount_won), 0) INTO postings, total FROM fund_posting WHERE entry_number = entry;
    IF postings < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'fund entry % does not balance: % postings, sum %', entry, postings, total
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION fund_posting_joins_its_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT written_in FROM fund_entry WHERE number = NEW.entry_number)
       IS DISTINCT FROM (pg_current_xact_id()::text)::bigint THEN
        RAISE EXCEPTION 'fund entry % is closed', NEW.entry_number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fund_entry_is_written_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.written_in := (pg_current_xact_id()::text)::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER fund_entry_written BEFORE INSERT ON fund_entry
    FOR EACH ROW EXECUTE FUNCTION fund_entry_is_written_now();
CREATE TRIGGER fund_posting_written BEFORE INSERT ON fund_posting
    FOR EACH ROW EXECUTE FUNCTION fund_posting_joins_its_entry();
CREATE CONSTRAINT TRIGGER fund_entry_balances AFTER INSERT ON fund_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fund_entry_must_balance();
CREATE CONSTRAINT TRIGGER fund_posting_balances AFTER INSERT ON fund_posting DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fund_entry_must_balance();
CREATE TRIGGER fund_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fund_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund_posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.drop_constraint("fund_term_pkey", "fund_term", type_="primary")
    op.create_primary_key("fund_term_pkey", "fund_term", ["code", "valid_from"])
    op.add_column(
        "fund_term", sa.Column("application_days", sa.Integer(), server_default=sa.text("60"), nullable=False)
    )
    op.add_column(
        "fund_term",
        sa.Column("overdue_addon_percent", sa.String(), server_default=sa.text("'3'"), nullable=False),
    )
    op.create_check_constraint("fund_term_application_days", "fund_term", "application_days > 0")
    op.create_table(
        "fund_ledger",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    _create_loans()
    _create_repayments()
    _create_journal()
    op.execute(TRIGGERS)


def _create_loans() -> None:
    op.create_table(
        "fund_loan",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("terms_from", sa.Date(), nullable=False),
        sa.Column("supplier_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("principal_won", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("grace_months", sa.Integer(), nullable=False),
        sa.Column("payment_day", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("bank", sa.String(), nullable=True),
        sa.Column("bank_reference", sa.String(), nullable=True),
        sa.Column("bank_decided_on", sa.Date(), nullable=True),
        sa.Column("bank_rate_percent", sa.String(), nullable=True),
        sa.Column("rate_reduction_percent", sa.String(), nullable=True),
        sa.Column("floor_rate_percent", sa.String(), nullable=True),
        sa.Column("disbursed_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("status_reason", sa.String(), nullable=True),
        sa.Column("next_payment_on", sa.Date(), nullable=True),
        sa.Column("interest_saved_won", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('reserved', 'approved', 'disbursed', 'repaid', 'declined', 'cancelled', 'expired')",
            name="fund_loan_status",
        ),
        sa.CheckConstraint("principal_won > 0", name="fund_loan_principal"),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'disbursed', 'repaid') OR (bank_decided_on IS NOT NULL"
            " AND bank_rate_percent IS NOT NULL AND rate_reduction_percent IS NOT NULL"
            " AND floor_rate_percent IS NOT NULL)",
            name="fund_loan_approved_by_bank",
        ),
        sa.CheckConstraint(
            "status NOT IN ('disbursed', 'repaid') OR disbursed_on IS NOT NULL", name="fund_loan_disbursed"
        ),
        sa.ForeignKeyConstraint(["fund"], ["fund_ledger.code"]),
        sa.ForeignKeyConstraint(["fund", "terms_from"], ["fund_term.code", "fund_term.valid_from"]),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fund_loan_fund", "fund_loan", ["fund"])
    op.create_index("ix_fund_loan_supplier_id", "fund_loan", ["supplier_id"])
    op.create_index("fund_loan_list", "fund_loan", ["status", "id"])
    op.create_index(
        "fund_loan_next_payment",
        "fund_loan",
        ["next_payment_on"],
        postgresql_where=sa.text("status = 'disbursed'"),
    )
    op.create_index(
        "fund_loan_expiry",
        "fund_loan",
        ["expires_on"],
        postgresql_where=sa.text("status IN ('reserved', 'approved')"),
    )


def _create_repayments() -> None:
    op.create_table(
        "fund_repayment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("loan_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.Column("overdue_charge_won", sa.BigInteger(), nullable=False),
        sa.Column("interest_won", sa.BigInteger(), nullable=False),
        sa.Column("principal_won", sa.BigInteger(), nullable=False),
        sa.Column("early_won", sa.BigInteger(), nullable=False),
        sa.Column("effect", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversal_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "amount_won = overdue_charge_won + interest_won + principal_won", name="fund_repayment_adds_up"
        ),
        sa.CheckConstraint(
            "amount_won > 0 AND overdue_charge_won >= 0 AND principal_won >= 0 AND early_won >= 0",
            name="fund_repayment_amounts",
        ),
        sa.CheckConstraint("effect IN ('shorten', 'lower')", name="fund_repayment_effect"),
        sa.CheckConstraint("early_won = 0 OR effect IS NOT NULL", name="fund_repayment_early"),
        sa.ForeignKeyConstraint(["loan_id"], ["fund_loan.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fund_repayment_loan_id", "fund_repayment", ["loan_id"])
    op.create_index(
        "fund_repayment_reference_key",
        "fund_repayment",
        ["loan_id", "reference"],
        unique=True,
        postgresql_where=sa.text("reversed_at IS NULL"),
    )


def _create_journal() -> None:
    op.create_table(
        "fund_entry",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("loan_id", sa.UUID(), nullable=True),
        sa.Column("repayment_id", sa.UUID(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_in", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ceiling', 'reservation', 'change', 'disbursement', 'release', 'repayment', 'reversal')",
            name="fund_entry_kind",
        ),
        sa.CheckConstraint("kind = 'ceiling' OR loan_id IS NOT NULL", name="fund_entry_loan"),
        sa.ForeignKeyConstraint(["fund"], ["fund_ledger.code"]),
        sa.ForeignKeyConstraint(["loan_id"], ["fund_loan.id"]),
        sa.ForeignKeyConstraint(["repayment_id"], ["fund_repayment.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("fund_entry_booked", "fund_entry", ["fund", "booked_on", "number"])
    op.create_index("ix_fund_entry_loan_id", "fund_entry", ["loan_id"])
    op.create_index("ix_fund_entry_repayment_id", "fund_entry", ["repayment_id"])
    op.create_table(
        "fund_posting",
        sa.Column("entry_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_won <> 0", name="fund_posting_amount"),
        sa.CheckConstraint(
            "account IN ('ceiling', 'available', 'reserved', 'outstanding', 'payers', 'interest_received',"
            " 'overdue_charges_received')",
            name="fund_posting_account",
        ),
        sa.ForeignKeyConstraint(["entry_number"], ["fund_entry.number"]),
        sa.PrimaryKeyConstraint("entry_number", "account"),
    )


def downgrade() -> None:
    for table in ("fund_posting", "fund_entry", "fund_repayment", "fund_loan", "fund_ledger"):
        op.drop_table(table)
    for function in ("fund_entry_must_balance", "fund_posting_joins_its_entry", "fund_entry_is_written_now"):
        op.execute(f"DROP FUNCTION {function}()")
    op.drop_column("fund_term", "overdue_addon_percent")
    op.drop_column("fund_term", "application_days")
    op.drop_constraint("fund_term_pkey", "fund_term", type_="primary")
    op.create_primary_key("fund_term_pkey", "fund_term", ["code"])
