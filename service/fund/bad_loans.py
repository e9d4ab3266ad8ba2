"""Loans that are not paid: a bank calls them in (기한이익 상실) and writes them off (대손상각).

The bank decides both elsewhere. Here its decision is written down and moves the principal in the book; what
is paid afterwards is recorded as any other repayment and gives the fund its room back.
"""

from datetime import date, timedelta

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.own_company import refuse_own_company
from service.db.tables import FundLoan, LoanStatus, NotificationCode
from service.fund.ledger import Account, EntryKind, movement, post
from service.fund.loan_account import LoanAccount, PaymentRefusedError
from service.fund.operations import check_day, note, require_status, tell
from service.fund.queries import account_of, with_balances
from service.fund.repayments import follow, refused
from service.fund.schemas import BadLoanInput
from service.kit import clock


def accelerate(session: Session, actor: Actor, loan: FundLoan, data: BadLoanInput) -> FundLoan:
    """The bank has called a locked loan in: all of it is due.

    Raises `Problem` 409 `own_company` or `status_transition`, 422 for a day to come or not after the last
    repayment.
    """
    refuse_own_company(session, actor, loan.supplier_id)
    require_status(loan, LoanStatus.DISBURSED)
    account, day = account_of(session, loan), data.decided_on or clock.today()
    check_day(day, "/decided_on", _day_after_payments(account), clock.today())
    try:
        account.accelerate(day)
    except PaymentRefusedError as refusal:
        raise refused(refusal) from refusal
    _move(session, actor, loan, EntryKind.ACCELERATION, Account.OUTSTANDING, Account.CALLED, day)
    loan.accelerated_on, loan.status_reason = day, data.reason
    follow(session, loan, account)
    note(session, actor, loan, "accelerated", after={"decided_on": day.isoformat(), "reason": data.reason})
    tell(session, loan, NotificationCode.FUND_LOAN_ACCELERATED, accelerated_on=day.isoformat())
    return loan


def write_off(session: Session, actor: Actor, loan: FundLoan, data: BadLoanInput) -> FundLoan:
    """The bank has written a locked loan off that it had called in; the company owes it all the same.

    Raises as calling it in does.
    """
    refuse_own_company(session, actor, loan.supplier_id)
    require_status(loan, LoanStatus.ACCELERATED)
    account, day = account_of(session, loan), data.decided_on or clock.today()
    check_day(day, "/decided_on", _day_after_payments(account), clock.today())
    _move(session, actor, loan, EntryKind.WRITE_OFF, Account.CALLED, Account.WRITTEN_OFF, day)
    loan.written_off_on, loan.status_reason = day, data.reason
    follow(session, loan, account)
    note(session, actor, loan, "written_off", after={"decided_on": day.isoformat(), "reason": data.reason})
    return loan


def _day_after_payments(account: LoanAccount) -> date:
    """The earliest day of a decision: payments of that very day come after it, so none may stand before."""
    if account.last_paid_on == account.earliest_day:
        return account.earliest_day + timedelta(days=1)
    return account.earliest_day


def _move(
    session: Session,
    actor: Actor,
    loan: FundLoan,
    kind: EntryKind,
    source: Account,
    target: Account,
    day: date,
) -> None:
    """All the principal that stands on the one account."""
    won = with_balances(session, [loan])[0].balances[source]
    post(session, actor, loan.fund, kind, movement(won, source, target), loan=loan, occurred_on=day)
