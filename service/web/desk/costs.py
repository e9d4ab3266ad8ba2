"""The ways to pay for a need as account managers see them."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.db.tables import Manufacturer
from service.needs.queries import get_need
from service.web.forms import Asked
from service.web.visitor import StaffVisitor
from service.web.ways_to_pay import show_ways

router = APIRouter()


@router.get("/desk/needs/{need_id}/costs")
def show_costs(need_id: UUID, visitor: StaffVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """Grants, the own share and its installments, by month."""
    need = get_need(session, need_id, visitor.actor)
    owner = session.get_one(Manufacturer, need.manufacturer_id)
    return show_ways(session, visitor, need_id, asked, "desk/costs.html", owner=owner)
