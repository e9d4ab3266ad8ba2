"""Accounts as administrators keep them: of staff, and one by one of companies' people.

What is shown of a company's person is logged.
"""

from uuid import UUID

from fastapi import APIRouter, Response

from service.accounts.actor import Actor, AdministratorInPerson
from service.accounts.schemas import StaffAccountAnswer, StaffAccountInput, StaffAccountPatch
from service.accounts.staff import (
    change_account,
    end_sessions_of,
    list_staff,
    lock_account_of_any,
    open_staff_account,
)
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Account
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.kit.problems import Problem
from service.privacy.access_log import Address, Purpose, log_reading

router = APIRouter(prefix="/accounts", tags=["계정"], route_class=IdempotentRoute)


@router.post("", status_code=201, summary="담당자·관리자 계정 만들기")
def create_staff_account(
    data: StaffAccountInput, actor: AdministratorInPerson, session: DbSession, response: Response
) -> StaffAccountAnswer:
    """관리자가 담당자나 관리자 계정을 만듭니다."""
    account = open_staff_account(session, actor, data)
    response.headers["Location"] = f"/v1/accounts/{account.id}"
    return _answer(account, response)


@router.get("", summary="담당자·관리자 계정 목록")
def list_staff_accounts(
    _actor: AdministratorInPerson, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[StaffAccountAnswer]:
    """닫은 계정도 함께 봅니다."""
    rows, next_cursor = list_staff(session, limit, cursor)
    items = [StaffAccountAnswer.model_validate(row, from_attributes=True) for row in rows]
    return Page(items=items, next_cursor=next_cursor)


@router.get("/{account_id}", summary="계정 보기")
def read_account(
    account_id: UUID, actor: AdministratorInPerson, address: Address, session: DbSession, response: Response
) -> StaffAccountAnswer:
    """관리자가 계정 하나를 봅니다."""
    account = session.get(Account, account_id)
    if account is None:
        raise Problem(404, "not_found")
    answer = _answer(account, response)
    _log(session, actor, address, answer, Purpose.SINGLE)
    return answer


@router.patch("/{account_id}", summary="계정 고치기")
def update_account(
    account_id: UUID,
    patch: StaffAccountPatch,
    actor: AdministratorInPerson,
    address: Address,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> StaffAccountAnswer:
    """역할을 바꾸거나 계정을 닫고 엽니다. 닫으면 모든 로그인이 바로 끝납니다."""
    account = lock_account_of_any(session, account_id)
    require_match(if_match, account.version)
    change_account(session, actor, account, patch)
    answer = _answer(account, response)
    _log(session, actor, address, answer, Purpose.CHANGE)
    return answer


@router.post("/{account_id}/sessions/revocation", status_code=204, summary="그 사람의 로그인 모두 끝내기")
def revoke_sessions(account_id: UUID, actor: AdministratorInPerson, session: DbSession) -> None:
    """기기를 잃어버렸을 때 씁니다. 비밀번호는 그대로입니다."""
    end_sessions_of(session, actor, lock_account_of_any(session, account_id))


def _answer(account: Account, response: Response) -> StaffAccountAnswer:
    response.headers["ETag"] = etag(account.version)
    return StaffAccountAnswer.model_validate(account, from_attributes=True)


def _log(
    session: DbSession, actor: Actor, address: str, answer: StaffAccountAnswer, purpose: Purpose
) -> None:
    if answer.supplier_id or answer.manufacturer_id:
        log_reading(session, actor, address, "account", [answer], purpose)
