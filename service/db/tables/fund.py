"""상생협력펀드: its loans, what was paid back, and the journal under both.

A balance is the sum of the postings to an account: there is no column that holds one.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    text,
)
from sqlmodel import Field, SQLModel

from service.db.tables.columns import foreign_key, identifier, instant, written_at


class LoanStatus(StrEnum):
    """Where a loan stands: the first two hold a reservation, a disbursed one is outstanding.

    An accelerated one (기한이익 상실) is due as a whole; one written off (대손상각) counts as lost.
    """

    RESERVED = "reserved"
    APPROVED = "approved"
    DISBURSED = "disbursed"
    ACCELERATED = "accelerated"
    WRITTEN_OFF = "written_off"
    REPAID = "repaid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class FundLedger(SQLModel, table=True):
    """The book of one fund. Whoever writes into it holds this row until the commit."""

    __tablename__ = "fund_ledger"

    code: str = Field(primary_key=True)
    opened_at: datetime = written_at()


class FundLoan(SQLModel, table=True):
    """A loan from its application on, under the terms that were valid on the day of the application.

    Rates are percent a year as texts. `next_payment_on` is the day of the oldest instalment that is not
    wholly paid; `interest_saved_won` what the loan costs less than at the bank's own rate.
    """

    __tablename__ = "fund_loan"
    __table_args__ = (
        ForeignKeyConstraint(["fund", "terms_from"], ["fund_term.code", "fund_term.valid_from"]),
        CheckConstraint(
            "status IN ('reserved', 'approved', 'disbursed', 'accelerated', 'written_off', 'repaid',"
            " 'declined', 'cancelled', 'expired')",
            name="fund_loan_status",
        ),
        CheckConstraint("principal_won > 0", name="fund_loan_principal"),
        CheckConstraint(
            "status NOT IN ('approved', 'disbursed', 'accelerated', 'written_off', 'repaid')"
            " OR (bank_decided_on IS NOT NULL"
            " AND bank_rate_percent IS NOT NULL AND rate_reduction_percent IS NOT NULL"
            " AND floor_rate_percent IS NOT NULL)",
            name="fund_loan_approved_by_bank",
        ),
        CheckConstraint(
            "status NOT IN ('disbursed', 'accelerated', 'written_off', 'repaid') OR disbursed_on IS NOT NULL",
            name="fund_loan_disbursed",
        ),
        CheckConstraint(
            "status <> 'accelerated' OR accelerated_on IS NOT NULL", name="fund_loan_accelerated"
        ),
        CheckConstraint(
            "(status <> 'written_off' OR written_off_on IS NOT NULL)"
            " AND (written_off_on IS NULL OR accelerated_on IS NOT NULL)",
            name="fund_loan_written_off",
        ),
        Index("fund_loan_list", "status", "id"),
        Index(
            "fund_loan_next_payment",
            "next_payment_on",
            postgresql_where=text("status IN ('disbursed', 'accelerated')"),
        ),
        Index("fund_loan_expiry", "expires_on", postgresql_where=text("status IN ('reserved', 'approved')")),
    )

    id: UUID = identifier()
    fund: str = Field(sa_column=Column(String, ForeignKey("fund_ledger.code"), nullable=False, index=True))
    terms_from: date
    supplier_id: UUID = foreign_key("supplier.id")
    status: str = LoanStatus.RESERVED.value
    principal_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    months: int
    method: str
    grace_months: int = 0
    payment_day: int | None = None
    purpose: str | None = None
    applied_on: date
    expires_on: date
    bank: str | None = None
    bank_reference: str | None = None
    bank_decided_on: date | None = None
    bank_rate_percent: str | None = None
    rate_reduction_percent: str | None = None
    floor_rate_percent: str | None = None
    disbursed_on: date | None = None
    accelerated_on: date | None = None
    written_off_on: date | None = None
    closed_on: date | None = None
    status_reason: str | None = None
    next_payment_on: date | None = None
    interest_saved_won: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    version: int = 1
    created_at: datetime = written_at()
    updated_at: datetime = written_at()


class FundRepayment(SQLModel, table=True):
    """Money that came in for a loan, and how it was divided.

    `early_won` is the principal of an early repayment, what had been paid in advance of instalments not yet
    due included. Interest may be negative: interest paid in advance is credited when the loan is repaid
    before it accrued.
    """

    __tablename__ = "fund_repayment"
    __table_args__ = (
        CheckConstraint(
            "amount_won = overdue_charge_won + interest_won + principal_won", name="fund_repayment_adds_up"
        ),
        CheckConstraint(
            "amount_won > 0 AND overdue_charge_won >= 0 AND principal_won >= 0 AND early_won >= 0",
            name="fund_repayment_amounts",
        ),
        CheckConstraint("effect IN ('shorten', 'lower')", name="fund_repayment_effect"),
        CheckConstraint("early_won = 0 OR effect IS NOT NULL", name="fund_repayment_early"),
        Index(
            "fund_repayment_reference_key",
            "loan_id",
            "reference",
            unique=True,
            postgresql_where=text("reversed_at IS NULL"),
        ),
    )

    id: UUID = identifier()
    loan_id: UUID = foreign_key("fund_loan.id")
    number: int
    paid_on: date
    amount_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    overdue_charge_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    interest_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    principal_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    early_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    effect: str | None = None
    reference: str | None = None
    recorded_at: datetime = written_at()
    reversed_at: datetime | None = instant()
    reversal_reason: str | None = None


class FundEntry(SQLModel, table=True):
    """전표: one event of the ledger. The database refuses to change or remove one.

    `written_in` is set by a trigger to the writing transaction's id: that one alone may add postings.
    `occurred_on` is the day on which it happened, `booked_on` the Korean day on which it was written down: a
    statement goes by the latter, so that a month that has ended stays as it was reported.
    """

    __tablename__ = "fund_entry"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('ceiling', 'reservation', 'change', 'disbursement', 'release', 'repayment',"
            " 'reversal', 'acceleration', 'write_off')",
            name="fund_entry_kind",
        ),
        CheckConstraint("kind = 'ceiling' OR loan_id IS NOT NULL", name="fund_entry_loan"),
        Index("fund_entry_booked", "fund", "booked_on", "number"),
    )

    number: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    fund: str = Field(sa_column=Column(String, ForeignKey("fund_ledger.code"), nullable=False))
    kind: str
    loan_id: UUID | None = foreign_key("fund_loan.id", nullable=True)
    repayment_id: UUID | None = foreign_key("fund_repayment.id", nullable=True)
    occurred_on: date
    booked_on: date
    actor: str
    recorded_at: datetime = written_at()
    written_in: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, nullable=False, server_default=FetchedValue()),
    )


class FundPosting(SQLModel, table=True):
    """분개: an amount of an entry on one account. Those of an entry sum to zero; the database sees to it."""

    __tablename__ = "fund_posting"
    __table_args__ = (
        CheckConstraint("amount_won <> 0", name="fund_posting_amount"),
        CheckConstraint(
            "account IN ('ceiling', 'available', 'reserved', 'outstanding', 'called', 'written_off',"
            " 'payers', 'interest_received', 'overdue_charges_received')",
            name="fund_posting_account",
        ),
    )

    entry_number: int = Field(
        sa_column=Column(BigInteger, ForeignKey("fund_entry.number"), primary_key=True, autoincrement=False)
    )
    account: str = Field(primary_key=True)
    amount_won: int = Field(sa_column=Column(BigInteger, nullable=False))
