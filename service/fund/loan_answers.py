"""What a loan of the fund answers: its state, its schedule beside what was paid, repayments, arrears."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from service.db.tables import FundRepayment, LoanStatus
from service.financing.conventions import PrepaymentEffect, RowKind
from service.financing.percent import parse_percent, percent_text
from service.fund.answers import Answer
from service.fund.ledger import Account
from service.fund.loan_account import LoanAccount, Settlement
from service.fund.loan_lines import Line, LineState
from service.fund.queries import LoanRecord, OverdueLoan
from service.messages import sentence
from service.messages.amounts import won_text
from service.messages.fund import STATUSES


class LoanAnswer(Answer):
    """대출 하나. 금리는 은행의 승인을 기록한 뒤에 정해집니다."""

    id: UUID
    fund: str
    terms_from: date = Field(description="이 대출에 적용하는 펀드 조건이 시작한 날")
    supplier_id: UUID
    company_name: str
    status: LoanStatus
    status_text: str
    principal_won: int
    months: int
    method: str
    grace_months: int
    payment_day: int | None
    purpose: str | None
    applied_on: date
    expires_on: date = Field(description="이날까지 실행하지 않으면 신청이 만료되고 예약이 풀립니다.")
    bank: str | None
    bank_reference: str | None
    bank_decided_on: date | None
    bank_rate_percent: str | None
    rate_reduction_percent: str | None
    floor_rate_percent: str | None
    customer_rate_percent: str | None
    disbursed_on: date | None
    accelerated_on: date | None = Field(description="은행이 기한이익 상실을 정한 날")
    written_off_on: date | None = Field(description="은행이 대손으로 상각한 날")
    closed_on: date | None
    status_reason: str | None
    reserved_won: int
    outstanding_won: int
    written_off_won: int
    interest_received_won: int
    overdue_charges_received_won: int
    next_payment_on: date | None = Field(description="다 내지 않은 가장 오래된 회차의 납입일")
    interest_saved_won: int | None
    version: int
    created_at: datetime
    updated_at: datetime


class SettlementAnswer(Answer):
    """그날 모두 갚는 금액. due_won은 그날까지 냈어야 할 금액입니다."""

    day: date
    overdue_charge_won: int
    interest_won: int
    principal_won: int
    due_won: int
    accrued_interest_won: int = Field(description="마지막 납입일부터 그날까지의 이자. 미리 낸 이자를 뺍니다.")
    remaining_principal_won: int
    total_won: int


class LineAnswer(Answer):
    """예정한 한 번의 납입과 실제로 낸 것. 지연배상금은 as_of까지 계산한 것입니다."""

    number: int
    kind: RowKind
    due_date: date
    payment_date: date
    opening_balance_won: int
    principal_won: int
    interest_won: int
    payment_won: int
    closing_balance_won: int
    state: LineState
    paid_won: int
    paid_principal_won: int
    paid_interest_won: int
    paid_on: date | None = Field(description="마지막으로 낸 날")
    unpaid_won: int
    days_late: int
    overdue_charge_won: int
    overdue_charge_paid_won: int


class LoanScheduleAnswer(Answer):
    """상환 예정과 실제를 나란히. 조기상환을 한 뒤의 회차는 다시 계산한 것입니다."""

    loan_id: UUID
    as_of: date
    accelerated_on: date | None = Field(description="이날 남은 원금과 이자를 모두 낼 때가 되었습니다.")
    customer_rate_percent: str
    overdue_rate_addon_percent: str
    settlement: SettlementAnswer | None
    next_payment_on: date | None
    interest_saved_won: int
    rows: list[LineAnswer]
    calendar_version: str


class RepaymentAnswer(Answer):
    """상환 한 건과 그 돈을 나눈 내용. amount_won = 지연배상금 + 이자 + 원금."""

    id: UUID
    loan_id: UUID
    number: int
    paid_on: date
    amount_won: int
    overdue_charge_won: int
    interest_won: int = Field(description="음수이면 미리 낸 이자를 돌려 원금에 넣은 금액입니다.")
    principal_won: int
    early_won: int = Field(description="조기상환으로 줄인 원금. 미리 내 둔 회차의 원금을 포함합니다.")
    effect: PrepaymentEffect | None
    reference: str | None
    recorded_at: datetime
    reversed_at: datetime | None
    reversal_reason: str | None
    text: str
    rule: str


class OverdueAnswer(Answer):
    """연체한 대출. overdue_won은 연체한 회차의 원금과 이자, 지연배상금은 따로입니다."""

    loan_id: UUID
    supplier_id: UUID
    company_name: str
    outstanding_won: int
    accelerated_on: date | None
    overdue_since: date
    days_late: int
    installments_late: int
    overdue_won: int
    overdue_charge_won: int


def loan_answer(record: LoanRecord) -> LoanAnswer:
    """A loan with its balances."""
    loan, won = record.loan, record.balances
    return LoanAnswer(
        **loan.model_dump(),
        company_name=record.company_name,
        status_text=STATUSES[loan.status],
        customer_rate_percent=customer_rate(record),
        reserved_won=won[Account.RESERVED],
        outstanding_won=won.lent_won,
        written_off_won=won[Account.WRITTEN_OFF],
        interest_received_won=won[Account.INTEREST_RECEIVED],
        overdue_charges_received_won=won[Account.OVERDUE_CHARGES_RECEIVED],
    )


def customer_rate(record: LoanRecord) -> str | None:
    """What the company pays, once the bank has approved."""
    loan = record.loan
    if not (loan.bank_rate_percent and loan.rate_reduction_percent and loan.floor_rate_percent):
        return None
    reduced = parse_percent(loan.bank_rate_percent) - parse_percent(loan.rate_reduction_percent)
    return percent_text(max(reduced, parse_percent(loan.floor_rate_percent)))


def schedule_answer(loan_id: UUID, account: LoanAccount, day: date) -> LoanScheduleAnswer:
    """The schedule of a loan beside what was paid, as of that day."""
    contract = account.contract
    return LoanScheduleAnswer(
        loan_id=loan_id,
        as_of=day,
        accelerated_on=account.accelerated_on,
        customer_rate_percent=percent_text(contract.rate.customer_rate_percent),
        overdue_rate_addon_percent=percent_text(contract.overdue_addon_percent),
        settlement=None if account.is_settled else settlement_answer(account.settlement_on(day)),
        next_payment_on=account.next_payment_on,
        interest_saved_won=account.interest_saved_won,
        rows=[_line_answer(account, line, day) for line in account.lines],
        calendar_version=account.schedule.calendar_version,
    )


def _line_answer(account: LoanAccount, line: Line, day: date) -> LineAnswer:
    row = line.row
    return LineAnswer(
        number=row.number,
        kind=row.kind,
        due_date=line.due_date,
        payment_date=line.payment_date,
        opening_balance_won=row.opening_balance_won,
        principal_won=row.principal_won,
        interest_won=row.interest_won,
        payment_won=row.payment_won,
        closing_balance_won=row.closing_balance_won,
        state=line.state_on(day),
        paid_won=line.interest_paid_won + line.principal_paid_won,
        paid_principal_won=line.principal_paid_won,
        paid_interest_won=line.interest_paid_won,
        paid_on=line.paid_on,
        unpaid_won=line.unpaid_won,
        days_late=line.days_late_on(day),
        overdue_charge_won=account.charge_on(line, day),
        overdue_charge_paid_won=line.charge_paid_won,
    )


def settlement_answer(settlement: Settlement) -> SettlementAnswer:
    """What settles a loan."""
    return SettlementAnswer.model_validate(settlement)


def repayment_answer(repayment: FundRepayment) -> RepaymentAnswer:
    """A repayment, with how it was divided in words."""
    code = "repayment_divided_early" if repayment.early_won else "repayment_divided"
    text = sentence(
        code,
        amount=won_text(repayment.amount_won),
        charge=won_text(repayment.overdue_charge_won),
        interest=won_text(repayment.interest_won),
        principal=won_text(repayment.principal_won),
        **({"early": won_text(repayment.early_won)} if repayment.early_won else {}),
    )
    return RepaymentAnswer(**repayment.model_dump(), text=text, rule=sentence("payment_order"))


def overdue_answer(overdue: OverdueLoan, day: date) -> OverdueAnswer:
    """A loan in arrears, as of that day."""
    loan, late = overdue.record.loan, late_lines(overdue.account, day)
    assert loan.next_payment_on is not None
    return OverdueAnswer(
        loan_id=loan.id,
        supplier_id=loan.supplier_id,
        company_name=overdue.record.company_name,
        outstanding_won=overdue.record.balances.lent_won,
        accelerated_on=loan.accelerated_on,
        overdue_since=loan.next_payment_on,
        days_late=max(line.days_late_on(day) for line in late),
        installments_late=len(late),
        overdue_won=sum(line.unpaid_won for line in late),
        overdue_charge_won=sum(overdue.account.unpaid_charge_on(line, day) for line in late),
    )


def late_lines(account: LoanAccount, day: date) -> Sequence[Line]:
    """The instalments that are late on that day."""
    return [line for line in account.lines if line.state_on(day) is LineState.LATE]
