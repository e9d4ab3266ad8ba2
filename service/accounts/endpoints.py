"""Signing in, staff accounts, keys of other systems."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from sqlmodel import col, select

from service.accounts.actor import Administrator, Role, SignedIn
from service.accounts.audit import record_event
from service.accounts.operations import issue_api_key, open_account, revoke_api_key, sign_in
from service.accounts.schemas import (
    AccountAnswer,
    ApiKeyAnswer,
    ApiKeyInput,
    NewApiKeyAnswer,
    StaffAccountInput,
    Token,
)
from service.accounts.tokens import issue_token
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Account, ApiKey
from service.kit.problems import Problem
from service.kit.rate_limits import SIGN_IN_FAILURES, RateLimits

auth_router = APIRouter(prefix="/auth", tags=["로그인"])
router = APIRouter(tags=["계정"], route_class=IdempotentRoute)


@auth_router.post("/token", summary="로그인")
def create_token(
    request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()], session: DbSession
) -> Token:
    """전자우편 주소(username)와 비밀번호로 접근 토큰을 받습니다."""
    limits: RateLimits = request.app.state.rate_limits
    address = request.client.host if request.client else "local"
    who = (address, form.username.lower())
    limits.check(SIGN_IN_FAILURES, *who)
    try:
        account = sign_in(session, form.username, form.password)
    except Problem:
        limits.count(SIGN_IN_FAILURES, *who)
        raise
    minutes = request.app.state.settings.token_minutes
    token = issue_token(account.id, request.app.state.signing_key, minutes)
    return Token(access_token=token, expires_in=minutes * 60)


@router.get("/accounts/me", summary="내 계정")
def read_own_account(actor: SignedIn, session: DbSession) -> AccountAnswer:
    """로그인한 사람의 계정을 봅니다. API 키로는 볼 수 없습니다."""
    account = session.get(Account, actor.account_id) if actor.account_id else None
    if account is None:
        raise Problem(404, "not_found")
    return AccountAnswer.model_validate(account, from_attributes=True)


@router.post("/accounts", status_code=201, summary="담당자·관리자 계정 만들기")
def create_staff_account(
    data: StaffAccountInput, actor: Administrator, session: DbSession, response: Response
) -> AccountAnswer:
    """관리자가 담당자나 관리자 계정을 만듭니다."""
    account = open_account(
        session,
        email=data.email,
        password=data.password.get_secret_value(),
        name=data.name,
        role=Role(data.role),
    )
    record_event(session, actor, "account.created", account.id, after={"role": account.role})
    response.headers["Location"] = "/v1/accounts/me"
    return AccountAnswer.model_validate(account, from_attributes=True)


@router.post("/api-keys", status_code=201, summary="API 키 만들기")
def create_api_key(
    data: ApiKeyInput, actor: Administrator, session: DbSession, response: Response
) -> NewApiKeyAnswer:
    """다른 시스템이 X-API-Key로 쓸 키를 만듭니다. 키는 이때 한 번만 보입니다."""
    record, key = issue_api_key(session, data.name, Role(data.role))
    record_event(session, actor, "api_key.created", record.id, after={"role": record.role})
    response.headers["Location"] = f"/v1/api-keys/{record.id}"
    return NewApiKeyAnswer(**ApiKeyAnswer.model_validate(record, from_attributes=True).model_dump(), key=key)


@router.get("/api-keys", summary="API 키 목록")
def list_api_keys(_actor: Administrator, session: DbSession) -> list[ApiKeyAnswer]:
    """만든 키들을 봅니다. 비밀 부분은 보이지 않습니다."""
    keys = session.exec(select(ApiKey).order_by(col(ApiKey.created_at))).all()
    return [ApiKeyAnswer.model_validate(key, from_attributes=True) for key in keys]


@router.post("/api-keys/{key_id}/revocation", summary="API 키 해지")
def revoke_key(key_id: UUID, actor: Administrator, session: DbSession) -> ApiKeyAnswer:
    """키를 바로 쓸 수 없게 합니다."""
    record = revoke_api_key(session, key_id)
    record_event(session, actor, "api_key.revoked", record.id)
    return ApiKeyAnswer.model_validate(record, from_attributes=True)
