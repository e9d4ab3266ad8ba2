"""The dashboard on the wire. Every figure says under which address of the API its rows are read."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Figure(StrEnum):
    """What the dashboard shows, each a table of its own."""

    TARGETS = "targets"
    FUND = "fund"
    FUNNEL = "funnel"
    EXPOSURE = "exposure"
    WAITING = "waiting"
    GAPS = "gaps"
    CONTRACTS = "contracts"
    MONTHS = "months"


class Step(StrEnum):
    """How far a need came, in this order."""

    WRITTEN = "written"
    RECOMMENDED = "recommended"
    INTRODUCED = "introduced"
    PROPOSED = "proposed"
    CONTRACTED = "contracted"


class ContractStanding(StrEnum):
    """Where installment contracts stand: what follows `signed` is part of it, `late` of `paying` too."""

    QUOTED = "quoted"
    SIGNED = "signed"
    TO_DELIVER = "to_deliver"
    PAYING = "paying"
    LATE = "late"
    SETTLED = "settled"
    UNRECORDED = "unrecorded"


class _Row(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TargetAnswer(_Row):
    """A public target and what this database holds of the like; the two are not the same thing."""

    code: str
    name: str
    target: int
    by: date
    actual: int
    actual_meaning: str = Field(description="이 데이터베이스에서 무엇을 센 수인지")
    note: str
    source_title: str
    source_url: str
    source_published: date
    rows: str


class FundUseAnswer(_Row):
    """How much of the ceiling of the fund that lends today is lent and promised."""

    fund_name: str
    ceiling_won: int
    outstanding_won: int
    reserved_won: int
    available_won: int
    rows: str = Field(description="실행한 대출의 목록")


class FunnelAnswer(_Row):
    """The needs written in the period that came this far or farther."""

    step: Step
    needs: int
    share: float = Field(description="기간에 적힌 모든 수요 가운데 비율")
    median_days: float | None = Field(description="앞 단계부터 걸린 날수의 중앙값. 두 때가 기록된 수요만")
    measured: int = Field(description="중앙값에 들어간 수요 수")
    rows: str


class ExposedSupplierAnswer(_Row):
    """How many recent lists a supplier was in."""

    id: UUID
    company_name: str
    lists: int


class ExposureAnswer(_Row):
    """How evenly approved suppliers are in the first ten of recent lists that staff saw."""

    days: int
    suppliers: int
    places: int
    never_listed: int
    gini: float | None = Field(description="0이면 모두 같고 1에 가까우면 한 곳에 쏠림; 목록이 없으면 null")
    top_tenth_share: float | None = Field(description="가장 자주 나온 10퍼센트가 차지한 자리의 비율")
    most_listed: list[ExposedSupplierAnswer]
    rows: str


class WaitingAnswer(_Row):
    """Open needs of one region and category to which nobody was introduced yet."""

    region: str
    category: str | None = Field(description="수요기업이 고른 첫 분야, 없으면 마지막 추천이 추정한 분야")
    needs: int
    oldest_written_at: datetime
    rows: str


class GapAnswer(_Row):
    """A region and category in which open needs find no good supplier: where to recruit."""

    region: str
    category: str | None
    needs: int = Field(description="추천을 받아 본 열린 수요")
    weak_needs: int = Field(description="그 가운데 후보가 없거나 가장 높은 점수가 낮은 수요")
    median_best_score: float | None
    suppliers: int = Field(description="이 분야를 다루며 이 지역에서 일하는 승인된 공급기업")
    rows: str
    needs_rows: str
    suppliers_rows: str


class ContractsAnswer(_Row):
    """The installment contracts that stand so."""

    standing: ContractStanding
    contracts: int
    price_won: int
    grant_won: int
    paid_won: int = Field(description="받은 돈에서 취소한 것을 뺀 금액")
    rows: str


class MonthAnswer(_Row):
    """What was recorded in one calendar month of Korea."""

    month: date
    suppliers: int
    manufacturers: int
    needs: int
    introduced: int
    contracted: int
    signed: int = Field(description="수락한 할부 계약")


class DashboardAnswer(BaseModel):
    """Everything on one page. The period bounds the funnel and the months; the rest is as of now."""

    generated_at: datetime
    since: date
    until: date
    weak_below: float
    unranked_open_needs: int = Field(description="추천을 한 번도 하지 않아 공급 부족을 알 수 없는 열린 수요")
    targets: list[TargetAnswer]
    fund: FundUseAnswer | None = Field(description="지금 대출하는 상생협력펀드의 쓰임. 없으면 null")
    funnel: list[FunnelAnswer]
    exposure: ExposureAnswer
    waiting: list[WaitingAnswer]
    gaps: list[GapAnswer]
    contracts: list[ContractsAnswer]
    late_won: int = Field(description="연체한 할부 계약에서 오늘까지 냈어야 할 금액, 지연배상금까지")
    months: list[MonthAnswer]


class NeedRow(_Row):
    """A need behind a figure."""

    id: UUID
    title: str
    company_name: str
    manufacturer_id: UUID
    region: str
    category: str | None
    status: str
    step: Step
    best_score: float | None
    created_at: datetime


class SupplierRow(_Row):
    """A supplier behind a figure, with the recent lists that it was in."""

    id: UUID
    company_name: str
    region: str
    status: str
    lists: int
    created_at: datetime


class ManufacturerRow(_Row):
    """A manufacturer behind a figure."""

    id: UUID
    company_name: str
    region: str
    industry: str
    created_at: datetime


class DecisionRow(_Row):
    """The first time that an account manager decided so about a supplier for a need."""

    id: UUID
    verdict: str
    need_id: UUID
    need_title: str
    manufacturer_name: str
    supplier_id: UUID
    supplier_name: str
    decided_at: datetime


class ContractRow(_Row):
    """An installment contract behind a figure."""

    id: UUID
    state: str
    need_id: UUID
    need_title: str
    manufacturer_id: UUID
    manufacturer_name: str
    supplier_id: UUID
    supplier_name: str
    price_won: int
    paid_won: int
    accepted_on: date | None
    next_due_on: date | None
