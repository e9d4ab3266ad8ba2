"""The terms of the fund by their periods, and new ones."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import FundTerm
from service.financing.wire import Day
from service.fund.schemas import TermsInput, TermsPatch
from service.fund.terms import all_terms, change_terms, find_fund_on, get_terms, is_used, set_terms
from service.kit import clock
from service.web.forms import Form, Posted
from service.web.fund.tabs import tabs
from service.web.rendering import go_to, page
from service.web.stale_forms import VERSION, require_present
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


@router.get("/fund/terms/{fund_code}/{valid_from}")
def show_change(fund_code: str, valid_from: Day, visitor: AdminVisitor, session: DbSession) -> HTMLResponse:
    """One period, to be mended or ended."""
    terms = get_terms(session, fund_code, valid_from)
    kept = terms.model_dump(mode="json", include={*TermsPatch.model_fields, VERSION})
    return _change_page(visitor, session, terms, Form.holding(kept))


@router.post("/fund/terms/{fund_code}/{valid_from}")
def mend_terms(
    fund_code: str, valid_from: Day, visitor: AdminVisitor, form: Posted, session: DbSession
) -> Response:
    """What was typed, if the terms can still be changed so."""
    terms = get_terms(session, fund_code, valid_from, lock=True)
    with form.trying(session):
        require_present(form, terms.version)
        change_terms(session, visitor.actor, terms, form.read(TermsPatch))
        return go_to("/fund/terms", done="terms_changed")
    return _change_page(visitor, session, terms, form, status=422)


def _change_page(
    visitor: Visitor, session: Session, terms: FundTerm, form: Form, status: int = 200
) -> HTMLResponse:
    return page(
        visitor,
        "fund/terms_change.html",
        status=status,
        tabs=tabs(visitor),
        form=form,
        terms=terms,
        used=is_used(session, terms),
    )


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
