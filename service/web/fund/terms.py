"""The terms of the fund by their periods, and new ones."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import FundTerm
from service.fund.schemas import TermsInput
from service.fund.terms import all_terms, find_fund_on, set_terms
from service.kit import clock
from service.web.forms import Form, Posted
from service.web.fund.tabs import tabs
from service.web.rendering import go_to, page
from service.web.visitor import AdminVisitor, Visitor

router = APIRouter()


@router.get("/fund/terms")
def show_terms(visitor: AdminVisitor, session: DbSession) -> HTMLResponse:
    """All periods; the form begins with the terms in force, or with the usual ones."""
    return _terms_page(visitor, session, _begun(find_fund_on(session, clock.today())))


@router.post("/fund/terms")
def add_terms(visitor: AdminVisitor, form: Posted, session: DbSession) -> Response:
    """Terms from a day on."""
    with form.trying(session):
        set_terms(session, visitor.actor, form.read(TermsInput))
        return go_to("/fund/terms", done="terms_set")
    return _terms_page(visitor, session, form, status=422)


def _begun(terms: FundTerm | None) -> Form:
    if terms is None:
        return Form([("application_days", "60"), ("overdue_addon_percent", "3"), ("floor_rate_percent", "0")])
    known = terms.model_dump(mode="json", include=set(TermsInput.model_fields) - {"valid_from", "note"})
    return Form.holding(known)


def _terms_page(visitor: Visitor, session: Session, form: Form, status: int = 200) -> HTMLResponse:
    periods: Sequence[FundTerm] = all_terms(session)
    return page(
        visitor,
        "fund/terms.html",
        status=status,
        tabs=tabs(visitor),
        form=form,
        periods=periods,
        today=clock.today(),
    )
