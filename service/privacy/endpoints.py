"""What everyone may do about their own data: see it, take it along, withdraw consents, have it erased."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from service.accounts.actor import Actor, Person, Role, SignedIn, require
from service.accounts.operations import lock_account
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Account
from service.kit.pages import Page
from service.privacy import record_endpoints
from service.privacy.closing import close_account
from service.privacy.consents import (
    Consent,
    ConsentAnswer,
    ConsentText,
    change_consent,
    consent_texts,
    consents_of,
)
from service.privacy.own_data import held_about
from service.privacy.retention import CLOSED_ACCOUNT_KEPT_FOR

router = APIRouter(tags=["개인정보"], route_class=IdempotentRoute)

router.include_router(record_endpoints.router)

Company = Annotated[Actor, Depends(require(Role.SUPPLIER, Role.MANUFACTURER))]


class ClosureAnswer(BaseModel):
    """When the account was closed, and until when its data is erased."""

    requested_at: datetime
    erased_by: datetime


def own_account(actor: Person, session: DbSession) -> Account:
    """The account of who is signed in. Raises `Problem` 403 for a system's key, which is no person."""
    return session.get_one(Account, actor.account_id)


OwnAccount = Annotated[Account, Depends(own_account)]


@router.get("/consent-texts", summary="동의 문구")
def list_consent_texts() -> Page[ConsentText]:
    """지금까지 보여 드린 모든 판의 동의 문구를 봅니다. 동의 기록은 판 번호로 이 글을 가리킵니다."""
    return Page[ConsentText](items=consent_texts(), next_cursor=None)


@router.get("/me/consents", summary="내 동의 기록")
def list_own_consents(account: OwnAccount, session: DbSession) -> Page[ConsentAnswer]:
    """동의하거나 거둔 기록을 새것부터 봅니다. 목적마다 가장 새로운 기록이 지금의 뜻입니다."""
    records = consents_of(session, account.id)
    items = [ConsentAnswer.model_validate(record) for record in records]
    return Page[ConsentAnswer](items=items, next_cursor=None)


@router.post("/me/consents", status_code=201, summary="동의하기, 동의 거두기")
def change_own_consent(
    data: Consent, actor: SignedIn, account: OwnAccount, session: DbSession, response: Response
) -> ConsentAnswer:
    """accepted가 true이면 동의하고 false이면 거둡니다. 앞선 기록은 증거로 남습니다."""
    record = change_consent(session, actor, account, data)
    response.headers["Location"] = "/v1/me/consents"
    return ConsentAnswer.model_validate(record)


@router.get("/me/export", summary="내 자료 내려받기")
def export_own_data(account: OwnAccount, session: DbSession, response: Response) -> dict[str, Any]:
    """내 계정과 회사에 대해 보관하는 모든 자료를 JSON으로 받습니다."""
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return held_about(session, account)


@router.post("/me/closure", summary="계정 닫기")
def close_own_account(actor: Company, account: OwnAccount, session: DbSession) -> ClosureAnswer:
    """계정을 바로 닫고 개인정보를 기한 안에 지웁니다. 되돌릴 수 없습니다."""
    closure = close_account(session, actor, lock_account(session, account.id))
    erased_by = closure.requested_at + CLOSED_ACCOUNT_KEPT_FOR
    return ClosureAnswer(requested_at=closure.requested_at, erased_by=erased_by)
