"""Who is late, and what a month came to, to read and to download."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from service.db.session import DbSession
from service.financing.wire import Day
from service.fund.endpoints import FundCode, first_day_of
from service.fund.files import in_form
from service.fund.loan_answers import overdue_answer
from service.fund.queries import overdue_loans
from service.fund.statements import book_opened_on, statement_of
from service.kit import clock
from service.kit.file_forms import FileForm
from service.web.forms import Asked, Form
from service.web.fund.tabs import tabs
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import StaffVisitor

router = APIRouter()

PAGE_LENGTH = 50
MOST_ROWS = 100
"""Loans and entries that the page shows; the files hold all."""


class AskedDay(BaseModel):
    """Late on which day."""

    day: Day | None = None


@router.get("/fund/overdue")
def show_overdue(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The longest overdue first."""
    day = wanted_of(asked, session, AskedDay).day or clock.today()
    late, next_cursor = overdue_loans(session, visitor.actor, day, PAGE_LENGTH, cursor_of(asked))
    return page(
        visitor,
        "fund/overdue.html",
        status=422 if asked.is_refused else 200,
        tabs=tabs(visitor),
        form=asked if asked.text("day") else Form([("day", day.isoformat())]),
        day=day,
        overdue=[overdue_answer(each, day) for each in late],
        query=query_of(asked),
        next_cursor=next_cursor,
    )


@router.get("/fund/statements/{month}.csv")
def download_csv(month: str, _visitor: StaffVisitor, session: DbSession, fund: FundCode = None) -> Response:
    """The entries for the books, the same file as the API's."""
    return in_form(FileForm.CSV, statement_of(session, fund, first_day_of(month)))


@router.get("/fund/statements/{month}.xlsx")
def download_xlsx(month: str, _visitor: StaffVisitor, session: DbSession, fund: FundCode = None) -> Response:
    """Accounts, loans and entries, the same file as the API's."""
    return in_form(FileForm.XLSX, statement_of(session, fund, first_day_of(month)))


@router.get("/fund/statements/{month}")
def show_statement(
    month: str, visitor: StaffVisitor, session: DbSession, fund: FundCode = None
) -> HTMLResponse:
    """The accounts, then the first of the loans and the entries."""
    begins = first_day_of(month)
    statement = statement_of(session, fund, begins)
    shown: dict[str, Any] = {
        "statement": statement,
        "loans": statement.loans[:MOST_ROWS],
        "entries": statement.entries[-MOST_ROWS:],
        "begins": begins,
        "earlier": _earlier(begins, book_opened_on(session, statement.fund)),
        "later": _later(begins),
        "asked": {"fund": fund},
    }
    return page(visitor, "fund/statement.html", tabs=tabs(visitor, month), **shown)


def _earlier(begins: date, opened_on: date | None) -> str | None:
    """The month before, if the book was open then."""
    before = begins - timedelta(days=1)
    return f"{before:%Y-%m}" if opened_on and opened_on <= before else None


def _later(begins: date) -> str | None:
    """The month after, if it has begun."""
    after = (begins + timedelta(days=31)).replace(day=1)
    return f"{after:%Y-%m}" if after <= clock.today() else None
