"""Needs that fit, without names, and those that the supplier was introduced to, with them."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.db.tables import SupplierStatus
from service.recommendations.endpoints import Engine
from service.recommendations.introductions import introductions_of
from service.recommendations.operations import lead_answers
from service.recommendations.schemas import ReasonAnswer
from service.web.rendering import page
from service.web.supplier.company import TABS, own_supplier
from service.web.visitor import SupplierVisitor

router = APIRouter()

MOST_LEADS = 10
WITHOUT_FACTS = ("other", "base")
"""Parts of a score that are no reason to tell."""


@router.get("/supplier/leads")
def show_leads(visitor: SupplierVisitor, session: DbSession, engine: Engine) -> HTMLResponse:
    """The introductions first: somebody waits there."""
    supplier = own_supplier(session, visitor.actor)
    introductions = introductions_of(session, supplier.id)
    known = {each.need_id for each in introductions}
    approved = supplier.status == SupplierStatus.APPROVED.value
    leads = lead_answers(session, engine, supplier.id, MOST_LEADS + len(known)) if approved else []
    shown = [(lead, told_reasons(lead.reasons)) for lead in leads if lead.need_id not in known][:MOST_LEADS]
    return page(
        visitor,
        "supplier/leads.html",
        tabs=TABS,
        supplier=supplier,
        introductions=introductions,
        leads=shown,
    )


def told_reasons(reasons: Sequence[ReasonAnswer]) -> list[tuple[str, float]]:
    """The sentences with the length of their bars: each beside the strongest."""
    told = [each for each in reasons if each.code not in WITHOUT_FACTS]
    strongest = max((each.contribution for each in told), default=1.0)
    return [(each.text, each.contribution / strongest) for each in told]
