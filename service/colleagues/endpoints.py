"""Colleagues over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from service.accounts.actor import Actor, Person
from service.accounts.schemas import AccountAnswer
from service.colleagues.operations import (
    accept_invitation,
    get_colleague,
    invite,
    list_colleagues,
    lock_colleague,
    remove,
)
from service.colleagues.schemas import ColleagueAnswer, ColleagueInput, InvitationInput
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Account
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.kit.problems import Problem

router = APIRouter(tags=["동료"], route_class=IdempotentRoute)


def _of_company(actor: Person) -> Actor:
    if actor.is_staff:
        raise Problem(403, "forbidden")
    return actor


Contact = Annotated[Actor, Depends(_of_company)]


@router.get("/me/colleagues", summary="우리 회사 사람들")
def list_all(
    actor: Contact, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[ColleagueAnswer]:
    """같은 회사의 계정을 봅니다. 초대를 아직 받아들이지 않았거나 닫은 계정은 active가 false입니다."""
    rows, next_cursor = list_colleagues(session, actor, limit, cursor)
    return Page(items=[_answer(row) for row in rows], next_cursor=next_cursor)


@router.post("/me/colleagues", status_code=201, summary="동료 초대")
def invite_colleague(
    data: ColleagueInput, actor: Contact, session: DbSession, response: Response
) -> ColleagueAnswer:
    """동료에게 7일 동안 한 번 쓸 수 있는 초대 링크를 메일로 보냅니다."""
    account = invite(session, actor, data)
    response.headers["Location"] = f"/v1/me/colleagues/{account.id}"
    response.headers["ETag"] = etag(account.version)
    return _answer(account)


@router.get("/me/colleagues/{account_id}", summary="동료 보기")
def read_colleague(
    account_id: UUID, actor: Contact, session: DbSession, response: Response
) -> ColleagueAnswer:
    """같은 회사의 계정 하나를 봅니다."""
    account = get_colleague(session, actor, account_id)
    response.headers["ETag"] = etag(account.version)
    return _answer(account)


@router.delete("/me/colleagues/{account_id}", status_code=204, summary="동료 빼기")
def remove_colleague(account_id: UUID, actor: Contact, session: DbSession, if_match: IfMatch = None) -> None:
    """계정을 닫고 그 사람의 로그인을 모두 끝냅니다. 회사에 남은 마지막 사람은 뺄 수 없습니다."""
    account = lock_colleague(session, actor, account_id)
    require_match(if_match, account.version)
    remove(session, actor, account)


@router.post("/auth/invitations", summary="초대 받아들이기", tags=["로그인"])
def accept(request: Request, data: InvitationInput, session: DbSession) -> AccountAnswer:
    """초대 링크의 token으로 비밀번호와 동의를 정하고 계정을 엽니다."""
    account = accept_invitation(session, data, request.app.state.signing_key)
    return AccountAnswer.model_validate(account, from_attributes=True)


def _answer(account: Account) -> ColleagueAnswer:
    return ColleagueAnswer.model_validate(account, from_attributes=True)
