"""Every contract for staff: by state and company, with totals; those that are late; the list as a file."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.session import DbSession
from service.db.tables import ContractState
from service.deals.contracts.answers import standings_of, totals_answer
from service.deals.contracts.endpoints import late_answers
from service.deals.contracts.files import list_in_form
from service.deals.contracts.queries import late_contracts, search_contracts, to_record, totals_by_state
from service.financing.wire import Day
from service.kit import clock
from service.kit.file_forms import FileForm
from service.manufacturers.endpoints import KIND as MANUFACTURER
from service.messages.contracts import STATES
from service.privacy.access_log import Address, Purpose, log_reading
from service.web.forms import Asked, Form
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import StaffVisitor

router = APIRouter()

AT_ONCE = 50
MOST_IN_A_FILE = 10_000
TABS = (("/desk/contracts", "모든 계약"), ("/desk/contracts/overdue", "연체"))


class AskedContracts(BaseModel):
    """Which contracts: `company` is a part of the name of either company."""

    model_config = ConfigDict(extra="ignore")

    state: ContractState | None = None
    late: bool | None = None
    company: Annotated[str, Field(max_length=100)] | None = None


class AskedDay(BaseModel):
    """Late on which day."""

    model_config = ConfigDict(extra="ignore")

    day: Day | None = None


@router.get("/desk/contracts")
def show_contracts(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The newest first, under the totals of all."""
    wanted = wanted_of(asked, session, AskedContracts)
    records, next_cursor = search_contracts(
        session, visitor.actor, AT_ONCE, cursor_of(asked), **wanted.model_dump()
    )
    today = clock.today()
    return page(
        visitor,
        "contracts/list.html",
        status=422 if asked.is_refused else 200,
        tabs=TABS,
        form=asked,
        states=list(STATES.items()),
        totals=totals_answer(totals_by_state(session, today), to_record(session), today),
        rows=standings_of(session, records, today, for_staff=True),
        query=query_of(asked),
        next_cursor=next_cursor,
        today=today,
    )


@router.get("/desk/contracts.csv")
def download_csv(visitor: StaffVisitor, asked: Asked, session: DbSession) -> Response:
    """The list as it was asked for."""
    return _file(session, visitor.actor, asked, FileForm.CSV)


@router.get("/desk/contracts.xlsx")
def download_xlsx(visitor: StaffVisitor, asked: Asked, session: DbSession) -> Response:
    """Likewise."""
    return _file(session, visitor.actor, asked, FileForm.XLSX)


@router.get("/desk/contracts/overdue")
def show_overdue(visitor: StaffVisitor, address: Address, asked: Asked, session: DbSession) -> HTMLResponse:
    """Whom to call, the one with the oldest instalment first."""
    day = wanted_of(asked, session, AskedDay).day or clock.today()
    found, next_cursor = late_contracts(session, day, AT_ONCE, cursor_of(asked))
    late = late_answers(session, found, day)
    log_reading(
        session, visitor.actor, address, MANUFACTURER, [each.manufacturer for each in late], Purpose.LIST
    )
    return page(
        visitor,
        "contracts/overdue.html",
        status=422 if asked.is_refused else 200,
        tabs=TABS,
        form=asked if asked.text("day") else Form([("day", day.isoformat())]),
        day=day,
        late=late,
        query=query_of(asked),
        next_cursor=next_cursor,
    )


def _file(session: Session, actor: Actor, asked: Form, form: FileForm) -> Response:
    wanted = wanted_of(asked, session, AskedContracts)
    records, _ = search_contracts(session, actor, MOST_IN_A_FILE, **wanted.model_dump())
    return list_in_form(form, standings_of(session, records, clock.today(), for_staff=True))
