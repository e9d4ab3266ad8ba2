"""Recommendations on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.accounts.schemas import ContactAnswer
from service.codes.types import BusinessNumber, IndustryCode, RegionCode, SmartLevelName
from service.kit.texts import Clean
from service.needs.schemas import NeedInput

VerdictName = Literal["shortlisted", "introduced", "proposed", "contracted", "completed", "rejected"]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,50}$"), Clean]
Comment = Annotated[str, StringConstraints(max_length=2000), Clean]


class PreviewInput(NeedInput):
    """A need that is not stored, with what its manufacturer's profile would add."""

    industry: IndustryCode
    region: RegionCode
    smart_level: SmartLevelName | None = None
    employee_count: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = None
    business_number: BusinessNumber | None = Field(None, description="자기 회사를 추천에서 빼기 위한 번호")


class InferredCategoryAnswer(BaseModel):
    """A kind of solution that the text calls for."""

    category: str
    name: str
    probability: float


class SupplierSummary(BaseModel):
    """Whom; without id and name for those who may not see them."""

    id: UUID | None
    company_name: str
    region: str


class SolutionSummary(BaseModel):
    """With what."""

    id: UUID | None
    name: str
    categories: list[str]


class ReasonAnswer(BaseModel):
    """What adds to or takes from the log-odds behind the score."""

    code: str
    contribution: float
    text: str


class EvidenceAnswer(BaseModel):
    """Two sentences that say the same from both sides; the similarity only orders such pairs."""

    need_text: str
    supplier_text: str
    similarity: float


class CautionAnswer(BaseModel):
    """What to check before introducing."""

    code: str
    text: str


class NoteAnswer(BaseModel):
    """Why it is shown although others scored higher; score and contributions are its own."""

    code: str
    text: str


class HeldBackAnswer(BaseModel):
    """Suppliers that yielded their place in this list to another; they may be introduced all the same."""

    code: str
    count: int
    text: str
    suppliers: list[SupplierSummary] = Field(description="담당자에게만 보입니다.")


class ExcludedAnswer(BaseModel):
    """How many suppliers a hard rule took out."""

    code: str
    count: int
    text: str


class CandidateAnswer(BaseModel):
    """One recommended supplier."""

    rank: int
    supplier: SupplierSummary
    solution: SolutionSummary
    score: float = Field(description="담당자가 소개할 확률. 수요끼리 견줄 수 있습니다.")
    reasons: list[ReasonAnswer]
    evidence: list[EvidenceAnswer]
    cautions: list[CautionAnswer]
    notes: list[NoteAnswer]


class RecommendationAnswer(BaseModel):
    """A ranked short list that explains itself. A preview is not stored, so it has no ids."""

    run_id: UUID | None
    need_id: UUID | None
    model_version: str
    generated_at: datetime
    inferred_categories: list[InferredCategoryAnswer]
    items: list[CandidateAnswer]
    excluded: list[ExcludedAnswer]
    held_back: list[HeldBackAnswer]
    considered: int


class FeedbackInput(BaseModel):
    """What an account manager decided about a candidate."""

    model_config = ConfigDict(extra="forbid")

    supplier_id: UUID
    verdict: VerdictName
    reason_code: ReasonCode | None = None
    comment: Comment | None = None


class MoveInput(BaseModel):
    """Where a pair is to stand; `seen` is the decision by which it stood where the mover saw it."""

    model_config = ConfigDict(extra="forbid")

    seen: UUID
    verdict: VerdictName
    reason_code: ReasonCode | None = None
    comment: Comment | None = None


class FeedbackAnswer(BaseModel):
    """A decision as it was recorded."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    run_id: UUID
    need_id: UUID
    supplier_id: UUID
    position: int
    verdict: str
    reason_code: str | None
    comment: str | None
    created_at: datetime


class LeadAnswer(BaseModel):
    """A need that fits a supplier. The manufacturer stays unnamed until it is introduced."""

    rank: int
    need_id: UUID
    title: str
    industry: str
    region: str
    budget_won: int | None
    score: float
    solution: SolutionSummary
    reasons: list[ReasonAnswer]
    evidence: list[EvidenceAnswer]
    cautions: list[CautionAnswer]


class LeadPage(BaseModel):
    """The best leads; a ranking has no further pages."""

    items: list[LeadAnswer]
    next_cursor: None = None


class IntroducedManufacturer(BaseModel):
    """Whom the supplier was introduced to; the contact where that person agreed to be named."""

    id: UUID
    company_name: str
    industry: str
    region: str
    contact: ContactAnswer | None = Field(description="연락처 제공에 동의한 경우에만")


class IntroductionAnswer(BaseModel):
    """A need that the supplier was introduced to."""

    need_id: UUID
    title: str
    description: str
    budget_won: int | None
    verdict: str
    decided_at: datetime
    manufacturer: IntroducedManufacturer


class IntroductionPage(BaseModel):
    """All introductions, the latest decision first."""

    items: list[IntroductionAnswer]
    next_cursor: None = None
