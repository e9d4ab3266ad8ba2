"""Manufacturers on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from service.accounts.schemas import Contact, ContactAnswer
from service.business_status.queries import BusinessStatusAnswer
from service.codes.types import BusinessNumber, IndustryCode, RegionCode, SmartLevelName, Won
from service.kit.texts import Name, not_null
from service.privacy.consents import Consents

EmployeeCount = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Systems = Annotated[list[Name], Field(max_length=30)]


class ManufacturerProfileInput(BaseModel):
    """All that a manufacturer tells about itself, without the person: the form of an import."""

    model_config = ConfigDict(extra="forbid")

    business_number: BusinessNumber
    company_name: Name
    industry: IndustryCode
    region: RegionCode
    employee_count: EmployeeCount | None = None
    annual_revenue_won: Won | None = None
    smart_level: SmartLevelName | None = None
    existing_systems: Systems = []


class ManufacturerInput(ManufacturerProfileInput):
    """A registration: the profile, the contact who will sign in, and the consents."""

    contact: Contact
    consents: Consents


class ManufacturerImportInput(ManufacturerProfileInput):
    """One line of an import; the contact may be missing."""

    contact: Contact | None = None
    consents: Consents | None = None


class ManufacturerPatch(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    company_name: Name | None = None
    industry: IndustryCode | None = None
    region: RegionCode | None = None
    employee_count: EmployeeCount | None = None
    annual_revenue_won: Won | None = None
    smart_level: SmartLevelName | None = None
    existing_systems: Systems | None = None

    _required = field_validator("company_name", "industry", "region", "existing_systems", mode="before")(
        not_null
    )


class ManufacturerAnswer(BaseModel):
    """A manufacturer as its own people and account managers see it; it is not public."""

    id: UUID
    business_number: str
    company_name: str
    industry: str
    region: str
    employee_count: int | None
    annual_revenue_won: int | None
    smart_level: str | None
    existing_systems: list[str]
    contact: ContactAnswer | None
    business_status: BusinessStatusAnswer | None = Field(None, description="국세청 상태 (담당자만)")
    version: int
    created_at: datetime
    updated_at: datetime
