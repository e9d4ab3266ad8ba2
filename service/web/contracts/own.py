"""The own contracts of the two companies: what is to be paid, or comes in, and when."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.deals.contracts.answers import standings_of
from service.deals.contracts.operations import accept
from service.deals.contracts.queries import get_contract, search_contracts
from service.kit import clock
from service.kit.file_forms import FileForm
from service.web.contracts.view import schedule_file, shown, view_of
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.searches import cursor_of
from service.web.stale_forms import require_present
from service.web.supplier.company import TABS
from service.web.visitor import ManufacturerVisitor, SupplierVisitor, Visitor

router = APIRouter()

AT_ONCE = 20


@router.get("/manufacturer/contracts")
def show_manufacturer_list(visitor: ManufacturerVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """What was quoted and agreed, the newest first."""
    return _list_page(visitor, session, asked, "contracts/manufacturer_list.html")


@router.get("/manufacturer/contracts/{contract_id}")
def show_to_manufacturer(
    visitor: ManufacturerVisitor, contract_id: UUID, asked: Asked, session: DbSession
) -> HTMLResponse:
    """What is due, what was paid, what would settle it."""
    return _manufacturer_page(visitor, session, contract_id, Form(), asked)


@router.post("/manufacturer/contracts/{contract_id}/acceptance")
def accept_own(visitor: ManufacturerVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """Accept the quote as it was shown."""
    with form.trying(session):
        contract = get_contract(session, visitor.actor, contract_id, lock=True)
        require_present(form, contract.version)
        accept(session, visitor.actor, contract)
        return go_to(f"/manufacturer/contracts/{contract_id}", done="contract_agreed")
    return _manufacturer_page(visitor, session, contract_id, form, Form(), status=422)


@router.get("/supplier/contracts")
def show_supplier_list(visitor: SupplierVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """What was quoted and sold, the newest first."""
    return _list_page(visitor, session, asked, "contracts/supplier_list.html")


@router.get("/supplier/contracts/{contract_id}")
def show_to_supplier(
    visitor: SupplierVisitor, contract_id: UUID, asked: Asked, session: DbSession
) -> HTMLResponse:
    """What comes in and when."""
    view = view_of(session, visitor.actor, contract_id, asked)
    return page(
        visitor,
        "contracts/supplier_contract.html",
        status=422 if asked.is_refused else 200,
        tabs=TABS,
        asked=asked,
        **shown(view),
    )


@router.get("/manufacturer/contracts/{contract_id}/schedule.xlsx")
def take_along(visitor: ManufacturerVisitor, contract_id: UUID, session: DbSession) -> Response:
    """The lines, the same file as the API's."""
    return schedule_file(session, visitor.actor, contract_id, FileForm.XLSX)


@router.get("/supplier/contracts/{contract_id}/schedule.xlsx")
def take_along_as_supplier(visitor: SupplierVisitor, contract_id: UUID, session: DbSession) -> Response:
    """Likewise."""
    return schedule_file(session, visitor.actor, contract_id, FileForm.XLSX)


def _list_page(visitor: Visitor, session: Session, asked: Form, template: str) -> HTMLResponse:
    records, next_cursor = search_contracts(session, visitor.actor, AT_ONCE, cursor_of(asked))
    today = clock.today()
    rows = standings_of(session, records, today, for_staff=False)
    return page(visitor, template, tabs=TABS, rows=rows, next_cursor=next_cursor, today=today)


def _manufacturer_page(
    visitor: Visitor, session: Session, contract_id: UUID, form: Form, asked: Form, status: int = 200
) -> HTMLResponse:
    view = view_of(session, visitor.actor, contract_id, asked)
    return page(
        visitor,
        "contracts/manufacturer_contract.html",
        status=422 if asked.is_refused else status,
        form=form,
        asked=asked,
        **shown(view),
    )
