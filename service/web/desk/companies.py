"""One company as account managers see it: whole, with its people, and what came of it."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.desk.checks import checks_of
from service.desk.needs import NeedFilter, list_needs
from service.desk.pairs import lists_with, pairs_of_supplier
from service.manufacturers.answers import answers_for as manufacturer_answers
from service.manufacturers.endpoints import KIND as MANUFACTURER
from service.manufacturers.queries import get_manufacturer
from service.privacy.access_log import Address, Purpose, log_reading
from service.privacy.history import history_of
from service.programmes.queries import programmes_of_manufacturer, programmes_of_supplier, split_by_state
from service.recommendations.endpoints import Engine
from service.recommendations.matching_engine import MatchingEngine
from service.suppliers.answers import answers_for as supplier_answers
from service.suppliers.endpoints import KIND as SUPPLIER
from service.suppliers.queries import get_supplier, visible_to, with_parts
from service.web.desk.approvals import decide_on
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()

HISTORY_SHOWN = 20
NEEDS_SHOWN = 50


@router.get("/desk/suppliers/{supplier_id}")
def show_supplier(
    visitor: StaffVisitor, supplier_id: UUID, address: Address, session: DbSession, engine: Engine
) -> HTMLResponse:
    """The whole profile with its contact."""
    return _supplier_page(visitor, session, engine, address, supplier_id, Form())


@router.post("/desk/suppliers/{supplier_id}/status")
def change_status(
    visitor: StaffVisitor,
    supplier_id: UUID,
    address: Address,
    session: DbSession,
    engine: Engine,
    form: Posted,
) -> Response:
    """Approve, reject or suspend."""
    with form.trying(session):
        target = decide_on(session, visitor, supplier_id, form)
        return go_to(f"/desk/suppliers/{supplier_id}", done=target)
    return _supplier_page(visitor, session, engine, address, supplier_id, form, status=422)


@router.get("/desk/manufacturers/{manufacturer_id}")
def show_manufacturer(
    visitor: StaffVisitor, manufacturer_id: UUID, address: Address, session: DbSession
) -> HTMLResponse:
    """The whole profile with its contact and its needs; that it was read is in the access log."""
    actor = visitor.actor
    manufacturer = get_manufacturer(session, manufacturer_id, actor)
    answer = manufacturer_answers(session, actor, [manufacturer])[0]
    wanted = NeedFilter(status=None, manufacturer_id=manufacturer_id, newest_first=True)
    needs, _ = list_needs(session, wanted, NEEDS_SHOWN, None)
    shown = page(
        visitor,
        "desk/manufacturer.html",
        manufacturer=answer,
        needs=needs,
        programmes=split_by_state(programmes_of_manufacturer(session, actor, manufacturer_id)),
        history=history_of(session, actor, manufacturer_id, HISTORY_SHOWN, None),
    )
    log_reading(session, actor, address, MANUFACTURER, [answer], Purpose.SINGLE)
    return shown


def _supplier_page(
    visitor: Visitor,
    session: Session,
    engine: MatchingEngine,
    address: str,
    supplier_id: UUID,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    """The page; that it was read is in the access log."""
    actor = visitor.actor
    records = with_parts(session, [get_supplier(session, supplier_id, visible_to(actor))])
    answer = supplier_answers(session, actor, records)[0]
    shown = page(
        visitor,
        "desk/supplier.html",
        status=status,
        form=form,
        supplier=answer,
        checks=checks_of(session, actor, engine, records)[supplier_id],
        lists=lists_with(session, supplier_id),
        lists_counted=engine.recent_lists.exposure.of(str(supplier_id)),
        pairs=pairs_of_supplier(session, supplier_id),
        programmes=split_by_state(programmes_of_supplier(session, actor, supplier_id)),
        history=history_of(session, actor, supplier_id, HISTORY_SHOWN, None),
    )
    log_reading(session, actor, address, SUPPLIER, [answer], Purpose.SINGLE)
    return shown
