"""What belongs to the person who asks: the own account and its sessions."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from service.accounts.actor import Person
from service.accounts.audit import record_event
from service.accounts.devices import device_of
from service.accounts.operations import change_own_account, lock_account
from service.accounts.passwords import password_turn, verify_password
from service.accounts.schemas import AccountAnswer, OwnAccountPatch, SessionAnswer
from service.accounts.sessions import (
    SESSION_VERSION,
    end_sessions,
    get_own_session,
    list_own_sessions,
    revoke_session,
)
from service.accounts.sign_in_endpoints import attempt_of
from service.accounts.throttle import forgive
from service.db.session import DbSession
from service.db.tables import Account, AccountSession
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.kit.problems import Problem, field_problem

router = APIRouter(tags=["내 계정"])


@router.get("/me", summary="내 계정")
@router.get("/accounts/me", summary="내 계정 (앞선 주소)", deprecated=True)
def read_own_account(actor: Person, session: DbSession, response: Response) -> AccountAnswer:
    """로그인한 사람의 계정을 봅니다. API 키로는 볼 수 없습니다."""
    account = session.get(Account, actor.account_id)
    if account is None:
        raise Problem(404, "not_found")
    return _answer(account, response)


@router.patch("/me", summary="내 계정 고치기")
def update_own_account(
    request: Request,
    patch: OwnAccountPatch,
    actor: Person,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> AccountAnswer:
    """이름, 전화번호, 비밀번호를 고칩니다. 비밀번호를 바꾸면 모든 로그인이 끝나므로 다시 로그인해 주세요."""
    assert actor.account_id is not None
    account = lock_account(session, actor.account_id)
    require_match(if_match, account.version)
    if patch.password is not None:
        require_present_password(request, session, account, patch)
    change_own_account(session, actor, account, patch)
    return _answer(account, response)


@router.get("/me/sessions", summary="내 로그인 목록")
def list_sessions(
    actor: Person, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[SessionAnswer]:
    """지금 로그인되어 있는 곳을 최근 것부터 봅니다."""
    assert actor.account_id is not None
    rows, next_cursor = list_own_sessions(session, actor.account_id, limit, cursor)
    return Page(items=[_session_answer(row, actor.session_id) for row in rows], next_cursor=next_cursor)


@router.get("/me/sessions/{session_id}", summary="내 로그인 보기")
def read_session(session_id: UUID, actor: Person, session: DbSession, response: Response) -> SessionAnswer:
    """로그인 하나를 봅니다."""
    assert actor.account_id is not None
    response.headers["ETag"] = etag(SESSION_VERSION)
    return _session_answer(get_own_session(session, actor.account_id, session_id), actor.session_id)


@router.delete("/me/sessions/{session_id}", status_code=204, summary="내 로그인 끝내기")
def delete_session(session_id: UUID, actor: Person, session: DbSession, if_match: IfMatch = None) -> None:
    """그곳의 로그인을 바로 끝냅니다."""
    assert actor.account_id is not None
    found = get_own_session(session, actor.account_id, session_id)
    require_match(if_match, SESSION_VERSION)
    revoke_session(session, found)
    record_event(session, actor, "session.revoked", session_id)


@router.post("/me/sessions/revocation", status_code=204, summary="내 로그인 모두 끝내기")
def revoke_all_sessions(actor: Person, session: DbSession) -> None:
    """이 로그인을 포함한 모든 로그인을 바로 끝냅니다."""
    assert actor.account_id is not None
    end_sessions(session, actor.account_id)
    record_event(session, actor, "session.all_revoked", actor.account_id)


def require_present_password(
    request: Request, session: DbSession, account: Account, patch: OwnAccountPatch
) -> None:
    """Guessing it with a stolen session is slowed down like guessing it at the door.

    Raises `Problem` 422 `present_password_required` or `present_password_wrong`, 429 when too early.
    """
    if patch.present_password is None:
        raise field_problem("/present_password", "present_password_required")
    with password_turn():
        attempt = attempt_of(request, account.email, device_of(request))
        right, _ = verify_password(patch.present_password.get_secret_value(), account.password_hash)
    if not right:
        raise field_problem("/present_password", "present_password_wrong")
    forgive(session, attempt)


def _answer(account: Account, response: Response) -> AccountAnswer:
    response.headers["ETag"] = etag(account.version)
    return AccountAnswer.model_validate(account, from_attributes=True)


def _session_answer(row: AccountSession, current: UUID | None) -> SessionAnswer:
    names = SessionAnswer.model_fields.keys() - {"current"}
    return SessionAnswer(current=row.id == current, **{name: getattr(row, name) for name in names})
