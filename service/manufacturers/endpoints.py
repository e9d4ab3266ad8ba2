"""Manufacturers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from service.accounts.actor import Actor, CurrentActor, SignedIn, Staff
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Manufacturer
from service.kit.business_register import BusinessState
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.manufacturers.answers import answers_for
from service.manufacturers.operations import change_manufacturer, register_manufacturer
from service.manufacturers.queries import get_manufacturer, list_visible
from service.manufacturers.schemas import ManufacturerAnswer, ManufacturerInput, ManufacturerPatch
from service.privacy.access_log import Address, Form, Purpose, log_reading
from service.privacy.history import HistoryPage, history_of

router = APIRouter(prefix="/manufacturers", tags=["수요기업"], route_class=IdempotentRoute)

KIND = "manufacturer"
ManufacturerPage = Page[ManufacturerAnswer]


@router.post("", status_code=201, summary="수요기업 등록")
def create_manufacturer(
    data: ManufacturerInput, actor: CurrentActor, address: Address, session: DbSession, response: Response
) -> ManufacturerAnswer:
    """수요기업이 스스로 등록합니다. 바로 로그인해서 수요를 적을 수 있습니다."""
    manufacturer = register_manufacturer(session, actor, data)
    response.headers["Location"] = f"/v1/manufacturers/{manufacturer.id}"
    return _answer(session, actor, address, manufacturer, Purpose.CHANGE, response)


@router.get("", summary="수요기업 목록")
def list_manufacturers(
    actor: Staff,
    address: Address,
    session: DbSession,
    business_status: Annotated[BusinessState | None, Query(description="국세청 사업자 상태")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ManufacturerPage:
    """담당자가 수요기업을 이름 순서로 봅니다."""
    rows, next_cursor = list_visible(session, actor, limit, cursor, business_status)
    items = answers_for(session, actor, rows, Form.MASKED)
    log_reading(session, actor, address, KIND, items, Purpose.LIST, form=Form.MASKED)
    return ManufacturerPage(items=items, next_cursor=next_cursor)


@router.get("/{manufacturer_id}", summary="수요기업 보기")
def read_manufacturer(
    manufacturer_id: UUID, actor: SignedIn, address: Address, session: DbSession, response: Response
) -> ManufacturerAnswer:
    """그 회사와 담당자만 볼 수 있습니다."""
    manufacturer = get_manufacturer(session, manufacturer_id, actor)
    return _answer(session, actor, address, manufacturer, Purpose.SINGLE, response)


@router.get("/{manufacturer_id}/history", summary="수요기업 이력")
def read_history(
    manufacturer_id: UUID, actor: SignedIn, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> HistoryPage:
    """무엇이 언제 바뀌었는지 새것부터 봅니다. 그 회사와 담당자만 볼 수 있습니다."""
    manufacturer = get_manufacturer(session, manufacturer_id, actor)
    return history_of(session, actor, manufacturer.id, limit, cursor)


@router.patch("/{manufacturer_id}", summary="수요기업 고치기")
def update_manufacturer(
    manufacturer_id: UUID,
    patch: ManufacturerPatch,
    actor: SignedIn,
    address: Address,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ManufacturerAnswer:
    """그 회사와 담당자가 고칩니다. 적지 않은 항목은 그대로 둡니다."""
    manufacturer = get_manufacturer(session, manufacturer_id, actor, lock=True)
    require_match(if_match, manufacturer.version)
    change_manufacturer(session, actor, manufacturer, patch)
    return _answer(session, actor, address, manufacturer, Purpose.CHANGE, response)


def _answer(
    session: Session,
    actor: Actor,
    address: str,
    manufacturer: Manufacturer,
    purpose: Purpose,
    response: Response,
) -> ManufacturerAnswer:
    response.headers["ETag"] = etag(manufacturer.version)
    answers = answers_for(session, actor, [manufacturer])
    log_reading(session, actor, address, KIND, answers, purpose)
    return answers[0]
