"""An application that staff writes down for a supplier, and what applications share on every page."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.financing.conventions import Method
from service.fund.operations import apply_for_loan
from service.fund.schemas import LoanInput
from service.fund.terms import find_fund_on
from service.kit import clock
from service.kit.problems import field_problem
from service.suppliers.queries import find_by_business_number
from service.web.forms import Asked, Form, Posted
from service.web.fund.tabs import tabs
from service.web.rendering import go_to, page
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()

SUPPLIER = "supplier_id"
"""The field holds the business number that was typed; refusals of the supplier stand beside it."""


@router.get("/fund/loans/new")
def show_application(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The form; an address may fill in some of it."""
    return _form_page(visitor, session, begun(asked))


@router.post("/fund/loans/new")
def write_application(visitor: StaffVisitor, form: Posted, session: DbSession) -> Response:
    """Reserve the principal for that supplier."""
    with form.trying(session):
        supplier_id = _supplier(session, form.text(SUPPLIER))
        loan = apply_for_loan(session, visitor.actor, form.read(LoanInput, supplier_id=supplier_id))
        return go_to(f"/fund/loans/{loan.id}", done="loan_reserved")
    return _form_page(visitor, session, form, status=422)


def begun(asked: Form) -> Form:
    """An application with the usual choices, and what the address says."""
    return Form([("method", Method.LEVEL_PAYMENT.value), *asked.values.multi_items()])


def _form_page(visitor: Visitor, session: Session, form: Form, status: int = 200) -> HTMLResponse:
    terms = find_fund_on(session, clock.today())
    return page(visitor, "fund/application.html", status=status, tabs=tabs(visitor), form=form, terms=terms)


def _supplier(session: Session, typed: str) -> UUID:
    """The supplier of a typed business number. Raises `Problem` 422 beside the field."""
    supplier = find_by_business_number(session, typed)
    if supplier is None:
        raise field_problem(f"/{SUPPLIER}", "supplier_unknown")
    return supplier.id
