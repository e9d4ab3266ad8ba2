"""What a need of the company would cost: the ways to pay for it."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.web.forms import Asked
from service.web.visitor import ManufacturerVisitor
from service.web.ways_to_pay import show_ways

router = APIRouter()


@router.get("/manufacturer/needs/{need_id}/costs")
def show_costs(need_id: UUID, visitor: ManufacturerVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """Grants, the own share and its installments, by month."""
    return show_ways(session, visitor, need_id, asked, "manufacturer/costs.html")
