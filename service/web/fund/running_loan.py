"""A loan that was paid out, as the pages of the fund and of the supplier show it."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Session

from service.db.tables import FundLoan, LoanStatus
from service.financing.wire import Day
from service.fund.loan_account import LoanAccount, PaymentRefusedError, Settlement
from service.fund.loan_answers import (
    LineAnswer,
    LoanScheduleAnswer,
    RepaymentAnswer,
    repayment_answer,
    schedule_answer,
)
from service.fund.queries import account_of, repayments_of
from service.fund.repayments import LENT, refused
from service.kit import clock
from service.web.forms import Form

MOST_ROWS = 120
"""A page of a long loan's schedule."""
ROWS_BEFORE = 12
"""Paid rows that stand above the next one."""


class AskedDay(BaseModel):
    """The day of a settlement, and the row with which the shown part of a long schedule begins."""

    day: Day | None = None
    row: int | None = None


@dataclass(frozen=True)
class RunningLoan:
    """The schedule of today beside what was paid, and what settles the loan on the day asked for."""

    schedule: LoanScheduleAnswer
    rows: list[LineAnswer]
    first_row: int
    settlement: Settlement | None
    repayments: list[RepaymentAnswer]
    can_be_reversed: UUID | None
    """The repayment that was entered last and stands, if no decision of the bank came after it."""

    @property
    def settlement_possible(self) -> bool:
        """Whether anything is left to pay."""
        return self.schedule.settlement is not None

    @property
    def next_row(self) -> LineAnswer | None:
        """What is to be paid next."""
        return next((row for row in self.schedule.rows if row.unpaid_won), None)

    @property
    def late_rows(self) -> list[LineAnswer]:
        """What should have been paid."""
        return [row for row in self.schedule.rows if row.state == "late"]


def running_loan(session: Session, loan: FundLoan, asked: Form) -> RunningLoan | None:
    """None before the money is out. What cannot be asked for is refused in `asked`."""
    if loan.status not in {LoanStatus.REPAID, *LENT}:
        return None
    account = account_of(session, loan)
    schedule = schedule_answer(loan.id, account, max(clock.today(), account.earliest_day))
    repayments = repayments_of(session, loan)
    decided_on = loan.written_off_on or loan.accelerated_on or loan.disbursed_on
    standing = [
        each.id
        for each in repayments
        if each.reversed_at is None and decided_on and each.paid_on >= decided_on
    ]
    settlement, first_row = _settlement(session, account, asked), _first_row(schedule, asked)
    return RunningLoan(
        schedule=schedule,
        rows=schedule.rows[first_row : first_row + MOST_ROWS],
        first_row=first_row,
        settlement=settlement,
        repayments=[repayment_answer(each) for each in repayments],
        can_be_reversed=standing[-1] if standing else None,
    )


def _settlement(session: Session, account: LoanAccount, asked: Form) -> Settlement | None:
    if account.is_settled:
        return None
    with asked.trying(session):
        day = asked.read(AskedDay).day or clock.today()
        try:
            return account.settlement_on(day)
        except PaymentRefusedError as refusal:
            raise refused(refusal, "/day") from refusal
    return None


def _first_row(schedule: LoanScheduleAnswer, asked: Form) -> int:
    """Where the shown part begins: all of a schedule that is short, else a little above the next row."""
    if len(schedule.rows) <= MOST_ROWS:
        return 0
    wanted = asked.text("row")
    if wanted.isdecimal() and len(wanted) < 4:
        return min(int(wanted), len(schedule.rows) - 1)
    paid = next((at for at, row in enumerate(schedule.rows) if row.unpaid_won), 0)
    return max(paid - ROWS_BEFORE, 0)
