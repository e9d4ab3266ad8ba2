"""Needs on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from service.codes.types import Categories, Certifications, PositiveWon, Processes
from service.kit.texts import Clean, OneLine, not_null

SHORTEST_PROBLEM = 10


def _says_something(text: str) -> str:
    if len("".join(text.split())) < SHORTEST_PROBLEM:
        raise PydanticCustomError("need_too_short", "too short to say what hurts")
    return text


Title = Annotated[str, StringConstraints(min_length=1, max_length=200), Clean, OneLine]
Description = Annotated[str, StringConstraints(max_length=4000), Clean, AfterValidator(_says_something)]
SupplierIds = Annotated[list[UUID], Field(max_length=200)]


class NeedInput(BaseModel):
    """A problem in the manufacturer's own words, with what limits the choice."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Description
    categories: Categories = []
    processes: Processes = []
    budget_won: PositiveWon | None = None
    start_by: date | None = None
    required_certifications: Certifications = []
    excluded_supplier_ids: SupplierIds = []
    needs_on_site_support: bool = False


class NeedPatch(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    description: Description | None = None
    categories: Categories | None = None
    processes: Processes | None = None
    budget_won: PositiveWon | None = None
    start_by: date | None = None
    required_certifications: Certifications | None = None
    excluded_supplier_ids: SupplierIds | None = None
    needs_on_site_support: bool | None = None
    status: Literal["open", "contracted", "closed"] | None = None

    _required = field_validator(
        "title", "description", "categories", "processes", "required_certifications",
        "excluded_supplier_ids", "needs_on_site_support", "status", mode="before",
    )(not_null)  # fmt: skip


class CategoryConfirmation(BaseModel):
    """Which kinds of solution a need calls for, as its own people say, the main one first."""

    model_config = ConfigDict(extra="forbid")

    categories: Annotated[Categories, Field(min_length=1)]


class NeedAnswer(BaseModel):
    """A need as its manufacturer and account managers see it."""

    id: UUID
    manufacturer_id: UUID
    title: str
    description: str
    categories: list[str]
    categories_confirmed_at: datetime | None = Field(description="수요기업이 분야를 확인한 때")
    processes: list[str]
    budget_won: int | None
    start_by: date | None
    required_certifications: list[str]
    excluded_supplier_ids: list[UUID]
    needs_on_site_support: bool
    status: str
    version: int
    created_at: datetime
    updated_at: datetime
