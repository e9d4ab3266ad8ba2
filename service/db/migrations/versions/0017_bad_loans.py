"""Fund loans that a bank calls in or writes off; fund terms that are mended; payment days, reminders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_FEW = "the fund's tables hold some thousand rows and are checked in a moment"
ALLOWED = {"constraint_checked_at_once": _FEW, "index_not_concurrent": _FEW}

APPROVED = (
    " OR (bank_decided_on IS NOT NULL AND bank_rate_percent IS NOT NULL"
    " AND rate_reduction_percent IS NOT NULL AND floor_rate_percent IS NOT NULL)"
)


def upgrade() -> None:
    op.add_column(
        "contract",
        sa.Column("payment_days", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("contract", sa.Column("calendar_version", sa.String(), nullable=True))
    op.create_table(
        "contract_reminder",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contract_id", sa.UUID(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("agreed", sa.String(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('telephone', 'mail', 'letter')", name="contract_reminder_channel"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("contract_reminder_list", "contract_reminder", ["contract_id", "id"])
    op.add_column(
        "fund_term", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("fund_loan", sa.Column("accelerated_on", sa.Date(), nullable=True))
    op.add_column("fund_loan", sa.Column("written_off_on", sa.Date(), nullable=True))
    _check_loans("'disbursed', 'accelerated', 'written_off', 'repaid'", "'disbursed', 'accelerated'")
    op.create_check_constraint(
        "fund_loan_accelerated", "fund_loan", "status <> 'accelerated' OR accelerated_on IS NOT NULL"
    )
    op.create_check_constraint(
        "fund_loan_written_off",
        "fund_loan",
        "(status <> 'written_off' OR written_off_on IS NOT NULL)"
        " AND (written_off_on IS NULL OR accelerated_on IS NOT NULL)",
    )
    _check_journal(", 'acceleration', 'write_off'", ", 'called', 'written_off'")


def downgrade() -> None:
    op.drop_constraint("fund_loan_written_off", "fund_loan")
    op.drop_constraint("fund_loan_accelerated", "fund_loan")
    _check_loans("'disbursed', 'repaid'", "'disbursed'")
    _check_journal("", "")
    op.drop_column("fund_term", "version")
    op.drop_column("fund_loan", "written_off_on")
    op.drop_column("fund_loan", "accelerated_on")
    op.drop_table("contract_reminder")
    op.drop_column("contract", "calendar_version")
    op.drop_column("contract", "payment_days")


def _check_loans(paid_out: str, running: str) -> None:
    """The constraints on the states of a loan that was paid out, and the index on those that are running."""
    for name in ("fund_loan_status", "fund_loan_approved_by_bank", "fund_loan_disbursed"):
        op.drop_constraint(name, "fund_loan")
    states = f"status IN ('reserved', 'approved', {paid_out}, 'declined', 'cancelled', 'expired')"
    op.create_check_constraint("fund_loan_status", "fund_loan", states)
    approved = f"status NOT IN ('approved', {paid_out}){APPROVED}"
    op.create_check_constraint("fund_loan_approved_by_bank", "fund_loan", approved)
    disbursed = f"status NOT IN ({paid_out}) OR disbursed_on IS NOT NULL"
    op.create_check_constraint("fund_loan_disbursed", "fund_loan", disbursed)
    op.drop_index("fund_loan_next_payment", "fund_loan")
    op.create_index(
        "fund_loan_next_payment",
        "fund_loan",
        ["next_payment_on"],
        postgresql_where=sa.text(f"status IN ({running})"),
    )


def _check_journal(kinds: str, accounts: str) -> None:
    op.drop_constraint("fund_entry_kind", "fund_entry")
    op.create_check_constraint(
        "fund_entry_kind",
        "fund_entry",
        "kind IN ('ceiling', 'reservation', 'change', 'disbursement', 'release', 'repayment', 'reversal'"
        f"{kinds})",
    )
    op.drop_constraint("fund_posting_account", "fund_posting")
    op.create_check_constraint(
        "fund_posting_account",
        "fund_posting",
        f"account IN ('ceiling', 'available', 'reserved', 'outstanding'{accounts}, 'payers',"
        " 'interest_received', 'overdue_charges_received')",
    )
