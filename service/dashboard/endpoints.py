"""The dashboard and the rows behind it, over HTTP."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from service.accounts.actor import Staff
from service.codes.types import RegionCode
from service.dashboard import rows
from service.dashboard.figures import read_dashboard
from service.dashboard.files import csv_of
from service.dashboard.period import EARLIEST, LATEST, Period
from service.dashboard.schemas import (
    ContractRow,
    ContractStanding,
    DashboardAnswer,
    DecisionRow,
    Figure,
    ManufacturerRow,
    NeedRow,
    Step,
    SupplierRow,
)
from service.db.session import DbSession
from service.db.tables import SupplierStatus
from service.kit.pages import Cursor, Limit, Page

router = APIRouter(prefix="/dashboard", tags=["현황"])

Day = Annotated[date, Query(ge=EARLIEST, le=LATEST)]
Since = Annotated[Day | None, Query(description="첫날 (한국 날짜)")]
Until = Annotated[Day | None, Query(description="마지막 날, 그날까지")]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "CSV (UTF-8)"}
}


def _period(since: Since = None, until: Until = None) -> Period:
    return Period.chosen(since, until)


def _bounded(
    since: Since = None,
    until: Until = None,
    region: Annotated[RegionCode | None, Query(description="시도")] = None,
) -> rows.Asked:
    return rows.Asked(since, until, region)


ChosenPeriod = Annotated[Period, Depends(_period)]
Bounded = Annotated[rows.Asked, Depends(_bounded)]
Category = Annotated[
    str | None, Query(pattern=r"^[A-Z0-9_]{1,40}$|^none$", description="솔루션 분야, 모르는 것은 none")
]


@router.get("", summary="현황판")
def show_dashboard(_actor: Staff, session: DbSession, period: ChosenPeriod) -> DashboardAnswer:
    """목표와 실적, 수요에서 계약까지, 할부 계약, 노출의 고름, 기다리는 수요, 공급 부족, 달마다의 수입니다."""
    return read_dashboard(session, period)


@router.get("/figures", summary="현황판의 표 내려받기", response_class=Response, responses=_CSV)
def download_figure(
    _actor: Staff, session: DbSession, period: ChosenPeriod, name: Annotated[Figure, Query()]
) -> Response:
    """현황판의 표 하나를 CSV로 받습니다."""
    return figure_file(csv_of(read_dashboard(session, period), name), name, period)


@router.get("/needs", summary="현황판의 수요")
def list_needs(
    _actor: Staff,
    session: DbSession,
    bounded: Bounded,
    category: Category = None,
    state: rows.NeedState | None = None,
    step: Step | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[NeedRow]:
    """현황판의 수가 가리키는 수요를 새것부터 봅니다. step은 그 단계나 그 뒤까지 온 수요입니다."""
    asked = rows.Asked(bounded.since, bounded.until, bounded.region, category)
    return rows.needs(session, asked, state, step, limit, cursor)


@router.get("/suppliers", summary="현황판의 공급기업")
def list_suppliers(
    _actor: Staff,
    session: DbSession,
    bounded: Bounded,
    status: SupplierStatus | None = None,
    category: Category = None,
    serves: Annotated[RegionCode | None, Query(description="이 지역에서 일하는 곳")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[SupplierRow]:
    """최근 30일의 추천 목록에 많이 나온 공급기업부터 봅니다."""
    asked = rows.Asked(bounded.since, bounded.until, bounded.region, category)
    return rows.suppliers(session, asked, status, serves, limit, cursor)


@router.get("/manufacturers", summary="현황판의 수요기업")
def list_manufacturers(
    _actor: Staff, session: DbSession, bounded: Bounded, limit: Limit = 20, cursor: Cursor = None
) -> Page[ManufacturerRow]:
    """기간에 등록한 수요기업을 새것부터 봅니다."""
    return rows.manufacturers(session, bounded, limit, cursor)


@router.get("/decisions", summary="현황판의 결정")
def list_decisions(
    _actor: Staff,
    session: DbSession,
    bounded: Bounded,
    verdict: rows.DecisionKind | None = None,
    technology: rows.Technology | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[DecisionRow]:
    """담당자의 결정을 새것부터 봅니다. 같은 수요와 공급기업에 같은 결정을 거듭 남겼으면 처음 것만 셉니다."""
    return rows.decisions(session, bounded, verdict, technology, limit, cursor)


@router.get("/contracts", summary="현황판의 할부 계약")
def list_contracts(
    _actor: Staff,
    session: DbSession,
    bounded: Bounded,
    standing: ContractStanding | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[ContractRow]:
    """현황판의 수가 가리키는 할부 계약을 새것부터 봅니다. 기간은 수락한 날(견적은 낸 날)입니다."""
    return rows.contracts(session, bounded, standing, limit, cursor)


def figure_file(content: bytes, figure: Figure, period: Period) -> Response:
    """The file, named after what it holds."""
    name = f"dashboard-{figure.value}-{period.until.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
