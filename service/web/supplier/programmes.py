"""Programmes for a supplier: what it can have, what not and why, and what is missing to tell."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.programmes.queries import programmes_of_supplier, split_by_state
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
    are_open, closed = split_by_state(found)
    return page(
        visitor,
        "supplier/programmes.html",
        open=[company_programme(each) for each in are_open],
        closed=[company_programme(each) for each in closed],
    )
