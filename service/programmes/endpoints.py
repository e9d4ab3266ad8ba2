"""Support programmes and fund terms over HTTP: facts with their source."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlmodel import col, select

from service.db.session import DbSession
from service.db.tables import FundTerm
from service.programmes import queries

router = APIRouter(tags=["지원사업"])


class ProgrammeAnswer(BaseModel):
    """A support programme; `terms` holds what differs between programmes."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    summary: str
    status: str
    valid_from: date | None
    valid_to: date | None
    terms: dict[str, Any]
    source: dict[str, Any]


class ProgrammeList(BaseModel):
    """All programmes."""

    items: list[ProgrammeAnswer]
    next_cursor: None = None


class FundTermAnswer(BaseModel):
    """The terms of one fund in one period; what no source states is null."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    ceiling_won: int | None
    per_company_limit_won: int | None
    rate_reduction_percent_min: str | None
    rate_reduction_percent_max: str | None
    floor_rate_percent: str | None
    max_months: int | None
    demo: bool
    reference_only: bool
    note: str | None
    source: dict[str, Any]


class FundTermList(BaseModel):
    """The terms of all funds."""

    items: list[FundTermAnswer]
    next_cursor: None = None


@router.get("/programmes", summary="지원사업 목록")
def list_programmes(session: DbSession) -> ProgrammeList:
    """얼라이언스와 정부의 지원사업을 출처와 함께 봅니다. 끝난 사업은 status가 closed입니다."""
    rows = queries.list_programmes(session)
    return ProgrammeList(items=[ProgrammeAnswer.model_validate(row) for row in rows])


@router.get("/programmes/{code}", summary="지원사업 보기")
def read_programme(code: str, session: DbSession) -> ProgrammeAnswer:
    """지원사업 하나를 봅니다."""
    return ProgrammeAnswer.model_validate(queries.get_programme(session, code))


@router.get("/fund-terms", summary="상생협력펀드 조건")
def list_fund_terms(session: DbSession) -> FundTermList:
    """기간별 상생협력펀드 조건을 출처와 함께 봅니다."""
    rows = session.exec(select(FundTerm).order_by(col(FundTerm.valid_from), col(FundTerm.code))).all()
    return FundTermList(items=[FundTermAnswer.model_validate(row) for row in rows])
