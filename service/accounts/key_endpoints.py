"""Keys of other systems: staff keys are kept by administrators, a company's keys by its contacts."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from service.accounts.actor import Actor, Person, Role
from service.accounts.api_keys import (
    get_api_key,
    issue_api_key,
    list_api_keys,
    revoke_api_key,
    rotate_api_key,
)
from service.accounts.schemas import ApiKeyAnswer, ApiKeyInput, NewApiKeyAnswer, RotationInput
from service.db.idempotency import IdempotentRoute, shown_once
from service.db.session import DbSession
from service.db.tables import ApiKey
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.kit.problems import Problem

router = APIRouter(prefix="/api-keys", tags=["API 키"], route_class=IdempotentRoute)


def _keeper(actor: Person) -> Actor:
    """An administrator, or a company's contact."""
    if actor.role is Role.ACCOUNT_MANAGER:
        raise Problem(403, "forbidden")
    return actor


KeyKeeper = Annotated[Actor, Depends(_keeper)]


@router.post("", status_code=201, summary="API 키 만들기")
def create_api_key(
    request: Request, data: ApiKeyInput, actor: KeyKeeper, session: DbSession, response: Response
) -> NewApiKeyAnswer:
    """다른 시스템이 X-API-Key로 쓸 키를 만듭니다. 키는 이때 한 번만 보입니다.

    회사의 담당 직원은 role 없이 자기 회사의 키를, 관리자는 담당자나 관리자의 키를 만듭니다.
    """
    record, text = issue_api_key(session, actor, data)
    response.headers["Location"] = f"/v1/api-keys/{record.id}"
    return _shown(request, record, text, response)


@router.get("", summary="API 키 목록")
def list_keys(
    actor: KeyKeeper, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[ApiKeyAnswer]:
    """만든 키들을 봅니다. 비밀 부분은 보이지 않습니다."""
    rows, next_cursor = list_api_keys(session, actor, limit, cursor)
    return Page(items=[_answer(row) for row in rows], next_cursor=next_cursor)


@router.get("/{key_id}", summary="API 키 보기")
def read_key(key_id: UUID, actor: KeyKeeper, session: DbSession, response: Response) -> ApiKeyAnswer:
    """키 하나를 봅니다. 비밀 부분은 보이지 않습니다."""
    record = get_api_key(session, actor, key_id)
    response.headers["ETag"] = etag(record.version)
    return _answer(record)


@router.post("/{key_id}/rotation", summary="API 키 바꾸기")
def rotate_key(
    request: Request,
    key_id: UUID,
    actor: KeyKeeper,
    session: DbSession,
    response: Response,
    data: RotationInput | None = None,
) -> NewApiKeyAnswer:
    """새 비밀값을 만듭니다. 앞선 비밀값은 overlap_hours(정하지 않으면 24시간) 동안 함께 쓸 수 있습니다."""
    record = get_api_key(session, actor, key_id, lock=True)
    overlap = timedelta(hours=(data or RotationInput()).overlap_hours)
    return _shown(request, record, rotate_api_key(session, actor, record, overlap), response)


@router.post("/{key_id}/revocation", summary="API 키 해지 (앞선 주소)", deprecated=True)
def revoke_key(key_id: UUID, actor: KeyKeeper, session: DbSession) -> ApiKeyAnswer:
    """키를 바로 쓸 수 없게 합니다. 새로 만드는 시스템은 DELETE를 써 주세요."""
    record = get_api_key(session, actor, key_id, lock=True)
    revoke_api_key(session, actor, record)
    return _answer(record)


@router.delete("/{key_id}", status_code=204, summary="API 키 해지")
def delete_key(key_id: UUID, actor: KeyKeeper, session: DbSession, if_match: IfMatch = None) -> None:
    """키를 바로 쓸 수 없게 합니다. 언제 해지했는지는 목록에 남습니다."""
    record = get_api_key(session, actor, key_id, lock=True)
    require_match(if_match, record.version)
    revoke_api_key(session, actor, record)


def _shown(request: Request, record: ApiKey, text: str, response: Response) -> NewApiKeyAnswer:
    shown_once(request, text)
    response.headers["ETag"] = etag(record.version)
    return NewApiKeyAnswer(**_answer(record).model_dump(), key=text)


def _answer(record: ApiKey) -> ApiKeyAnswer:
    return ApiKeyAnswer.model_validate(record, from_attributes=True)
