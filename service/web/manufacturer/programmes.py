"""Programmes for a manufacturer: what it can have, what not and why, and what is missing to tell."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.kit import clock
from service.programmes.queries import is_open, programmes_of_manufacturer
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
    today = clock.today()
    return page(
        visitor,
        "manufacturer/programmes.html",
        open=[company_programme(each) for each in found if is_open(each.programme, today)],
        closed=[company_programme(each) for each in found if not is_open(each.programme, today)],
    )
