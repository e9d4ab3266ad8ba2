"""A loan until the money is out: applied for, changed, decided on by a bank, disbursed, cancelled, expired.

Nothing here judges whether a company can pay: a bank decides that elsewhere, its decision is written down.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.own_company import refuse_own_company
from service.db.tables import FundLoan, FundTerm, LoanStatus, NotificationCode, SupplierStatus
from service.financing.conventions import Method
from service.financing.percent import percent_text
from service.fund.ledger import (
    Account,
    Balances,
    EntryKind,
    balances,
    lock_ledger,
    movement,
    of_company,
    post,
)
from service.fund.loan_account import LoanAccount
from service.fund.queries import OPEN
from service.fund.schemas import BankDecisionInput, LoanInput, LoanPatch
from service.fund.terms import check_application, check_rate, contract_of, fund_on, fund_rate, terms_of_loan
from service.kit import clock
from service.kit.problems import FieldError, Problem, field_problem
from service.messages import sentence
from service.messages.amounts import won_text
from service.messages.fund import STATUSES
from service.notifications.operations import note_done, notify, notify_account_managers
from service.suppliers.queries import editable_by, get_supplier


def apply_for_loan(session: Session, actor: Actor, data: LoanInput) -> FundLoan:
    """A supplier asks for a loan, or staff for it; the principal is reserved.

    Raises `Problem` 404, 409 `supplier_not_approved`, `own_company`, `fund_ceiling_reached` or
    `company_limit_reached`, TermsError for what the fund does not lend.
    """
    supplier = get_supplier(session, data.supplier_id, editable_by(actor))
    refuse_deciding_for_oneself(session, actor, supplier.id)
    _require_approved(session, actor, supplier.id)
    terms = fund_on(session, clock.today())
    ledger = lock_ledger(session, terms.code)
    session.refresh(terms)  # nobody mends them while the fund's row is held
    check_application(
        terms, data.principal_won, data.months, data.method, data.grace_months, data.payment_day
    )
    require_room(session, actor, ledger, terms, supplier.id, data.principal_won)
    loan = FundLoan(
        fund=terms.code,
        terms_from=terms.valid_from,
        applied_on=clock.today(),
        expires_on=clock.today() + timedelta(days=terms.application_days),
        **data.model_dump(mode="python") | {"method": data.method.value},
    )
    session.add(loan)
    session.flush()
    reserved = movement(loan.principal_won, Account.AVAILABLE, Account.RESERVED)
    post(session, actor, loan.fund, EntryKind.RESERVATION, reserved, loan=loan)
    note(session, actor, loan, "reserved", after={"principal_won": loan.principal_won, "months": loan.months})
    if not actor.is_staff:
        notify_account_managers(
            session,
            NotificationCode.FUND_LOAN_WAITS,
            loan_id=str(loan.id),
            company_name=supplier.company_name,
            amount=won_text(loan.principal_won),
            expires_on=loan.expires_on.isoformat(),
        )
    return loan


def change_application(session: Session, actor: Actor, loan: FundLoan, patch: LoanPatch) -> FundLoan:
    """Apply a patch to a locked loan on which no bank has decided.

    Raises what applying raises, and `Problem` 409 `status_transition` or `application_expired`.
    """
    refuse_deciding_for_oneself(session, actor, loan.supplier_id)
    require_status(loan, LoanStatus.RESERVED)
    _require_in_time(loan, clock.today())
    changes = patch.model_dump(exclude_unset=True, mode="json")
    before = {name: getattr(loan, name) for name in changes}
    for name, value in changes.items():
        setattr(loan, name, value)
    terms = terms_of_loan(session, loan)
    check_application(
        terms, loan.principal_won, loan.months, Method(loan.method), loan.grace_months, loan.payment_day
    )
    more = loan.principal_won - before.get("principal_won", loan.principal_won)
    if more:
        ledger = lock_ledger(session, loan.fund)
        if more > 0:
            require_room(session, actor, ledger, terms, loan.supplier_id, more)
        reserved = movement(more, Account.AVAILABLE, Account.RESERVED)
        post(session, actor, loan.fund, EntryKind.CHANGE, reserved, loan=loan)
    changed(session, loan)
    told = changes.keys() - {"purpose"}  # free text, which may name people
    note(
        session,
        actor,
        loan,
        "changed",
        before={name: before[name] for name in told},
        after={name: changes[name] for name in told},
    )
    return loan


def record_bank_decision(session: Session, actor: Actor, loan: FundLoan, data: BankDecisionInput) -> FundLoan:
    """Write down what the bank decided about a locked loan; a refusal releases the reservation.

    An approval may be written down anew until the money is out, to mend a slip. Raises `Problem` 409
    `own_company`, `status_transition` or `application_expired`, 422 or TermsError for dates and rates.
    """
    refuse_own_company(session, actor, loan.supplier_id)
    require_status(loan, LoanStatus.RESERVED, LoanStatus.APPROVED)
    note_done(session, NotificationCode.FUND_LOAN_WAITS, loan_id=str(loan.id))
    check_day(data.decided_on, "/decided_on", loan.applied_on, clock.today())
    _require_in_time(loan, data.decided_on)
    before = _decision(loan)
    loan.bank, loan.bank_reference, loan.bank_decided_on = data.bank, data.reference, data.decided_on
    if data.decision == "declined":
        _release(session, actor, loan, LoanStatus.DECLINED, data.reason)
        note(session, actor, loan, "declined", after=_decision(loan))
        tell(session, loan, NotificationCode.FUND_LOAN_DECLINED)
        return loan
    if data.bank_rate_percent is None:
        raise field_problem("/bank_rate_percent", "missing")
    terms = terms_of_loan(session, loan)
    rate = fund_rate(terms, data.bank_rate_percent, data.rate_reduction_percent)
    check_rate(terms, loan, rate)
    loan.bank_rate_percent = percent_text(rate.bank_rate_percent)
    loan.rate_reduction_percent = percent_text(rate.rate_reduction_percent)
    loan.floor_rate_percent = percent_text(rate.floor_rate_percent)
    loan.status = LoanStatus.APPROVED.value
    changed(session, loan)
    note(session, actor, loan, "approved", before=before, after=_decision(loan))
    tell(
        session,
        loan,
        NotificationCode.FUND_LOAN_APPROVED,
        rate=percent_text(rate.customer_rate_percent),
        expires_on=loan.expires_on.isoformat(),
    )
    return loan


def disburse(session: Session, actor: Actor, loan: FundLoan, day: date) -> FundLoan:
    """The bank has paid out a locked loan that it approved: from now on it is outstanding.

    Raises `Problem` 409 `own_company`, `status_transition`, `application_expired` or `supplier_not_approved`,
    422 for a day before the approval or to come.
    """
    refuse_own_company(session, actor, loan.supplier_id)
    require_status(loan, LoanStatus.APPROVED)
    assert loan.bank_decided_on is not None
    check_day(day, "/disbursed_on", loan.bank_decided_on, clock.today())
    _require_in_time(loan, day)
    _require_approved(session, actor, loan.supplier_id)
    loan.status, loan.disbursed_on = LoanStatus.DISBURSED.value, day
    account = LoanAccount(contract_of(terms_of_loan(session, loan), loan))
    loan.next_payment_on, loan.interest_saved_won = account.next_payment_on, account.interest_saved_won
    lent = movement(loan.principal_won, Account.RESERVED, Account.OUTSTANDING)
    post(session, actor, loan.fund, EntryKind.DISBURSEMENT, lent, loan=loan, occurred_on=day)
    changed(session, loan)
    note(session, actor, loan, "disbursed", after={"disbursed_on": day.isoformat()})
    first = loan.next_payment_on
    assert first is not None
    told = {"disbursed_on": day.isoformat(), "first_payment_on": first.isoformat()}
    tell(session, loan, NotificationCode.FUND_LOAN_DISBURSED, **told)
    return loan


def cancel(session: Session, actor: Actor, loan: FundLoan, reason: str) -> FundLoan:
    """The company, or staff for it, takes a locked application back; what it reserved is free again.

    Raises `Problem` 409 `own_company` or `status_transition`.
    """
    refuse_deciding_for_oneself(session, actor, loan.supplier_id)
    require_status(loan, LoanStatus.RESERVED, LoanStatus.APPROVED)
    _release(session, actor, loan, LoanStatus.CANCELLED, reason)
    note(session, actor, loan, "cancelled", after={"reason": reason})
    return loan


def expire_applications(session: Session, actor: Actor, code: str) -> int:
    """Release what applications of that fund hold whose time is over; how many there were."""
    lock_ledger(session, code)
    over = select(FundLoan).where(
        FundLoan.fund == code, col(FundLoan.status).in_(OPEN), col(FundLoan.expires_on) < clock.today()
    )
    loans = session.exec(over.order_by(col(FundLoan.id))).all()
    for loan in loans:
        _release(session, actor, loan, LoanStatus.EXPIRED, None)
        note(session, actor, loan, "expired", after={"expires_on": loan.expires_on.isoformat()})
        tell(session, loan, NotificationCode.FUND_LOAN_EXPIRED, expires_on=loan.expires_on.isoformat())
    return len(loans)


def _release(session: Session, actor: Actor, loan: FundLoan, status: LoanStatus, reason: str | None) -> None:
    freed = movement(loan.principal_won, Account.RESERVED, Account.AVAILABLE)
    post(session, actor, loan.fund, EntryKind.RELEASE, freed, loan=loan)
    loan.status, loan.status_reason, loan.closed_on = status.value, reason, clock.today()
    note_done(session, NotificationCode.FUND_LOAN_WAITS, loan_id=str(loan.id))
    changed(session, loan)


def refuse_deciding_for_oneself(session: Session, actor: Actor, supplier_id: UUID) -> None:
    """A company acts for itself; staff must have no stake in it. Raises `Problem` 409 `own_company`."""
    if actor.is_staff:
        refuse_own_company(session, actor, supplier_id)


def require_room(
    session: Session, actor: Actor, ledger: Balances, terms: FundTerm, supplier_id: UUID, won: int
) -> None:
    """Whether so much more can be promised; the caller holds the fund's row.

    Raises `Problem` 409 `company_limit_reached` or `fund_ceiling_reached`, with what is left for staff.
    """
    limit = terms.per_company_limit_won
    if limit is not None:
        left = max(limit - balances(session, of_company(terms.code, supplier_id)).promised_won, 0)
        if won > left:
            raise field_problem(
                "/principal_won", "company_limit_reached", 409, limit=f"{limit:,}", left=f"{left:,}"
            )
    left = max(ledger[Account.AVAILABLE], 0)
    if won > left:
        told = [FieldError("/principal_won", sentence("fund_ceiling_left", left=f"{left:,}"))]
        raise Problem(409, "fund_ceiling_reached", errors=told if actor.is_staff else ())


def require_status(loan: FundLoan, *allowed: LoanStatus) -> None:
    """Raises `Problem` 409 `status_transition` for a loan in another state."""
    if LoanStatus(loan.status) not in allowed:
        possible = ", ".join(STATUSES[state.value] for state in allowed)
        raise Problem(409, "status_transition", current=STATUSES[loan.status], allowed=possible)


def check_day(day: date, pointer: str, earliest: date, latest: date) -> None:
    """Raises `Problem` 422 `day_out_of_bounds`."""
    if not earliest <= day <= latest:
        raise field_problem(
            pointer, "day_out_of_bounds", earliest=earliest.isoformat(), latest=latest.isoformat()
        )


def changed(session: Session, loan: FundLoan) -> None:
    """The loan is another version now."""
    loan.version += 1
    loan.updated_at = clock.now()
    session.flush()


def note(
    session: Session,
    actor: Actor,
    loan: FundLoan,
    what: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any],
) -> None:
    """Write it into the history of the company."""
    whole = {"loan_id": str(loan.id)} | dict(after)
    record_event(session, actor, f"fund_loan.{what}", loan.supplier_id, before=before, after=whole)


def tell(session: Session, loan: FundLoan, code: NotificationCode, **facts: str) -> None:
    """Tell the company what was recorded about its loan."""
    told = {"loan_id": str(loan.id), "amount": won_text(loan.principal_won)} | facts
    notify(session, code, supplier_id=loan.supplier_id, manufacturer_id=None, **told)


def _decision(loan: FundLoan) -> dict[str, Any]:
    return {
        "bank": loan.bank,
        "reference": loan.bank_reference,
        "decided_on": loan.bank_decided_on.isoformat() if loan.bank_decided_on else None,
        "bank_rate_percent": loan.bank_rate_percent,
        "rate_reduction_percent": loan.rate_reduction_percent,
    }


def _require_in_time(loan: FundLoan, day: date) -> None:
    if day > loan.expires_on:
        raise Problem(409, "application_expired", day=loan.expires_on.isoformat())


def _require_approved(session: Session, actor: Actor, supplier_id: UUID) -> None:
    supplier = get_supplier(session, supplier_id, editable_by(actor))
    if supplier.status != SupplierStatus.APPROVED.value:
        raise field_problem("/supplier_id", "supplier_not_approved", 409)
