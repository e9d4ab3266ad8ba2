"""The own loans from the win-win fund: applying, following, taking back an application."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.fund.loan_answers import loan_answer
from service.fund.operations import apply_for_loan, cancel
from service.fund.queries import get_loan, lock_loan, with_balances
from service.fund.schemas import CancellationInput, LoanInput
from service.fund.terms import find_fund_on
from service.kit import clock
from service.web.forms import Asked, Form, Posted
from service.web.fund.application import begun
from service.web.fund.running_loan import running_loan
from service.web.rendering import go_to, page
from service.web.stale_forms import require_present
from service.web.supplier.company import TABS, own_supplier
from service.web.visitor import SupplierVisitor, Visitor

router = APIRouter()


@router.get("/supplier/fund-loan/new")
def show_application(visitor: SupplierVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The form; the calculator's page fills in what was calculated."""
    return _form_page(visitor, session, begun(asked))


@router.post("/supplier/fund-loan/new")
def apply(visitor: SupplierVisitor, form: Posted, session: DbSession) -> Response:
    """Reserve the principal; a bank decides."""
    with form.trying(session):
        data = form.read(LoanInput, supplier_id=visitor.actor.supplier_id)
        loan = apply_for_loan(session, visitor.actor, data)
        return go_to(f"/supplier/fund-loan/{loan.id}", done="loan_applied")
    return _form_page(visitor, session, form, status=422)


@router.get("/supplier/fund-loan/{loan_id}")
def show_loan(visitor: SupplierVisitor, loan_id: UUID, asked: Asked, session: DbSession) -> HTMLResponse:
    """What was agreed, what is to be paid, what was paid."""
    return _loan_page(visitor, session, loan_id, Form(), asked)


@router.post("/supplier/fund-loan/{loan_id}/cancellation")
def take_back(visitor: SupplierVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """The company does not want it any more."""
    with form.trying(session):
        loan = lock_loan(session, visitor.actor, loan_id)
        require_present(form, loan.version)
        cancel(session, visitor.actor, loan, form.read(CancellationInput).reason)
        return go_to(f"/supplier/fund-loan/{loan_id}", done="loan_cancelled")
    return _loan_page(visitor, session, loan_id, form, Form(), status=422)


def _form_page(visitor: Visitor, session: Session, form: Form, status: int = 200) -> HTMLResponse:
    return page(
        visitor,
        "supplier/loan_application.html",
        status=status,
        tabs=TABS,
        form=form,
        terms=find_fund_on(session, clock.today()),
        supplier=own_supplier(session, visitor.actor),
    )


def _loan_page(
    visitor: Visitor, session: Session, loan_id: UUID, form: Form, asked: Form, status: int = 200
) -> HTMLResponse:
    loan = get_loan(session, visitor.actor, loan_id)
    running = running_loan(session, loan, asked)
    return page(
        visitor,
        "supplier/loan.html",
        status=422 if asked.is_refused else status,
        tabs=TABS,
        form=form,
        asked=asked,
        loan=loan_answer(with_balances(session, [loan])[0]),
        running=running,
        today=clock.today(),
    )
