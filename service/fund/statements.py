"""월말 명세: what a fund's book says at the end of a month.

It goes by the day of writing down, so a month that has ended is told the same way for ever, whatever is
entered later for a day in it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from service.db.tables import FundEntry, FundLedger, FundLoan
from service.fund.answers import Answer, EntryAnswer, entry_answer
from service.fund.ledger import Account, Balances, balances, of_fund
from service.fund.loan_answers import customer_rate, late_lines
from service.fund.queries import LoanRecord, accounts_of, fund_code, with_balances, with_postings
from service.kit import clock
from service.kit.problems import Problem, field_problem


class AccountLine(Answer):
    """한 계정의 월초 잔액, 증감, 월말 잔액."""

    account: Account
    opening_won: int
    change_won: int
    closing_won: int


class LoanLine(Answer):
    """한 대출의 이달. 잔액과 연체는 월말의 것입니다."""

    loan_id: UUID
    supplier_id: UUID
    company_name: str
    bank_reference: str | None
    principal_won: int
    customer_rate_percent: str | None
    disbursed_on: date | None
    reserved_won: int
    outstanding_won: int
    written_off_won: int
    principal_repaid_won: int
    interest_received_won: int
    overdue_charges_received_won: int
    overdue_won: int
    days_late: int


class StatementEntry(EntryAnswer):
    """전표와 그 회사."""

    company_name: str | None


class StatementAnswer(Answer):
    """월말 명세. provisional이면 달이 끝나지 않아 바뀔 수 있습니다."""

    fund: str
    month: str
    until: date
    provisional: bool
    accounts: list[AccountLine]
    loans: list[LoanLine]
    entries: list[StatementEntry]


def statement_of(session: Session, code: str | None, month: date) -> StatementAnswer:
    """The book of a fund in the month that begins on that day.

    Raises `Problem` 404 for no such fund or a month before its book was opened, 422 `statement_not_begun`
    for a month to come.
    """
    today = clock.today()
    if month > today:
        raise field_problem("/path/month", "statement_not_begun", latest=f"{today:%Y-%m}")
    fund = fund_code(session, code, today)
    following = (month + timedelta(days=31)).replace(day=1)
    until = min(following - timedelta(days=1), today)
    opened_on = book_opened_on(session, fund)
    if opened_on is not None and until < opened_on:
        raise Problem(404, "not_found")
    before = col(FundEntry.booked_on) < month
    within = (col(FundEntry.booked_on) >= month, col(FundEntry.booked_on) <= until)
    opening, change = balances(session, of_fund(fund), before), balances(session, of_fund(fund), *within)
    statement = select(FundEntry).where(of_fund(fund), *within).order_by(col(FundEntry.number))
    entries = session.exec(statement).all()
    loans = _loans_of(session, fund, until)
    names = {record.loan.id: record.company_name for record in loans}
    return StatementAnswer(
        fund=fund,
        month=f"{month:%Y-%m}",
        until=until,
        provisional=today < following,
        accounts=[_account_line(account, opening, change) for account in Account],
        loans=_loan_lines(session, loans, until, month),
        entries=[
            StatementEntry(
                **entry_answer(entry, amounts, for_staff=True).model_dump(),
                company_name=names.get(entry.loan_id) if entry.loan_id else None,
            )
            for entry, amounts in with_postings(session, entries)
        ],
    )


def book_opened_on(session: Session, fund: str) -> date | None:
    """The day of that fund's first entry; None before there is any."""
    ledger = session.get(FundLedger, fund)
    return ledger.opened_at.astimezone(clock.KST).date() if ledger else None


def _loans_of(session: Session, fund: str, until: date) -> list[LoanRecord]:
    """Every loan that stood in the book by then, with its balances at that time."""
    begun = select(FundEntry.loan_id).where(of_fund(fund), col(FundEntry.booked_on) <= until)
    loans = session.exec(select(FundLoan).where(col(FundLoan.id).in_(begun)).order_by(col(FundLoan.id)))
    return with_balances(session, loans.all(), col(FundEntry.booked_on) <= until)


def _account_line(account: Account, opening: Balances, change: Balances) -> AccountLine:
    return AccountLine(
        account=account,
        opening_won=opening[account],
        change_won=change[account],
        closing_won=opening[account] + change[account],
    )


def _loan_lines(session: Session, records: Sequence[LoanRecord], until: date, month: date) -> list[LoanLine]:
    """The loans that had something reserved or outstanding, or on which something was entered."""
    loans = [record.loan for record in records]
    within = (col(FundEntry.booked_on) >= month, col(FundEntry.booked_on) <= until)
    paid = (col(FundEntry.kind)).in_(("repayment", "reversal"))
    moved = {each.loan.id: each.balances for each in with_balances(session, loans, *within)}
    repaid = {each.loan.id: each.balances for each in with_balances(session, loans, *within, paid)}
    lent = [record.loan for record in records if record.balances.unpaid_won]
    accounts = dict(zip([loan.id for loan in lent], accounts_of(session, lent, until), strict=True))
    lines = []
    for record in records:
        loan = record.loan
        if not record.balances.promised_won and not moved[loan.id].won:
            continue
        late = late_lines(accounts[loan.id], until) if loan.id in accounts else []
        lines.append(
            LoanLine(
                loan_id=loan.id,
                supplier_id=loan.supplier_id,
                company_name=record.company_name,
                bank_reference=loan.bank_reference,
                principal_won=loan.principal_won,
                customer_rate_percent=customer_rate(record),
                disbursed_on=loan.disbursed_on if loan.id in accounts or repaid[loan.id].won else None,
                reserved_won=record.balances[Account.RESERVED],
                outstanding_won=record.balances.lent_won,
                written_off_won=record.balances[Account.WRITTEN_OFF],
                principal_repaid_won=-repaid[loan.id].unpaid_won,
                interest_received_won=repaid[loan.id][Account.INTEREST_RECEIVED],
                overdue_charges_received_won=repaid[loan.id][Account.OVERDUE_CHARGES_RECEIVED],
                overdue_won=sum(line.unpaid_won for line in late),
                days_late=max((line.days_late_on(until) for line in late), default=0),
            )
        )
    return lines
