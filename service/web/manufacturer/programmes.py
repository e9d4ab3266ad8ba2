"""Programmes that a manufacturer might take part in, with what its profile says to their conditions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.db.tables import Manufacturer, Programme
from service.messages.amounts import won_reading
from service.programmes.conditions import fields_asked
from service.programmes.queries import programmes_for
from service.web.manufacturer.company import FIELDS, own_company
from service.web.rendering import page
from service.web.visitor import ManufacturerVisitor
from service.web.wording import industry, region

router = APIRouter()


@dataclass(frozen=True)
class Told:
    """One field that a condition asks about, and what the profile says; None when it says nothing."""

    label: str
    value: str | None


@dataclass(frozen=True)
class Condition:
    """A published condition with the fields it asks about."""

    text: str
    told: Sequence[Told]


@router.get("/manufacturer/programmes")
def show_programmes(visitor: ManufacturerVisitor, session: DbSession) -> HTMLResponse:
    """Open programmes first; what is closed stands below for comparison."""
    company = own_company(session, visitor)
    values = _values(company)
    found = [(each, _conditions(each, values)) for each in programmes_for(session, "manufacturer")]
    return page(
        visitor,
        "manufacturer/programmes.html",
        open=[each for each in found if each[0].status == "open"],
        closed=[each for each in found if each[0].status != "open"],
    )


def _conditions(programme: Programme, values: Mapping[str, str | None]) -> Sequence[Condition]:
    return [
        Condition(text, [Told(FIELDS[name], values[name]) for name in fields_asked(text)])
        for text in programme.terms.get("eligibility") or []
    ]


def _values(company: Manufacturer) -> Mapping[str, str | None]:
    """The profile as it is read aloud."""
    shown: Mapping[str, Any] = {
        "employee_count": f"{company.employee_count:,}명" if company.employee_count is not None else None,
        "annual_revenue_won": won_reading(company.annual_revenue_won) if company.annual_revenue_won else None,
        "industry": industry(company.industry),
        "region": region(company.region),
        "smart_level": company.smart_level,
        "existing_systems": ", ".join(company.existing_systems) or None,
    }
    return shown
