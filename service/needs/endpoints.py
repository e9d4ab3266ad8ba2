"""Needs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from service.accounts.actor import Actor, Role, SignedIn, require
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Need, NeedStatus
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.needs.operations import change_need, confirm_categories, write_down_need
from service.needs.queries import get_need, list_visible, own_manufacturer
from service.needs.schemas import CategoryConfirmation, NeedAnswer, NeedInput, NeedPatch

router = APIRouter(tags=["수요"], route_class=IdempotentRoute)

NeedPage = Page[NeedAnswer]
Manufacturer = Annotated[Actor, Depends(require(Role.MANUFACTURER))]


@router.post("/manufacturers/{manufacturer_id}/needs", status_code=201, summary="수요 적기")
def create_need(
    manufacturer_id: UUID, data: NeedInput, actor: SignedIn, session: DbSession, response: Response
) -> NeedAnswer:
    """현장에서 무엇이 힘든지 자기 말로 적습니다. 제품 이름을 몰라도 됩니다."""
    manufacturer = own_manufacturer(session, manufacturer_id, actor)
    need = write_down_need(session, actor, manufacturer, data)
    response.headers["Location"] = f"/v1/needs/{need.id}"
    return _answer(need, response)


@router.get("/needs", summary="수요 목록")
def list_needs(
    actor: SignedIn,
    session: DbSession,
    status: Annotated[NeedStatus | None, Query(description="상태")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> NeedPage:
    """수요기업은 자기 것을, 담당자는 모두 봅니다. 새것부터 나옵니다."""
    rows, next_cursor = list_visible(session, actor, status, limit, cursor)
    return NeedPage(items=[_as_answer(row) for row in rows], next_cursor=next_cursor)


@router.get("/needs/{need_id}", summary="수요 보기")
def read_need(need_id: UUID, actor: SignedIn, session: DbSession, response: Response) -> NeedAnswer:
    """그 회사와 담당자만 볼 수 있습니다."""
    return _answer(get_need(session, need_id, actor), response)


@router.patch("/needs/{need_id}", summary="수요 고치기")
def update_need(
    need_id: UUID,
    patch: NeedPatch,
    actor: SignedIn,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> NeedAnswer:
    """그 회사와 담당자가 고칩니다. 적지 않은 항목은 그대로 둡니다."""
    need = get_need(session, need_id, actor, lock=True)
    require_match(if_match, need.version)
    return _answer(change_need(session, actor, need, patch), response)


@router.post("/needs/{need_id}/category-confirmation", summary="수요의 솔루션 분야 확인하기")
def confirm_need_categories(
    need_id: UUID, data: CategoryConfirmation, actor: Manufacturer, session: DbSession, response: Response
) -> NeedAnswer:
    """수요기업이 어떤 솔루션이 필요한지 확인하거나 바로잡습니다.

    추천에 바로 쓰이고, 추정 모델도 배웁니다.
    """
    need = get_need(session, need_id, actor, lock=True)
    return _answer(confirm_categories(session, actor, need, data), response)


def _answer(need: Need, response: Response) -> NeedAnswer:
    response.headers["ETag"] = etag(need.version)
    return _as_answer(need)


def _as_answer(need: Need) -> NeedAnswer:
    return NeedAnswer.model_validate(need.model_dump())
