"""One loan: its state, its schedule beside what was paid, its entries, and what staff records about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import FundLoan
from service.fund.answers import entry_answer
from service.fund.bad_loans import accelerate, write_off
from service.fund.loan_answers import loan_answer
from service.fund.operations import cancel, disburse, record_bank_decision
from service.fund.queries import entries_of, get_loan, get_repayment, lock_loan, with_balances
from service.fund.repayments import divided, record_repayment, reverse_repayment
from service.fund.schemas import BadLoanInput, BankDecisionInput, DisbursementInput, Reason, RepaymentInput
from service.kit import clock
from service.web.forms import Asked, Form, Posted
from service.web.fund.running_loan import running_loan
from service.web.fund.tabs import tabs
from service.web.rendering import go_to, page
from service.web.stale_forms import require_present
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()


class Cancellation(BaseModel):
    """Named apart from the reason of a bank's refusal, which is asked for on the same page."""

    cancellation_reason: Reason


class Reversal(BaseModel):
    """Likewise."""

    reversal_reason: Reason


@router.get("/fund/loans/{loan_id}")
def show_loan(visitor: StaffVisitor, loan_id: UUID, asked: Asked, session: DbSession) -> HTMLResponse:
    """All about it; `day` asks what settles it then."""
    return _loan_page(visitor, session, loan_id, _today(), asked)


@router.post("/fund/loans/{loan_id}/bank-decision")
def decide(visitor: StaffVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """What the bank decided."""

    def record(loan: FundLoan) -> None:
        record_bank_decision(session, visitor.actor, loan, form.read(BankDecisionInput))

    return _recorded(visitor, session, loan_id, form, record, "loan_decided")


@router.post("/fund/loans/{loan_id}/disbursement")
def pay_out(visitor: StaffVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """The day on which the bank paid it out."""

    def record(loan: FundLoan) -> None:
        day = form.read(DisbursementInput).disbursed_on or clock.today()
        disburse(session, visitor.actor, loan, day)

    return _recorded(visitor, session, loan_id, form, record, "loan_disbursed")


@router.post("/fund/loans/{loan_id}/cancellation")
def take_back(visitor: StaffVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """The company does not want it any more."""

    def record(loan: FundLoan) -> None:
        cancel(session, visitor.actor, loan, form.read(Cancellation).cancellation_reason)

    return _recorded(visitor, session, loan_id, form, record, "loan_cancelled")


@router.post("/fund/loans/{loan_id}/repayments")
def pay_back(visitor: StaffVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """Money that came in; `only=division` shows how it would be divided and enters nothing."""
    if form.text("only"):
        return _divided(visitor, session, loan_id, form)

    def record(loan: FundLoan) -> None:
        record_repayment(session, visitor.actor, loan, form.read(RepaymentInput))

    return _recorded(visitor, session, loan_id, form, record, "repayment_recorded")


@router.post("/fund/loans/{loan_id}/repayments/{repayment_id}/reversal")
def reverse(
    visitor: StaffVisitor, loan_id: UUID, repayment_id: UUID, form: Posted, session: DbSession
) -> Response:
    """A repayment that was entered wrongly."""

    def record(loan: FundLoan) -> None:
        repayment = get_repayment(session, loan, repayment_id)
        reverse_repayment(session, visitor.actor, loan, repayment, form.read(Reversal).reversal_reason)

    return _recorded(visitor, session, loan_id, form, record, "repayment_reversed")


@router.post("/fund/loans/{loan_id}/acceleration")
def call_in(visitor: StaffVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """The bank has called it in: all of it is due."""

    def record(loan: FundLoan) -> None:
        accelerate(session, visitor.actor, loan, form.read(BadLoanInput))

    return _recorded(visitor, session, loan_id, form, record, "loan_accelerated")


@router.post("/fund/loans/{loan_id}/write-off")
def count_as_lost(visitor: StaffVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """The bank has written it off."""

    def record(loan: FundLoan) -> None:
        write_off(session, visitor.actor, loan, form.read(BadLoanInput))

    return _recorded(visitor, session, loan_id, form, record, "loan_written_off")


def _recorded(
    visitor: Visitor,
    session: Session,
    loan_id: UUID,
    form: Form,
    record: Callable[[FundLoan], None],
    done: str,
) -> Response:
    """Record it on the loan as the page showed it, so that nothing is entered twice."""
    with form.trying(session):
        loan = lock_loan(session, visitor.actor, loan_id)
        require_present(form, loan.version)
        record(loan)
        return go_to(f"/fund/loans/{loan_id}", done=done)
    return _loan_page(visitor, session, loan_id, form, Form(), status=422)


def _divided(visitor: Visitor, session: Session, loan_id: UUID, form: Form) -> Response:
    division = None
    with form.trying(session):
        loan = get_loan(session, visitor.actor, loan_id)
        division = divided(session, loan, form.read(RepaymentInput))
    status = 422 if form.is_refused else 200
    return _loan_page(visitor, session, loan_id, form, Form(), status=status, division=division)


def _loan_page(
    visitor: Visitor,
    session: Session,
    loan_id: UUID,
    form: Form,
    asked: Form,
    *,
    status: int = 200,
    division: Any = None,
) -> HTMLResponse:
    loan = get_loan(session, visitor.actor, loan_id)
    running = running_loan(session, loan, asked)
    entries = [entry_answer(entry, amounts, for_staff=True) for entry, amounts in entries_of(session, loan)]
    return page(
        visitor,
        "fund/loan.html",
        status=422 if asked.is_refused else status,
        tabs=tabs(visitor),
        form=form,
        asked=asked,
        loan=loan_answer(with_balances(session, [loan])[0]),
        running=running,
        entries=entries,
        division=division,
        today=clock.today(),
    )


def _today() -> Form:
    """Forms in which the day is today."""
    today = clock.today().isoformat()
    return Form([("decided_on", today), ("disbursed_on", today), ("paid_on", today)])
