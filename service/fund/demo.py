"""The demo's loans: what happened to each, done once more by the operations, day after day."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import SYSTEM
from service.db.tables import FundLoan, LoanStatus
from service.financing.conventions import BusinessDay
from service.financing.schedule import KOREAN_CALENDAR
from service.fund.bad_loans import accelerate, write_off
from service.fund.operations import (
    apply_for_loan,
    cancel,
    disburse,
    expire_applications,
    record_bank_decision,
)
from service.fund.queries import OPEN
from service.fund.repayments import record_repayment, settlement_of
from service.fund.schemas import BadLoanInput, BankDecisionInput, LoanInput, RepaymentInput
from service.kit import clock

_NINE_IN_KOREA = time(0, tzinfo=UTC)


def write_down_loans(
    session: Session, rows: Sequence[Mapping[str, Any]], suppliers: Mapping[str, UUID]
) -> None:
    """Load the demo's loans, the last day being yesterday; `suppliers` are ids by business number."""
    today = clock.today()
    histories = [_History(row, suppliers[row["supplier_business_number"]], today) for row in rows]
    day = min(history.begins for history in histories)
    while day < today:
        with clock.frozen(datetime.combine(day, _NINE_IN_KOREA)):
            for history in histories:
                history.live_through(session, day)
        day += timedelta(days=1)


class _History:
    """One loan of the demo."""

    def __init__(self, row: Mapping[str, Any], supplier_id: UUID, today: date) -> None:
        self._row = row
        self._supplier_id = supplier_id
        self._today = today
        self._loan: FundLoan | None = None
        self.begins = self._day(row["applied_days_ago"])

    def _day(self, days_ago: int) -> date:
        return KOREAN_CALENDAR.adjust(self._today - timedelta(days=days_ago), BusinessDay.PRECEDING)

    def _happens_on(self, day: date, event: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self._row.get(event)
        return found if found and self._day(found["days_ago"]) == day else None

    def live_through(self, session: Session, day: date) -> None:
        """Do what happened on that day."""
        if day == self.begins:
            self._loan = apply_for_loan(session, SYSTEM, self._application())
        loan = self._loan
        if loan is None:
            return
        if loan.status in OPEN:
            self._decide(session, loan, day)
        elif loan.status == LoanStatus.DISBURSED.value:
            self._pay(session, loan, day)
        for event, decide in (("accelerated", accelerate), ("written_off", write_off)):
            if told := self._happens_on(day, event):
                decide(session, SYSTEM, loan, BadLoanInput(reason=told["reason"]))

    def _application(self) -> LoanInput:
        asked = {name: value for name, value in self._row.items() if name in LoanInput.model_fields}
        return LoanInput.model_validate(asked | {"supplier_id": self._supplier_id})

    def _decide(self, session: Session, loan: FundLoan, day: date) -> None:
        for event, decision in (("approval", "approved"), ("declined", "declined")):
            if told := self._happens_on(day, event):
                named = {name: value for name, value in told.items() if name != "days_ago"}
                given = named | {"decision": decision, "decided_on": day}
                record_bank_decision(session, SYSTEM, loan, BankDecisionInput.model_validate(given))
        if told := self._happens_on(day, "cancelled"):
            cancel(session, SYSTEM, loan, told["reason"])
        if "disbursed_days_ago" in self._row and day == self._day(self._row["disbursed_days_ago"]):
            disburse(session, SYSTEM, loan, day)
        if day > loan.expires_on:
            expire_applications(session, SYSTEM, loan.fund)

    def _pay(self, session: Session, loan: FundLoan, day: date) -> None:
        if told := self._happens_on(day, "early"):
            amount = told["amount_won"] or settlement_of(session, loan, day).total_won
            paid = RepaymentInput(amount_won=amount, effect=told["effect"])
            record_repayment(session, SYSTEM, loan, paid)
        missed = day > self._day(self._row.get("paid_until_days_ago", 0))
        if loan.status == LoanStatus.DISBURSED.value and loan.next_payment_on == day and not missed:
            due = settlement_of(session, loan, day).due_won
            record_repayment(session, SYSTEM, loan, RepaymentInput(amount_won=due))
