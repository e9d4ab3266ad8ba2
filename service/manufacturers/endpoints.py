"""Manufacturers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from service.accounts.actor import CurrentActor, SignedIn, Staff
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.kit.business_register import BusinessState
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.manufacturers.answers import answer_for, answers_for
from service.manufacturers.operations import change_manufacturer, register_manufacturer
from service.manufacturers.queries import get_manufacturer, list_visible
from service.manufacturers.schemas import ManufacturerAnswer, ManufacturerInput, ManufacturerPatch

router = APIRouter(prefix="/manufacturers", tags=["수요기업"], route_class=IdempotentRoute)

ManufacturerPage = Page[ManufacturerAnswer]


@router.post("", status_code=201, summary="수요기업 등록")
def create_manufacturer(
    data: ManufacturerInput, actor: CurrentActor, session: DbSession, response: Response
) -> ManufacturerAnswer:
    """수요기업이 스스로 등록합니다. 바로 로그인해서 수요를 적을 수 있습니다."""
    manufacturer = register_manufacturer(session, actor, data)
    response.headers["Location"] = f"/v1/manufacturers/{manufacturer.id}"
    response.headers["ETag"] = etag(manufacturer.version)
    return answer_for(session, actor, manufacturer)


@router.get("", summary="수요기업 목록")
def list_manufacturers(
    actor: Staff,
    session: DbSession,
    business_status: Annotated[BusinessState | None, Query(description="국세청 사업자 상태")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ManufacturerPage:
    """담당자가 수요기업을 이름 순서로 봅니다."""
    rows, next_cursor = list_visible(session, actor, limit, cursor, business_status)
    return ManufacturerPage(items=answers_for(session, actor, rows), next_cursor=next_cursor)


@router.get("/{manufacturer_id}", summary="수요기업 보기")
def read_manufacturer(
    manufacturer_id: UUID, actor: SignedIn, session: DbSession, response: Response
) -> ManufacturerAnswer:
    """그 회사와 담당자만 볼 수 있습니다."""
    manufacturer = get_manufacturer(session, manufacturer_id, actor)
    response.headers["ETag"] = etag(manufacturer.version)
    return answer_for(session, actor, manufacturer)


@router.patch("/{manufacturer_id}", summary="수요기업 고치기")
def update_manufacturer(
    manufacturer_id: UUID,
    patch: ManufacturerPatch,
    actor: SignedIn,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ManufacturerAnswer:
    """그 회사와 담당자가 고칩니다. 적지 않은 항목은 그대로 둡니다."""
    manufacturer = get_manufacturer(session, manufacturer_id, actor, lock=True)
    require_match(if_match, manufacturer.version)
    change_manufacturer(session, actor, manufacturer, patch)
    response.headers["ETag"] = etag(manufacturer.version)
    return answer_for(session, actor, manufacturer)
