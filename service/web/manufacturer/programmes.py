"""Programmes for a manufacturer: what it can have, what not and why, and what is missing to tell."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.programmes.queries import programmes_of_manufacturer, split_by_state
from service.programmes.schemas import company_programme
from service.web.manufacturer.company import own_company
from service.web.rendering import page
from service.web.visitor import ManufacturerVisitor

router = APIRouter()


@router.get("/manufacturer/programmes")
def show_programmes(visitor: ManufacturerVisitor, session: DbSession) -> HTMLResponse:
    """Open programmes first; what is closed stands below for comparison."""
    company = own_company(session, visitor)
    found = programmes_of_manufacturer(session, visitor.actor, company.id)
    are_open, closed = split_by_state(found)
    return page(
        visitor,
        "manufacturer/programmes.html",
        open=[company_programme(each) for each in are_open],
        closed=[company_programme(each) for each in closed],
    )
