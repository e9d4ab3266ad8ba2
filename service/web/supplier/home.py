"""The own company at a glance: where it stands, what to do next, how much it can take on."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.session import DbSession
from service.db.tables import SupplierStatus
from service.kit.problems import Problem
from service.notifications.queries import notifications_of, unread_count
from service.notifications.schemas import notification_answer
from service.recommendations.endpoints import Engine
from service.recommendations.introductions import introductions_of
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.operations import lead_answers
from service.recommendations.profiles import capability_profiles
from service.recommendations.schemas import LeadAnswer
from service.suppliers.operations import change_supplier
from service.suppliers.schemas import SupplierPatch
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.supplier.company import TABS, locked_supplier, own_supplier
from service.web.supplier.reading import gaps_of
from service.web.visitor import SupplierVisitor

router = APIRouter()

LEADS_IN_SHORT = 3
NEWEST_NEEDS = 50
"""Leads in short come from these: ranking every open need is for the page of leads."""
NOTIFICATIONS_IN_SHORT = 3


@router.get("/supplier")
def show_home(visitor: SupplierVisitor, session: DbSession, engine: Engine) -> HTMLResponse:
    """All in short, each with the way to its page."""
    return _home(visitor, session, engine, Form())


@router.get("/supplier/welcome")
def welcome(visitor: SupplierVisitor, session: DbSession) -> HTMLResponse:
    """What happens after the registration."""
    supplier = own_supplier(session, visitor.actor)
    return page(visitor, "supplier/welcome.html", supplier=supplier)


@router.post("/supplier/capacity")
def change_capacity(visitor: SupplierVisitor, form: Posted, session: DbSession, engine: Engine) -> Response:
    """How many projects at once; 0 takes it out of recommendations, empty sets no bound."""
    with form.trying(session):
        supplier = locked_supplier(session, visitor.actor)
        change_supplier(session, visitor.actor, supplier, form.read(SupplierPatch))
        return go_to("/supplier", done="saved")
    return _home(visitor, session, engine, form, status=422)


def _home(
    visitor: SupplierVisitor, session: Session, engine: MatchingEngine, form: Form, status: int = 200
) -> HTMLResponse:
    supplier = own_supplier(session, visitor.actor)
    (profile,) = capability_profiles(session, [supplier])
    rows, _ = notifications_of(session, visitor.actor, NOTIFICATIONS_IN_SHORT)
    return page(
        visitor,
        "supplier/home.html",
        status=status,
        tabs=TABS,
        form=form,
        supplier=supplier,
        active=profile.active_projects,
        panel=gaps_of(engine, profile),
        leads=_leads(session, engine, visitor.actor, supplier.status),
        introductions=introductions_of(session, supplier.id),
        notifications=[notification_answer(row) for row in rows],
        unread=unread_count(session, visitor.actor),
    )


def _leads(session: Session, engine: MatchingEngine, actor: Actor, status: str) -> list[LeadAnswer]:
    """A few leads, for who is recommended at all; none while the model loads."""
    if status != SupplierStatus.APPROVED.value or actor.supplier_id is None:
        return []
    try:
        return lead_answers(session, engine, actor.supplier_id, LEADS_IN_SHORT, NEWEST_NEEDS)
    except Problem as problem:
        if problem.status != 503:
            raise
        return []
