"""Suppliers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from service.accounts.actor import Actor, CurrentActor, SignedIn, Staff
from service.business_status.queries import statuses_of
from service.codes.types import CategoryCode, IndustryCode, RegionCode
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Supplier, SupplierStatus
from service.kit.business_register import BusinessState
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.privacy.access_log import Address, Form, Purpose, log_reading
from service.privacy.history import HistoryPage, history_of
from service.suppliers.answers import answers_for, whole_answer
from service.suppliers.operations import change_supplier, move_supplier, register_supplier
from service.suppliers.queries import (
    DirectoryFilter,
    editable_by,
    get_supplier,
    lock_supplier,
    search_directory,
    visible_to,
    with_parts,
)
from service.suppliers.schemas import (
    PublicSupplierAnswer,
    StatusReason,
    SupplierAnswer,
    SupplierInput,
    SupplierPatch,
)

router = APIRouter(prefix="/suppliers", tags=["공급기업"], route_class=IdempotentRoute)

KIND = "supplier"
SupplierPage = Page[SupplierAnswer | PublicSupplierAnswer]


@router.post("", status_code=201, summary="공급기업 등록")
def create_supplier(
    data: SupplierInput, actor: CurrentActor, address: Address, session: DbSession, response: Response
) -> SupplierAnswer:
    """공급기업이 스스로 등록합니다. 담당자가 승인하면 명부와 추천에 나타납니다."""
    supplier = register_supplier(session, actor, data)
    response.headers["Location"] = f"/v1/suppliers/{supplier.id}"
    return _whole(session, actor, address, supplier, response)


@router.get("", summary="공급기업 명부")
def list_suppliers(
    actor: CurrentActor,
    address: Address,
    session: DbSession,
    category: Annotated[CategoryCode | None, Query(description="솔루션 분야")] = None,
    industry: Annotated[IndustryCode | None, Query(description="업종")] = None,
    region: Annotated[RegionCode | None, Query(description="공급기업이 있는 시도")] = None,
    serves: Annotated[RegionCode | None, Query(description="맡을 수 있는 시도")] = None,
    q: Annotated[str | None, Query(max_length=200, description="찾을 말 (모두 들어 있어야 합니다)")] = None,
    status: Annotated[SupplierStatus | None, Query(description="상태 (담당자만)")] = None,
    business_status: Annotated[
        BusinessState | None, Query(description="국세청 사업자 상태 (담당자만)")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> SupplierPage:
    """승인된 공급기업을 찾습니다. 담당자는 모든 상태를 볼 수 있습니다."""
    wanted = DirectoryFilter(category, industry, region, serves, q, status, business_status)
    suppliers, next_cursor = search_directory(session, actor, wanted, limit, cursor)
    items = answers_for(session, actor, with_parts(session, suppliers), Form.MASKED)
    log_reading(session, actor, address, KIND, items, Purpose.LIST, form=Form.MASKED)
    return SupplierPage(items=items, next_cursor=next_cursor)


@router.get("/{supplier_id}", summary="공급기업 보기")
def read_supplier(
    supplier_id: UUID, actor: CurrentActor, address: Address, session: DbSession, response: Response
) -> SupplierAnswer | PublicSupplierAnswer:
    """승인된 공급기업은 누구나, 나머지는 그 회사와 담당자만 볼 수 있습니다."""
    supplier = get_supplier(session, supplier_id, visible_to(actor))
    response.headers["ETag"] = etag(supplier.version)
    answers = answers_for(session, actor, with_parts(session, [supplier]))
    log_reading(session, actor, address, KIND, answers, Purpose.SINGLE)
    return answers[0]


@router.get("/{supplier_id}/history", summary="공급기업 이력")
def read_history(
    supplier_id: UUID, actor: SignedIn, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> HistoryPage:
    """무엇이 언제 바뀌었는지 새것부터 봅니다. 그 회사와 담당자만 볼 수 있습니다."""
    supplier = get_supplier(session, supplier_id, editable_by(actor))
    return history_of(session, actor, supplier.id, limit, cursor)


@router.patch("/{supplier_id}", summary="공급기업 고치기")
def update_supplier(
    supplier_id: UUID,
    patch: SupplierPatch,
    actor: SignedIn,
    address: Address,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> SupplierAnswer:
    """그 회사와 담당자가 고칩니다. 적지 않은 항목은 그대로 둡니다."""
    supplier = lock_supplier(session, supplier_id, editable_by(actor))
    require_match(if_match, supplier.version)
    change_supplier(session, actor, supplier, patch)
    return _whole(session, actor, address, supplier, response)


@router.post("/{supplier_id}/approval", summary="승인")
def approve_supplier(
    supplier_id: UUID, actor: Staff, address: Address, session: DbSession, response: Response
) -> SupplierAnswer:
    """등록을 승인하거나 정지를 풉니다."""
    return _moved(session, actor, address, supplier_id, SupplierStatus.APPROVED, None, response)


@router.post("/{supplier_id}/rejection", summary="거절")
def reject_supplier(
    supplier_id: UUID,
    data: StatusReason,
    actor: Staff,
    address: Address,
    session: DbSession,
    response: Response,
) -> SupplierAnswer:
    """등록을 거절합니다. 사유는 그 회사가 봅니다."""
    return _moved(session, actor, address, supplier_id, SupplierStatus.REJECTED, data.reason, response)


@router.post("/{supplier_id}/suspension", summary="정지")
def suspend_supplier(
    supplier_id: UUID,
    data: StatusReason,
    actor: Staff,
    address: Address,
    session: DbSession,
    response: Response,
) -> SupplierAnswer:
    """승인된 공급기업을 명부와 추천에서 내립니다. 사유는 그 회사가 봅니다."""
    return _moved(session, actor, address, supplier_id, SupplierStatus.SUSPENDED, data.reason, response)


def _moved(
    session: Session,
    actor: Actor,
    address: str,
    supplier_id: UUID,
    target: SupplierStatus,
    reason: str | None,
    response: Response,
) -> SupplierAnswer:
    supplier = lock_supplier(session, supplier_id, visible_to(actor))
    move_supplier(session, actor, supplier, target, reason)
    return _whole(session, actor, address, supplier, response)


def _whole(
    session: Session, actor: Actor, address: str, supplier: Supplier, response: Response
) -> SupplierAnswer:
    response.headers["ETag"] = etag(supplier.version)
    number = supplier.business_number
    status = statuses_of(session, [number])[number] if actor.is_staff else None
    answer = whole_answer(with_parts(session, [supplier])[0], status=status)
    log_reading(session, actor, address, KIND, [answer], Purpose.CHANGE)
    return answer
