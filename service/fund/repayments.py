"""Money that comes back: divided, laid on the schedule, entered; and a wrong entry reversed by another."""

from datetime import date

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.own_company import refuse_own_company
from service.db.tables import FundLoan, FundRepayment, LoanStatus
from service.fund.ledger import EntryKind, lock_ledger, post, repaid
from service.fund.loan_account import LoanAccount, Payment, PaymentRefusedError, Settlement
from service.fund.operations import changed, check_day, note, require_room, require_status
from service.fund.queries import account_of, repayments_of
from service.fund.schemas import RepaymentInput
from service.fund.terms import terms_of_loan
from service.kit import clock
from service.kit.problems import Problem, field_problem

LENT = (LoanStatus.DISBURSED, LoanStatus.ACCELERATED, LoanStatus.WRITTEN_OFF)
"""States of a loan of which something is still to be paid."""

_AT_FAULT = {
    "repayment_over_settlement": "/amount_won",
    "repayment_effect_required": "/effect",
    "repayment_out_of_order": "/paid_on",
    "acceleration_nothing_left": "/decided_on",
}


def record_repayment(session: Session, actor: Actor, loan: FundLoan, data: RepaymentInput) -> FundRepayment:
    """Enter money that the bank received for a locked loan.

    Raises `Problem` 409 `own_company`, `status_transition` or `repayment_reference_taken`, 422 for a day to
    come or before the last repayment, for more than settles the loan, saying what does, and for an early
    repayment that does not say what it is for.
    """
    refuse_own_company(session, actor, loan.supplier_id)
    require_status(loan, *LENT)
    before = repayments_of(session, loan)
    if data.reference and any(each.reference == data.reference and not each.reversed_at for each in before):
        raise field_problem("/reference", "repayment_reference_taken", 409)
    payment, account = divided(session, loan, data)
    repayment = _kept(loan, payment, len(before) + 1, data.reference)
    session.add(repayment)
    session.flush()
    amounts = repaid(loan, repayment)
    post(
        session,
        actor,
        loan.fund,
        EntryKind.REPAYMENT,
        amounts,
        loan=loan,
        repayment=repayment,
        occurred_on=payment.paid_on,
    )
    follow(session, loan, account)
    note(session, actor, loan, "repayment", after=_told(repayment))
    return repayment


def divided(session: Session, loan: FundLoan, data: RepaymentInput) -> tuple[Payment, LoanAccount]:
    """How that money would be divided, and the loan's running account after it. Nothing is entered.

    Raises `Problem` 422 as entering it does.
    """
    day, account = data.paid_on or clock.today(), account_of(session, loan)
    check_day(day, "/paid_on", loan.written_off_on or account.contract.disbursed_on, clock.today())
    try:
        payment = account.divide(day, data.amount_won, data.effect)
    except PaymentRefusedError as refusal:
        raise refused(refusal) from refusal
    account.take(payment)
    return payment, account


def reverse_repayment(
    session: Session, actor: Actor, loan: FundLoan, repayment: FundRepayment, reason: str
) -> FundRepayment:
    """Take a wrong entry back by one that mirrors it: the last one first, as the later ones build on it.

    What it had restored is lent again, so it needs room. Raises `Problem` 409 `own_company`,
    `repayment_reversed`, `repayment_not_last`, `repayment_before_bank_decision`, `company_limit_reached` or
    `fund_ceiling_reached`.
    """
    refuse_own_company(session, actor, loan.supplier_id)
    session.refresh(repayment)
    if repayment.reversed_at is not None:
        raise Problem(409, "repayment_reversed")
    standing = [each for each in repayments_of(session, loan) if each.reversed_at is None]
    if standing[-1].id != repayment.id:
        raise Problem(409, "repayment_not_last")
    decided_on = loan.written_off_on or loan.accelerated_on
    if decided_on and repayment.paid_on < decided_on:
        raise Problem(409, "repayment_before_bank_decision", day=decided_on.isoformat())
    ledger, terms = lock_ledger(session, loan.fund), terms_of_loan(session, loan)
    require_room(session, actor, ledger, terms, loan.supplier_id, repayment.principal_won)
    repayment.reversed_at, repayment.reversal_reason = clock.now(), reason
    session.flush()
    mirrored = {account: -won for account, won in repaid(loan, repayment).items()}
    post(session, actor, loan.fund, EntryKind.REVERSAL, mirrored, loan=loan, repayment=repayment)
    follow(session, loan, account_of(session, loan))
    note(session, actor, loan, "reversal", after=_told(repayment) | {"reason": reason})
    return repayment


def settlement_of(session: Session, loan: FundLoan, day: date) -> Settlement:
    """What settles a loan on that day that was paid out. Raises `Problem` 409 `status_transition`, 422."""
    require_status(loan, *LENT)
    try:
        return account_of(session, loan).settlement_on(day)
    except PaymentRefusedError as refusal:
        raise refused(refusal, "/query/day") from refusal


def refused(refusal: PaymentRefusedError, pointer: str | None = None) -> Problem:
    """What a loan cannot take, as a problem document."""
    return field_problem(pointer or _AT_FAULT[refusal.code], refusal.code, 422, **refusal.values)


def _kept(loan: FundLoan, payment: Payment, number: int, reference: str | None) -> FundRepayment:
    return FundRepayment(
        loan_id=loan.id,
        number=number,
        paid_on=payment.paid_on,
        amount_won=payment.amount_won,
        overdue_charge_won=payment.overdue_charge_won,
        interest_won=payment.interest_won,
        principal_won=payment.principal_won,
        early_won=payment.early_won,
        effect=payment.effect.value if payment.effect else None,
        reference=reference,
    )


def follow(session: Session, loan: FundLoan, account: LoanAccount) -> None:
    """The loan's row says what its running account says."""
    status = LoanStatus.REPAID if account.is_settled else _unpaid_status(loan)
    loan.status, loan.closed_on = status.value, account.last_paid_on if account.is_settled else None
    loan.next_payment_on, loan.interest_saved_won = account.next_payment_on, account.interest_saved_won
    changed(session, loan)


def _unpaid_status(loan: FundLoan) -> LoanStatus:
    if loan.written_off_on:
        return LoanStatus.WRITTEN_OFF
    return LoanStatus.ACCELERATED if loan.accelerated_on else LoanStatus.DISBURSED


def _told(repayment: FundRepayment) -> dict[str, object]:
    return {
        "repayment_id": str(repayment.id),
        "paid_on": repayment.paid_on.isoformat(),
        "amount_won": repayment.amount_won,
    }
