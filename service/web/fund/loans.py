"""All loans, by state and supplier."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from service.db.session import DbSession
from service.db.tables import LoanStatus
from service.fund.loan_answers import loan_answer
from service.fund.queries import search_loans
from service.kit import clock
from service.messages.fund import STATUSES
from service.web.forms import Asked
from service.web.fund.overview import SOON
from service.web.fund.tabs import tabs
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import StaffVisitor

router = APIRouter()

PAGE_LENGTH = 50


class AskedLoans(BaseModel):
    """Which loans: `company` is a part of the supplier's name, `expiring` asks for what expires soon."""

    status: LoanStatus | None = None
    company: Annotated[str, Field(max_length=100)] | None = None
    expiring: bool = False


@router.get("/fund/loans")
def show_loans(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The newest first."""
    wanted = wanted_of(asked, session, AskedLoans)
    records, next_cursor = search_loans(
        session,
        visitor.actor,
        PAGE_LENGTH,
        cursor_of(asked),
        status=wanted.status,
        company=wanted.company,
        expires_by=clock.today() + SOON if wanted.expiring else None,
    )
    return page(
        visitor,
        "fund/loans.html",
        status=422 if asked.is_refused else 200,
        tabs=tabs(visitor),
        form=asked,
        states=list(STATUSES.items()),
        soon=SOON.days,
        loans=[loan_answer(each) for each in records],
        query=query_of(asked),
        next_cursor=next_cursor,
    )
