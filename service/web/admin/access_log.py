"""The access log, whether it is whole, what was erased, and who agrees to what."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from service.accounts.audit import names_of_actors
from service.accounts.staff import list_staff
from service.db.session import DbSession
from service.kit import clock
from service.messages.privacy import RULES
from service.privacy.access_log import Purpose, verify_access_log
from service.privacy.record_endpoints import EARLIEST, LATEST, PEOPLE, Code, Label, Reason, access_log_file
from service.privacy.records import (
    AccessFilter,
    Days,
    count_consents,
    list_access_log,
    list_destruction_records,
)
from service.web.forms import Asked, Form, Posted
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import AdminVisitor, Visitor

router = APIRouter()

PAGE_LENGTH = 50
MOST_STAFF = 100
MOST_DESTRUCTIONS = 20
SUBJECT_KINDS = ("supplier", "manufacturer", PEOPLE)

Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]


class AskedAccess(BaseModel):
    """Which rows of the access log."""

    actor: Label | None = None
    subject_kind: Code | None = None
    purpose: Purpose | None = None
    since: Day | None = None
    until: Day | None = None

    @property
    def filter(self) -> AccessFilter:
        """As the query takes it."""
        return AccessFilter(self.actor, self.subject_kind, self.purpose, Days(self.since, self.until))


class AskedExport(AskedAccess):
    """Which rows as a file, and why."""

    reason: Reason


@router.get("/admin/access-log")
def show_access_log(visitor: AdminVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The access log with its filters."""
    return _log_page(visitor, asked, session)


@router.post("/admin/access-log")
def export(visitor: AdminVisitor, form: Posted, session: DbSession) -> Response:
    """The same rows as a file; who took it and why stays in the audit trail."""
    with form.trying(session):
        wanted = form.read(AskedExport)
        return access_log_file(session, visitor.actor, wanted.filter, wanted.reason)
    return _log_page(visitor, form, session, status=422)


@router.get("/admin/access-log/check")
def check(visitor: AdminVisitor, session: DbSession) -> HTMLResponse:
    """Read the whole chain and say whether it is."""
    return page(
        visitor, "admin/access_log_check.html", chain=verify_access_log(session), checked_at=clock.now()
    )


def _log_page(visitor: Visitor, form: Form, session: Session, status: int = 200) -> HTMLResponse:
    errors = dict(form.errors)
    wanted = wanted_of(form, session, AskedAccess)
    form.errors = errors | form.errors
    found = list_access_log(session, wanted.filter, PAGE_LENGTH, cursor_of(form))
    staff, _ = list_staff(session, MOST_STAFF, None)
    shown: dict[str, Any] = {
        "found": found,
        "names": names_of_actors(session, {each.actor for each in found.items}),
        "staff": [(f"account:{each.id}", each.name) for each in staff],
        "kinds": SUBJECT_KINDS,
        "purposes": [each.value for each in Purpose],
        "query": query_of(form) if status == 200 else {},
        "destructions": list_destruction_records(session, MOST_DESTRUCTIONS, None).items,
        "rules": RULES,
        "consents": count_consents(session),
    }
    return page(visitor, "admin/access_log.html", status=status, form=form, **shown)
