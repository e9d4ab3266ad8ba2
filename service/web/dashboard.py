"""The dashboard as a page, with charts and the rows behind every figure."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from service.dashboard import rows
from service.dashboard.endpoints import Category, figure_file
from service.dashboard.figures import read_dashboard, rows_of_month
from service.dashboard.files import csv_of
from service.dashboard.period import EARLIEST, LATEST, Period
from service.dashboard.schemas import ContractStanding, DashboardAnswer, Figure, Step
from service.db.session import DbSession
from service.db.tables import SupplierStatus
from service.kit.problems import Problem
from service.messages.contracts import STATES
from service.messages.dashboard import MONTH_KINDS, STANDINGS, STEPS
from service.web.forms import Asked, Form
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import StaffVisitor, Visitor
from service.web.wording import CATEGORIES, REGIONS

router = APIRouter()

PAGE_LENGTH = 50
MOST_PLACES = 30

Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]


class AskedPeriod(BaseModel):
    """Between which days."""

    since: Day | None = None
    until: Day | None = None


class AskedRows(AskedPeriod):
    """Which rows of a list."""

    region: str | None = None
    category: Category = None
    state: rows.NeedState | None = None
    step: Step | None = None
    status: SupplierStatus | None = None
    verdict: rows.DecisionKind | None = None
    technology: rows.Technology | None = None
    serves: str | None = None
    standing: ContractStanding | None = None

    @property
    def bounds(self) -> rows.Asked:
        """What every list can be bounded by."""
        return rows.Asked(self.since, self.until, self.region, self.category)


@router.get("/dashboard")
def show_dashboard(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """Every figure, its chart and its table."""
    period = _period(asked, session)
    found = read_dashboard(session, period)
    form = asked if asked.is_refused else Form.holding({"since": period.since, "until": period.until})
    shown: dict[str, Any] = {
        "dashboard": found,
        "period": period,
        "steps": STEPS,
        "kinds": MONTH_KINDS,
        "standings": STANDINGS,
        "by_region": _summed(found, "region"),
        "by_category": _summed(found, "category"),
        "waiting": sum(each.needs for each in found.waiting),
        "month_rows": lambda month, kind: site_address(rows_of_month(month, kind, period)),
        "rows": site_address,
    }
    return page(visitor, "dashboard/dashboard.html", form=form, **shown)


@router.get("/dashboard/figures.csv")
def download_figure(
    _visitor: StaffVisitor, asked: Asked, session: DbSession, name: Figure = Figure.MONTHS
) -> Response:
    """One table of the dashboard for a spreadsheet."""
    period = _period(asked, session)
    return figure_file(csv_of(read_dashboard(session, period), name), name, period)


@router.get("/dashboard/needs")
def show_needs(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The needs behind a figure."""
    wanted = wanted_of(asked, session, AskedRows)
    found = rows.needs(session, wanted.bounds, wanted.state, wanted.step, PAGE_LENGTH, cursor_of(asked))
    more = {"steps": STEPS, "regions": REGIONS.items(), "categories": list(CATEGORIES.items())}
    return _list_page(visitor, "needs", asked, found, **more)


@router.get("/dashboard/suppliers")
def show_suppliers(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The suppliers behind a figure, those in most recent lists first."""
    wanted = wanted_of(asked, session, AskedRows)
    found = rows.suppliers(
        session, wanted.bounds, wanted.status, wanted.serves, PAGE_LENGTH, cursor_of(asked)
    )
    more = {"regions": REGIONS.items(), "categories": list(CATEGORIES.items())}
    return _list_page(visitor, "suppliers", asked, found, **more)


@router.get("/dashboard/manufacturers")
def show_manufacturers(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The manufacturers behind a figure."""
    wanted = wanted_of(asked, session, AskedRows)
    found = rows.manufacturers(session, wanted.bounds, PAGE_LENGTH, cursor_of(asked))
    return _list_page(visitor, "manufacturers", asked, found, regions=REGIONS.items())


@router.get("/dashboard/decisions")
def show_decisions(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The decisions behind a figure."""
    wanted = wanted_of(asked, session, AskedRows)
    cursor = cursor_of(asked)
    found = rows.decisions(session, wanted.bounds, wanted.verdict, wanted.technology, PAGE_LENGTH, cursor)
    return _list_page(visitor, "decisions", asked, found, regions=REGIONS.items())


@router.get("/dashboard/contracts")
def show_contracts(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The installment contracts behind a figure."""
    wanted = wanted_of(asked, session, AskedRows)
    found = rows.contracts(session, wanted.bounds, wanted.standing, PAGE_LENGTH, cursor_of(asked))
    more = {"regions": REGIONS.items(), "standings": STANDINGS.items(), "states": STATES}
    return _list_page(visitor, "contracts", asked, found, **more)


def site_address(address: str) -> str:
    """The page that shows the same rows as that address of the API."""
    return address.removeprefix("/v1")


def _list_page(visitor: Visitor, name: str, asked: Form, found: Any, **more: Any) -> HTMLResponse:
    status = 422 if asked.is_refused else 200
    shown: dict[str, Any] = {"found": found, "query": query_of(asked), "form": asked}
    return page(visitor, f"dashboard/{name}.html", status=status, **shown, **more)


def _period(asked: Form, session: Session) -> Period:
    """What was asked for; the last twelve months where that cannot be."""
    wanted = wanted_of(asked, session, AskedPeriod)
    try:
        return Period.chosen(wanted.since, wanted.until)
    except Problem as problem:
        asked.refuse(problem)
        return Period.chosen(None, None)


def _summed(found: DashboardAnswer, by: str) -> list[tuple[str | None, int]]:
    """How many needs wait by region or by category, the most first."""
    sums: dict[str | None, int] = {}
    for each in found.waiting:
        sums[getattr(each, by)] = sums.get(getattr(each, by), 0) + each.needs
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0] or ""))[:MOST_PLACES]
