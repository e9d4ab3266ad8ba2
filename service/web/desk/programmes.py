"""Programmes as account managers see them: which companies each fits, and whom to ask for what."""

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from service.codes.types import RegionCode
from service.db.session import DbSession
from service.db.tables import Programme
from service.kit import clock
from service.kit.file_forms import FileForm
from service.programmes.eligibility import ProgrammeFinding
from service.programmes.files import in_form
from service.programmes.fitting import MOST_READ, Among, Judged, Kind, Sought, fitting_companies, survey
from service.programmes.queries import get_programme, is_open, list_programmes
from service.programmes.rules import MET, Eligibility, FieldName
from service.web.forms import Asked, Form
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import StaffVisitor
from service.web.wording import REGIONS

router = APIRouter()

AT_ONCE = 50
MOST_IN_FILE = MOST_READ


class ProgrammesAsked(BaseModel):
    """What the list of programmes is asked for."""

    model_config = ConfigDict(extra="ignore")

    state: Literal["open", "closed", "any"] = "open"
    audience: Kind | None = None


class CompaniesAsked(BaseModel):
    """Which companies of a programme."""

    model_config = ConfigDict(extra="ignore")

    eligibility: Eligibility = Eligibility.ELIGIBLE
    kind: Kind | None = None
    region: RegionCode | None = None
    missing: FieldName | None = None
    failed: str | None = Field(None, max_length=300)

    @property
    def sought(self) -> Sought:
        """The answer that is sought; a reason belongs to one answer alone."""
        failed = self.failed if self.eligibility is Eligibility.NOT_ELIGIBLE else None
        missing = self.missing if self.eligibility is Eligibility.UNKNOWN else None
        return Sought(self.eligibility, failed, missing)

    @property
    def among(self) -> Among:
        """The companies that are looked through."""
        return Among(self.kind, self.region)


@router.get("/desk/programmes")
def show_programmes(visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """Every programme with what it gives, the open ones unless asked otherwise."""
    wanted = wanted_of(asked, session, ProgrammesAsked)
    today = clock.today()
    found = [
        ProgrammeFinding(each, MET)
        for each in list_programmes(session, wanted.audience)
        if wanted.state == "any" or is_open(each, today) is (wanted.state == "open")
    ]
    return page(
        visitor,
        "desk/programmes.html",
        status=422 if asked.is_refused else 200,
        form=asked,
        found=[(each, is_open(each.programme, today)) for each in found],
    )


@router.get("/desk/programmes/{code}")
def show_companies(visitor: StaffVisitor, code: str, asked: Asked, session: DbSession) -> HTMLResponse:
    """The companies that a programme fits, or does not, or of which it cannot be said."""
    programme = get_programme(session, code)
    wanted = wanted_of(asked, session, CompaniesAsked)
    found, next_cursor = fitting_companies(
        session, programme, wanted.sought, wanted.among, AT_ONCE, cursor_of(asked)
    )
    shown: dict[str, Any] = {
        "programme": programme,
        "is_open": is_open(programme, clock.today()),
        "wanted": wanted,
        "survey": survey(session, programme, wanted.among),
        "most_read": MOST_READ,
        "companies": found,
        "next_cursor": next_cursor,
        "query": query_of(asked),
        "regions": REGIONS.items(),
    }
    return page(visitor, "desk/programme.html", status=422 if asked.is_refused else 200, form=asked, **shown)


@router.get("/desk/programmes/{code}/companies.csv")
def download_csv(_visitor: StaffVisitor, code: str, asked: Asked, session: DbSession) -> Response:
    """The same companies, all of them, for a spreadsheet."""
    return _file(session, get_programme(session, code), asked, FileForm.CSV)


@router.get("/desk/programmes/{code}/companies.xlsx")
def download_xlsx(_visitor: StaffVisitor, code: str, asked: Asked, session: DbSession) -> Response:
    """The same companies, all of them, as an Excel workbook."""
    return _file(session, get_programme(session, code), asked, FileForm.XLSX)


def _file(session: Session, programme: Programme, asked: Form, form: FileForm) -> Response:
    wanted = wanted_of(asked, session, CompaniesAsked)
    companies: list[Judged]
    companies, _ = fitting_companies(
        session, programme, wanted.sought, wanted.among, MOST_IN_FILE, cursor=None
    )
    return in_form(form, programme.code, companies)
