"""The audit trail: every change of state, with what was before and after."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from service.accounts.audit import names_of_actors
from service.accounts.staff import list_staff
from service.db.session import DbSession
from service.messages.admin import AUDIT_NOUNS
from service.messages.web import LABELS
from service.privacy.record_endpoints import EARLIEST, LATEST, Code, Label
from service.privacy.records import AuditAnswer, AuditFilter, Days, list_audit_events
from service.web.forms import Asked
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import AdminVisitor
from service.web.wording import CATEGORIES, CERTIFICATIONS, REGIONS

router = APIRouter()

PAGE_LENGTH = 50
MOST_STAFF = 100
LONGEST_SHOWN = 200
NOT_SHOWN = {"run_id", "manufacturer_id", "loan_id", "repayment_id"}
"""Numbers of ours that say nothing to a reader."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "role": LABELS["role"],
    "status": LABELS["supplier_status"] | LABELS["need_status"],
    "verdict": LABELS["verdict"],
    "purpose": LABELS["consent"],
    "scopes": LABELS["scope"],
    "fields": LABELS["changed"],
    "replaced": LABELS["changed"],
    "certification": dict(CERTIFICATIONS),
    "certifications": dict(CERTIFICATIONS),
    "dropped": dict(CERTIFICATIONS),
    "region": dict(REGIONS),
    "service_regions": dict(REGIONS),
    "categories": dict(CATEGORIES),
}
"""What values are called, by the name of what changed."""

YES_OR_NO: Mapping[object, str] = {True: "예", False: "아니요"}

Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]


class AskedEvents(BaseModel):
    """Which events."""

    noun: Code | None = None
    actor: Label | None = None
    subject_id: UUID | None = None
    since: Day | None = None
    until: Day | None = None


@router.get("/admin/audit")
def show_audit(visitor: AdminVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The audit trail with its filters."""
    wanted = wanted_of(asked, session, AskedEvents)
    days = Days(wanted.since, wanted.until)
    asked_for = AuditFilter(wanted.noun, wanted.actor, wanted.subject_id, days)
    found = list_audit_events(session, asked_for, PAGE_LENGTH, cursor_of(asked))
    staff, _ = list_staff(session, MOST_STAFF, None)
    shown: dict[str, Any] = {
        "events": [(each, changes(each)) for each in found.items],
        "next_cursor": found.next_cursor,
        "names": names_of_actors(session, {each.actor for each in found.items}),
        "staff": [(f"account:{each.id}", each.name) for each in staff],
        "nouns": AUDIT_NOUNS.items(),
        "query": query_of(asked),
    }
    return page(visitor, "admin/audit.html", status=422 if asked.is_refused else 200, form=asked, **shown)


def changes(event: AuditAnswer) -> list[tuple[str, str, str]]:
    """Each value that an event tells of: its name, before, after."""
    before, after = event.before or {}, event.after or {}
    names = [name for name in dict.fromkeys((*before, *after)) if name not in NOT_SHOWN]
    return [(name, _shown(before, name), _shown(after, name)) for name in names]


def _word(value: object) -> str:
    return YES_OR_NO[value] if isinstance(value, bool) else str(value)


def _shown(values: dict[str, object], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    words = WORDS.get(name, {})
    parts = value if isinstance(value, list) else [value]
    text = ", ".join(words.get(str(each), _word(each)) for each in parts)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
