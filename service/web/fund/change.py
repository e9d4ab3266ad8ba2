"""Changing an application on which no bank has decided: by the supplier, or by staff for it."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import FundLoan, LoanStatus
from service.fund.loan_answers import loan_answer
from service.fund.operations import change_application
from service.fund.queries import get_loan, lock_loan, with_balances
from service.fund.schemas import LoanPatch
from service.fund.terms import terms_of_loan
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.stale_forms import VERSION, require_present
from service.web.visitor import StaffVisitor, SupplierVisitor, Visitor

router = APIRouter()


@router.get("/fund/loans/{loan_id}/edit")
def show_to_staff(visitor: StaffVisitor, loan_id: UUID, session: DbSession) -> HTMLResponse:
    """The application as it stands."""
    return _form_page(visitor, session, get_loan(session, visitor.actor, loan_id))


@router.post("/fund/loans/{loan_id}/edit")
def change_for_supplier(visitor: StaffVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """Change it for the supplier."""
    return _changed(visitor, session, loan_id, form)


@router.get("/supplier/fund-loan/{loan_id}/edit")
def show_to_supplier(visitor: SupplierVisitor, loan_id: UUID, session: DbSession) -> HTMLResponse:
    """The own application as it stands."""
    return _form_page(visitor, session, get_loan(session, visitor.actor, loan_id))


@router.post("/supplier/fund-loan/{loan_id}/edit")
def change_own(visitor: SupplierVisitor, loan_id: UUID, form: Posted, session: DbSession) -> Response:
    """Change the own application."""
    return _changed(visitor, session, loan_id, form)


def _changed(visitor: Visitor, session: Session, loan_id: UUID, form: Form) -> Response:
    """As it was shown: what is reserved follows the amount."""
    with form.trying(session):
        loan = lock_loan(session, visitor.actor, loan_id)
        require_present(form, loan.version)
        change_application(session, visitor.actor, loan, form.read(LoanPatch))
        return go_to(_path(visitor, loan), done="loan_changed")
    return _form_page(visitor, session, get_loan(session, visitor.actor, loan_id), form)


def _form_page(visitor: Visitor, session: Session, loan: FundLoan, form: Form | None = None) -> HTMLResponse:
    kept = loan.model_dump(mode="json", include={*LoanPatch.model_fields, VERSION})
    return page(
        visitor,
        "fund/change.html",
        status=422 if form else 200,
        form=form or Form.holding(kept),
        loan=loan_answer(with_balances(session, [loan])[0]),
        open=loan.status == LoanStatus.RESERVED.value,
        path=_path(visitor, loan),
        terms=terms_of_loan(session, loan),
    )


def _path(visitor: Visitor, loan: FundLoan) -> str:
    return f"/fund/loans/{loan.id}" if visitor.actor.is_staff else f"/supplier/fund-loan/{loan.id}"
