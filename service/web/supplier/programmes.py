"""Programmes for a supplier: what it can have, what not and why, and what is missing to tell."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.kit import clock
from service.programmes.queries import is_open, programmes_of_supplier
from service.programmes.schemas import company_programme
from service.web.rendering import page
from service.web.supplier.company import own_supplier
from service.web.visitor import SupplierVisitor

router = APIRouter()


@router.get("/supplier/programmes")
def show_programmes(visitor: SupplierVisitor, session: DbSession) -> HTMLResponse:
    """Open programmes first; what is closed stands below for comparison."""
    supplier = own_supplier(session, visitor.actor)
    found = programmes_of_supplier(session, visitor.actor, supplier.id)
    today = clock.today()
    return page(
        visitor,
        "supplier/programmes.html",
        open=[company_programme(each) for each in found if is_open(each.programme, today)],
        closed=[company_programme(each) for each in found if not is_open(each.programme, today)],
    )
