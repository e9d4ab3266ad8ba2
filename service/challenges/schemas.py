"""What is sent about challenges: calls, applications, scores, conflicts, decisions."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from service.kit.texts import Clean, LongText, Name, OneLine, not_null

LOWEST, HIGHEST = 1, 5
"""The scale of every criterion: whole numbers, so that a form is answered by one choice."""

WHOLE = 100

Title = Annotated[str, StringConstraints(min_length=2, max_length=120), Clean, OneLine]
Comment = Annotated[str, StringConstraints(min_length=2, max_length=1000), Clean]
Reason = Annotated[str, StringConstraints(min_length=2, max_length=500), Clean, OneLine]
FieldName = Annotated[str, StringConstraints(min_length=1, max_length=40), Clean, OneLine]
FieldNames = Annotated[list[FieldName], Field(min_length=1, max_length=12)]
Places = Annotated[int, Field(strict=True, ge=1, le=100)]
ReviewerCount = Annotated[int, Field(strict=True, ge=1, le=9)]
Percent = Annotated[int, Field(strict=True, ge=1, le=WHOLE)]


class Input(BaseModel):
    """A part of a request; names that we do not know are refused."""

    model_config = ConfigDict(extra="forbid")


class CriterionInput(Input):
    """심사 기준 하나. 점수는 1(매우 모자람)부터 5(매우 뛰어남)까지입니다."""

    name: Name
    description: Annotated[str, StringConstraints(min_length=2, max_length=500), Clean]
    weight_percent: Percent


class DepartmentInput(Input):
    """함께 일할 수 있는 부서. mission을 지원서와 견주어 맞는 부서를 권합니다."""

    name: Name
    mission: Annotated[str, StringConstraints(min_length=10, max_length=2000), Clean]


Criteria = Annotated[list[CriterionInput], Field(min_length=1, max_length=8)]
Departments = Annotated[list[DepartmentInput], Field(min_length=1, max_length=30)]


def _checked_criteria(criteria: list[CriterionInput] | None) -> list[CriterionInput] | None:
    if criteria is None:
        return None
    total = sum(criterion.weight_percent for criterion in criteria)
    if total != WHOLE:
        raise PydanticCustomError("challenge_weights_sum", "weights do not sum to 100", {"total": total})
    if len({criterion.name for criterion in criteria}) < len(criteria):
        raise PydanticCustomError("challenge_criteria_same_name", "criteria of one name")
    return criteria


def _checked_departments(departments: list[DepartmentInput] | None) -> list[DepartmentInput] | None:
    if departments is not None and len({each.name for each in departments}) < len(departments):
        raise PydanticCustomError("challenge_departments_same_name", "departments of one name")
    return departments


class ChallengeInput(Input):
    """챌린지의 공고. 만들면 작성 중이고, 공고해야 모두에게 보입니다."""

    title: Title
    purpose: LongText
    programme_code: Annotated[str, StringConstraints(max_length=60), Clean] | None = Field(
        None, description="이 챌린지가 속한 지원 사업의 code"
    )
    fields: FieldNames = Field(description="지원할 수 있는 분야의 이름")
    criteria: Criteria = Field(description="심사 기준. weight_percent를 더하면 100")
    opens_on: date = Field(description="지원을 받기 시작하는 날 (한국 시각, 그날 포함)")
    closes_on: date = Field(description="지원을 받는 마지막 날 (한국 시각, 그날 포함)")
    places: Places = Field(description="선정할 수 있는 곳 수")
    reviewers_per_application: ReviewerCount = Field(3, description="지원서마다 심사할 사람 수")
    departments: Departments

    _criteria = field_validator("criteria")(_checked_criteria)
    _departments = field_validator("departments")(_checked_departments)

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.closes_on < self.opens_on:
            raise PydanticCustomError("challenge_days_order", "closes before it opens")
        return self


class ChallengePatch(Input):
    """What to change of a call; what is left out stays."""

    title: Title | None = None
    purpose: LongText | None = None
    programme_code: Annotated[str, StringConstraints(max_length=60), Clean] | None = None
    fields: FieldNames | None = None
    criteria: Criteria | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    places: Places | None = None
    reviewers_per_application: ReviewerCount | None = None
    departments: Departments | None = None

    _required = field_validator(
        "title", "purpose", "fields", "criteria", "opens_on", "closes_on", "places",
        "reviewers_per_application", "departments", mode="before",
    )(not_null)  # fmt: skip
    _criteria = field_validator("criteria")(_checked_criteria)
    _departments = field_validator("departments")(_checked_departments)


class ApplicationInput(Input):
    """지원서. 심사위원은 회사 이름 없이 읽습니다. 글에 적힌 회사와 사람의 이름은 가려집니다."""

    title: Title
    field: FieldName = Field(description="챌린지의 fields 가운데 하나")
    problem: LongText = Field(description="어떤 문제를 풀려고 하는지")
    proposal: LongText = Field(description="무엇을 어떻게 하려고 하는지")
    outcome: LongText = Field(description="무엇이 얼마나 나아지는지")


class ApplicationPatch(Input):
    """What to change of an application; what is left out stays."""

    title: Title | None = None
    field: FieldName | None = None
    problem: LongText | None = None
    proposal: LongText | None = None
    outcome: LongText | None = None

    _required = field_validator("title", "field", "problem", "proposal", "outcome", mode="before")(not_null)


class ScoreInput(Input):
    """기준 하나의 점수와 의견. 의견은 이름 없이 지원한 회사에 전해집니다."""

    criterion: Annotated[int, Field(strict=True, ge=1, le=8)] = Field(description="1부터 센 기준의 번호")
    score: Annotated[int, Field(strict=True, ge=LOWEST, le=HIGHEST)]
    comment: Comment


class ReviewInput(Input):
    """심사. 모든 기준에 점수와 의견을 하나씩 적습니다."""

    scores: Annotated[list[ScoreInput], Field(min_length=1, max_length=8)]


class PanelInput(Input):
    """심사위원을 배정합니다. 없으면 쓰고 있는 담당자 계정 모두 가운데에서 고릅니다."""

    reviewer_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = None


class ConflictInput(Input):
    """심사하지 말아야 할 공급기업과 그 까닭. 그 회사가 지원했는지는 알려 주지 않습니다."""

    supplier_id: UUID
    reason: Reason


class RecognitionInput(Input):
    """읽다가 누구인지 알게 되어 심사하지 않으려는 까닭."""

    reason: Reason


class ChosenInput(Input):
    """선정한 지원서와 함께 일할 부서."""

    application_id: UUID
    department_id: UUID


class DecisionInput(Input):
    """사람이 정한 결과. 순위가 더 높은 지원서를 두고 고르면 까닭이 있어야 합니다."""

    chosen: Annotated[list[ChosenInput], Field(max_length=100)]
    departure_reason: Reason | None = None
