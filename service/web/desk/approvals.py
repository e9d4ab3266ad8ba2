"""Who waits for approval, with what to look at, and the decision."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import SupplierStatus
from service.desk.approvals import pending_suppliers
from service.desk.checks import checks_of
from service.recommendations.endpoints import Engine
from service.recommendations.matching_engine import MatchingEngine
from service.suppliers.operations import move_supplier
from service.suppliers.queries import lock_supplier, visible_to
from service.suppliers.schemas import StatusReason
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()

AT_ONCE = 10


class Decision(BaseModel):
    """Where a supplier is to stand."""

    target: Literal["approved", "rejected", "suspended"]


@router.get("/desk/approvals")
def show_approvals(
    visitor: StaffVisitor, session: DbSession, engine: Engine, cursor: str | None = None
) -> HTMLResponse:
    """The queue: who has waited longest comes first."""
    return _queue(visitor, session, engine, Form(), cursor)


@router.post("/desk/approvals/{supplier_id}")
def decide(
    visitor: StaffVisitor, supplier_id: UUID, session: DbSession, engine: Engine, form: Posted
) -> Response:
    """Approve or reject; then the next one."""
    with form.trying(session):
        target = decide_on(session, visitor, supplier_id, form)
        return go_to("/desk/approvals", done=target)
    return _queue(visitor, session, engine, form, None, refused=supplier_id, status=422)


def decide_on(session: Session, visitor: Visitor, supplier_id: UUID, form: Form) -> str:
    """Move a supplier as a form asks for; to where. Raises what `Form.trying` shows."""
    target = form.read(Decision).target
    reason = None if target == SupplierStatus.APPROVED.value else form.read(StatusReason).reason
    supplier = lock_supplier(session, supplier_id, visible_to(visitor.actor))
    move_supplier(session, visitor.actor, supplier, SupplierStatus(target), reason)
    return target


def _queue(
    visitor: Visitor,
    session: Session,
    engine: MatchingEngine,
    form: Form,
    cursor: str | None,
    refused: UUID | None = None,
    status: int = 200,
) -> HTMLResponse:
    records, total, next_cursor = pending_suppliers(session, AT_ONCE, cursor)
    return page(
        visitor,
        "desk/approvals.html",
        status=status,
        form=form,
        refused=refused,
        records=records,
        total=total,
        next_cursor=next_cursor,
        checks=checks_of(session, visitor.actor, engine, records),
    )
