"""Programmes on the wire."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.messages.programmes import FIELDS
from service.programmes.eligibility import ProgrammeFinding
from service.programmes.fitting import Judged, Kind
from service.programmes.rules import Eligibility, Finding


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
    application_days: int
    overdue_addon_percent: str
    demo: bool
    reference_only: bool
    note: str | None
    source: dict[str, Any]


class FundTermList(BaseModel):
    """The terms of all funds."""

    items: list[FundTermAnswer]
    next_cursor: None = None


class MissingField(BaseModel):
    """A field of the profile without which it cannot be said whether a programme fits."""

    field: str
    name: str


class EligibilityAnswer(BaseModel):
    """What a programme's rule says of a company, and what that rests on."""

    eligibility: Eligibility
    failed: list[str] = Field(description="맞지 않는 조건")
    missing: list[MissingField] = Field(description="채우면 알 수 있는 항목")
    to_confirm: list[str] = Field(description="사람이 확인해야 하는 조건")


class CompanyProgrammeAnswer(EligibilityAnswer):
    """A programme as it concerns one company."""

    code: str
    name: str
    summary: str
    status: str
    valid_from: date | None
    valid_to: date | None
    benefit_won: int | None = Field(description="한 회사가 받을 수 있는 가장 큰 금액. 알려지지 않았으면 null")
    documents: list[str] | None
    source: dict[str, Any]


class CompanyProgrammeList(BaseModel):
    """Every programme for a company: what can be had first."""

    items: list[CompanyProgrammeAnswer]
    next_cursor: None = None


class FittingCompanyAnswer(EligibilityAnswer):
    """A company as a programme concerns it."""

    id: UUID
    kind: Kind
    company_name: str
    region: str


def fitting_company(company: Judged) -> FittingCompanyAnswer:
    """One company with what the rule says of it."""
    return FittingCompanyAnswer(
        **eligibility_parts(company.finding),
        id=company.id,
        kind=company.kind,
        company_name=company.company_name,
        region=company.region,
    )


def eligibility_parts(finding: Finding) -> dict[str, Any]:
    """The fields of an `EligibilityAnswer`."""
    return {
        "eligibility": finding.answer,
        "failed": list(finding.failed),
        "missing": [{"field": name, "name": FIELDS[name]} for name in finding.missing],
        "to_confirm": list(finding.to_confirm),
    }


def company_programme(found: ProgrammeFinding) -> CompanyProgrammeAnswer:
    """One programme with what its rule says."""
    programme = found.programme
    return CompanyProgrammeAnswer(
        **eligibility_parts(found.finding),
        code=programme.code,
        name=programme.name,
        summary=programme.summary,
        status=programme.status,
        valid_from=programme.valid_from,
        valid_to=programme.valid_to,
        benefit_won=found.benefit_won,
        documents=programme.terms.get("documents"),
        source=programme.source,
    )
