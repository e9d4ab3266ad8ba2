"""A plan for a matching day on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from matching.assignment import DEFAULT_RULES
from service.kit import clock
from service.recommendations.schemas import CautionAnswer, ReasonAnswer, SolutionSummary, SupplierSummary

MOST_NEEDS = 1000


def _not_past(day: date) -> date:
    if day < clock.today():
        raise PydanticCustomError("past_date", "date in the past")
    return day


class AssignmentInput(BaseModel):
    """What to plan."""

    model_config = ConfigDict(extra="forbid")

    need_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_NEEDS)] | None = Field(
        None, description="배정할 수요. 비우면 열려 있는 모든 수요"
    )
    suppliers_per_need: Annotated[int, Field(strict=True, ge=1, le=10)] = Field(
        DEFAULT_RULES.suppliers_per_need, description="수요마다 만날 공급기업 수 (최대)"
    )
    floor: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = Field(
        DEFAULT_RULES.floor, description="배정할 수 있는 가장 낮은 소개 확률"
    )
    unknown_capacity: Annotated[int, Field(strict=True, ge=0, le=1000)] = Field(
        DEFAULT_RULES.unknown_capacity, description="여력을 적지 않은 공급기업이 맡을 수 있는 수요 수"
    )
    day: Annotated[date, AfterValidator(_not_past)] | None = Field(
        None, description="매칭데이 날짜. 비우면 오늘"
    )


class PlanOutline(BaseModel):
    """A plan in a list of plans; `totals` is null while it is being made and when that failed."""

    id: UUID
    status: str = Field(description="queued, running, succeeded, failed")
    day: date
    needs: int = Field(description="배정할 수요 수")
    suppliers_per_need: int
    totals: "Totals | None"
    created_at: datetime
    finished_at: datetime | None


class ManufacturerSummary(BaseModel):
    """Whose need it is."""

    id: UUID
    company_name: str


class AssignedSupplier(BaseModel):
    """A supplier to introduce, with the strongest reasons; the run keeps everything behind the score."""

    rank: int
    supplier: SupplierSummary
    solution: SolutionSummary
    score: float = Field(description="담당자가 소개할 확률")
    reasons: list[ReasonAnswer]
    cautions: list[CautionAnswer]


class Shortage(BaseModel):
    """Why a need has fewer suppliers than it may have."""

    code: str
    missing: int
    text: str


class AssignedNeed(BaseModel):
    """A need with its suppliers, the best first. Feedback names `run_id`."""

    id: UUID
    title: str
    manufacturer: ManufacturerSummary
    run_id: UUID
    suppliers: list[AssignedSupplier]
    shortage: Shortage | None


class UnservedNeed(BaseModel):
    """A need without any supplier, and why."""

    id: UUID
    title: str
    manufacturer: ManufacturerSummary
    code: str
    text: str


class SupplierLoad(BaseModel):
    """How full a supplier is."""

    id: UUID
    company_name: str
    assigned: int = Field(description="배정한 수요 수")
    capacity: int = Field(
        description="맡을 수 있는 수요 수 (동시에 맡을 수 있는 사업에서 진행 중인 사업을 뺀 수)"
    )
    capacity_known: bool = Field(description="false이면 여력을 적지 않아 unknown_capacity로 센 것")
    wanted: int = Field(description="여력과 관계없이 이 공급기업을 고를 수요 수")


class Totals(BaseModel):
    """What a way of assigning comes to."""

    needs_served: int
    pairs: int
    expected_introductions: float = Field(description="소개 확률의 합")
    overloaded_suppliers: int
    pairs_over_capacity: int


class PlanTotals(BaseModel):
    """The plan beside what else could be done with the same scores."""

    plan: Totals
    greedy: Totals = Field(description="점수가 높은 짝부터 차례로 배정했을 때")
    own_choices: Totals = Field(description="여력을 보지 않고 수요마다 가장 좋은 곳만 골랐을 때")


class PlanAnswer(BaseModel):
    """A plan: a proposal for account managers, who introduce. It reserves nothing."""

    id: UUID
    day: date
    generated_at: datetime
    model_version: str
    suppliers_per_need: int
    floor: float
    unknown_capacity: int
    needs: list[AssignedNeed]
    unserved: list[UnservedNeed]
    suppliers: list[SupplierLoad]
    totals: PlanTotals
