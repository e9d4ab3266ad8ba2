"""Suppliers on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from service.accounts.schemas import Contact, ContactAnswer
from service.business_status.queries import BusinessStatusAnswer
from service.codes.types import (
    BusinessNumber,
    Categories,
    CertificationCode,
    Certifications,
    Industries,
    IndustryCode,
    Processes,
    RegionCode,
    Regions,
    SmartLevels,
    Won,
)
from service.kit import clock
from service.kit.texts import Clean, Line, LongText, Name, ShortText, not_null
from service.privacy.consents import Consents


def _not_in_future(day: date) -> date:
    if day > clock.today():
        raise PydanticCustomError("future_date", "date in the future")
    return day


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise PydanticCustomError("url_scheme", "not a web address")
    return text


PastDate = Annotated[date, AfterValidator(_not_in_future)]
Homepage = Annotated[str, StringConstraints(max_length=300), Clean, AfterValidator(_web_address)]
EmployeeCount = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Capacity = Annotated[int, Field(strict=True, ge=0, le=1000)]


class SolutionInput(BaseModel):
    """One thing that the supplier offers."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: LongText
    categories: Annotated[Categories, Field(min_length=1)]
    industries: Industries = Field([], description="맞는 업종. 비우면 모든 업종")
    processes: Processes = []
    price_min_won: Won | None = None
    price_max_won: Won | None = None
    smart_levels: SmartLevels = []

    @field_validator("price_max_won")
    @classmethod
    def _not_below_minimum(cls, value: int | None, info: ValidationInfo) -> int | None:
        low = info.data.get("price_min_won")
        if low is not None and value is not None and value < low:
            raise PydanticCustomError("price_range", "maximum below minimum")
        return value


class ReferenceInput(BaseModel):
    """A past installation."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[ShortText, StringConstraints(min_length=1)]
    problem: LongText
    outcome: Annotated[str, StringConstraints(max_length=4000), Clean] | None = None
    industry: IndustryCode | None = None
    completed_on: PastDate | None = None


class _OptionalParts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    representative_name: Name | None = None
    address: ShortText | None = None
    homepage: Homepage | None = None
    employee_count: EmployeeCount | None = None
    founded_on: PastDate | None = None
    service_regions: Regions = Field([], description="맡을 수 있는 시도. 비우면 전국")
    certifications: Certifications = []
    concurrent_project_capacity: Capacity | None = Field(None, description="동시에 맡을 수 있는 사업 수")
    references: Annotated[list[ReferenceInput], Field(max_length=50)] = []


class SupplierProfileInput(_OptionalParts):
    """All that a supplier tells about itself, without the person: the form of an import."""

    business_number: BusinessNumber
    company_name: Name
    region: RegionCode
    summary: LongText
    solutions: Annotated[list[SolutionInput], Field(min_length=1, max_length=30)]


class SupplierInput(SupplierProfileInput):
    """A registration: the profile, the contact who will sign in, and the consents."""

    contact: Contact
    consents: Consents


class SupplierImportInput(SupplierProfileInput):
    """One line of an import; the contact may be missing."""

    contact: Contact | None = None
    consents: Consents | None = None


class SupplierPatch(BaseModel):
    """What to change; what is left out stays. Lists are replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    company_name: Name | None = None
    representative_name: Name | None = None
    region: RegionCode | None = None
    address: ShortText | None = None
    homepage: Homepage | None = None
    employee_count: EmployeeCount | None = None
    founded_on: PastDate | None = None
    summary: LongText | None = None
    solutions: Annotated[list[SolutionInput], Field(min_length=1, max_length=30)] | None = None
    service_regions: Regions | None = None
    certifications: Certifications | None = None
    concurrent_project_capacity: Capacity | None = None
    references: Annotated[list[ReferenceInput], Field(max_length=50)] | None = None

    _required = field_validator(
        "company_name", "region", "summary", "solutions", "service_regions", "certifications",
        "references", mode="before",
    )(not_null)  # fmt: skip


class StatusReason(BaseModel):
    """Why a supplier is rejected or suspended; its contact sees it."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(min_length=2, max_length=1000), Clean]


class CertificateInput(BaseModel):
    """The paper behind a certification."""

    model_config = ConfigDict(extra="forbid")

    certification: CertificationCode
    number: Annotated[Line, StringConstraints(min_length=1, max_length=60)]
    issued_on: PastDate
    expires_on: date

    @field_validator("expires_on")
    @classmethod
    def _after_issue(cls, value: date, info: ValidationInfo) -> date:
        issued = info.data.get("issued_on")
        if issued is not None and value <= issued:
            raise PydanticCustomError("certificate_days", "ends before it begins")
        return value


class CertificateAnswer(BaseModel):
    """A certificate with its state today. The last day still counts."""

    id: UUID
    certification: str
    number: str
    issued_on: date
    expires_on: date
    state: Literal["valid", "soon", "expired"] = Field(description="soon: 60일 안에 끝남")


class SolutionAnswer(BaseModel):
    """A solution with its id."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    description: str
    categories: list[str]
    industries: list[str]
    processes: list[str]
    price_min_won: int | None
    price_max_won: int | None
    smart_levels: list[str]


class ReferenceAnswer(BaseModel):
    """A past installation with its id."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    problem: str
    outcome: str | None
    industry: str | None
    completed_on: date | None


class PublicSupplierAnswer(BaseModel):
    """A supplier as anyone may see it: without its number and its contact."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    company_name: str
    region: str
    homepage: str | None
    employee_count: int | None
    founded_on: date | None
    summary: str
    solutions: list[SolutionAnswer]
    service_regions: list[str]
    certifications: list[str]
    references: list[ReferenceAnswer]
    status: str


class SupplierAnswer(PublicSupplierAnswer):
    """A supplier as its own people and account managers see it."""

    business_number: str
    representative_name: str | None
    address: str | None
    concurrent_project_capacity: int | None
    status_reason: str | None
    status_changed_at: datetime | None
    contact: ContactAnswer | None
    unattended: bool = Field(description="연락을 받던 사람이 모두 떠났는지. 처음부터 없었으면 false")
    business_status: BusinessStatusAnswer | None = Field(None, description="국세청 상태 (담당자만)")
    version: int
    created_at: datetime
    updated_at: datetime
