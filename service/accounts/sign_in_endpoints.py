"""Signing in and out, and what a mailed link is good for."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm
from sqlmodel import Session

from service.accounts.actor import Person
from service.accounts.audit import record_event
from service.accounts.devices import Device, device_of
from service.accounts.links import mail_link
from service.accounts.operations import (
    account_by_email,
    actor_of,
    confirm_email,
    reset_password,
    sign_in,
)
from service.accounts.passwords import password_turn
from service.accounts.schemas import (
    EmailInput,
    LinkInput,
    MessageAnswer,
    NewPasswordInput,
    RefreshInput,
    Token,
)
from service.accounts.sessions import get_own_session, open_session, renew_session, revoke_session
from service.accounts.throttle import Attempt, count_attempt, forgive
from service.accounts.tokens import TokenError, issue_refresh_token, issue_token, read_refresh_token
from service.db.session import Database, DbSession
from service.db.tables import Account, AccountSession, LinkPurpose
from service.kit.problems import Problem
from service.kit.rate_limits import MAILS_TO_ADDRESS, MAILS_WANTED_FROM, RateLimits
from service.kit.texts import clean
from service.messages import sentence

router = APIRouter(prefix="/auth", tags=["로그인"])


@router.post("/token", summary="로그인")
def create_token(
    request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()], session: DbSession
) -> Token:
    """전자우편 주소(username)와 비밀번호로 접근 토큰과 갱신 토큰을 받습니다."""
    return _token(request, *sign_in_here(request, session, form.username, form.password))


@router.post("/refresh", summary="토큰 갱신")
def refresh_token(request: Request, data: RefreshInput) -> Token:
    """갱신 토큰을 새 접근 토큰과 새 갱신 토큰으로 바꿉니다.

    이미 쓴 갱신 토큰이 오면 두 사람이 가진 것이므로 그 로그인을 끝냅니다.
    """
    database: Database = request.app.state.database
    try:
        claims = read_refresh_token(data.refresh_token, request.app.state.signing_key)
    except TokenError as error:
        raise _refresh_refused() from error
    with (
        database.transaction() as session
    ):  # its own: that a session was ended stays although this is refused
        renewed = renew_session(session, claims)
    if renewed is None:
        raise _refresh_refused()
    return _token(request, *renewed)


@router.post("/sign-out", status_code=204, summary="로그아웃")
def sign_out(actor: Person, session: DbSession) -> None:
    """이 로그인을 끝냅니다. 접근 토큰과 갱신 토큰을 바로 쓸 수 없게 됩니다."""
    assert actor.account_id is not None
    assert actor.session_id is not None
    revoke_session(session, get_own_session(session, actor.account_id, actor.session_id))
    record_event(session, actor, "session.revoked", actor.session_id)


@router.post("/password-resets", summary="비밀번호 재설정 메일 받기")
def request_password_reset(request: Request, data: EmailInput, session: DbSession) -> MessageAnswer:
    """등록된 주소이면 30분 동안 한 번 쓸 수 있는 링크를 보냅니다. 답은 등록 여부를 알려 주지 않습니다."""
    return mail_if_known(request, session, data.email, LinkPurpose.RESET)


@router.post("/password-resets/completion", status_code=204, summary="비밀번호 재설정")
def complete_password_reset(request: Request, data: NewPasswordInput, session: DbSession) -> None:
    """메일로 받은 링크의 token으로 새 비밀번호를 정합니다. 다른 곳의 로그인은 모두 끝납니다."""
    reset_password(session, data.token, data.password.get_secret_value(), request.app.state.signing_key)


@router.post("/email-confirmations", summary="주소 확인 메일 받기")
def request_email_confirmation(request: Request, data: EmailInput, session: DbSession) -> MessageAnswer:
    """등록된 주소이면 3일 동안 한 번 쓸 수 있는 링크를 다시 보냅니다. 답은 등록 여부를 알려 주지 않습니다."""
    return mail_if_known(request, session, data.email, LinkPurpose.CONFIRMATION)


@router.post("/email-confirmations/completion", status_code=204, summary="주소 확인")
def complete_email_confirmation(request: Request, data: LinkInput, session: DbSession) -> None:
    """메일로 받은 링크의 token으로 전자우편 주소를 확인합니다."""
    confirm_email(session, data.token, request.app.state.signing_key)


def sign_in_here(
    request: Request, session: Session, email: str, password: str
) -> tuple[Account, AccountSession]:
    """Open a session on the asking device. Raises `Problem` 401 `sign_in_failed`, 429 when too early."""
    device = device_of(request)
    with password_turn():
        attempt = attempt_of(request, clean(email), device)
        account = sign_in(session, attempt.email, password)
    forgive(session, attempt)
    opened = open_session(session, account, device)
    record_event(session, actor_of(account), "session.opened", opened.id)
    return account, opened


def attempt_of(request: Request, email: str, device: Device) -> Attempt:
    """An attempt at a password, counted and committed before the password is looked at.

    Raises `Problem` 429 when it comes too early.
    """
    attempt = Attempt(email, device, request.app.state.signing_key)
    if request.app.state.settings.rate_limit == "on":
        database: Database = request.app.state.database
        with database.transaction() as session:
            count_attempt(session, attempt)
    return attempt


def mail_if_known(request: Request, session: Session, email: str, purpose: LinkPurpose) -> MessageAnswer:
    """Mail a link if anyone has the address; the answer does not tell. Raises `Problem` 429."""
    limits: RateLimits = request.app.state.rate_limits
    limits.count(MAILS_WANTED_FROM, device_of(request).address)
    limits.count(MAILS_TO_ADDRESS, purpose.value, email.lower())
    account = account_by_email(session, email)
    unwanted = account is None or not account.active
    done = purpose is LinkPurpose.CONFIRMATION and account is not None and account.email_confirmed_at
    mail_link(session, purpose, None if unwanted or done else account)
    return MessageAnswer(message=sentence("mail_will_come"))


def _token(request: Request, account: Account, opened: AccountSession) -> Token:
    minutes, key = request.app.state.settings.token_minutes, request.app.state.signing_key
    return Token(
        access_token=issue_token(account.id, opened.id, key, minutes),
        expires_in=minutes * 60,
        refresh_token=issue_refresh_token(opened.id, opened.generation, opened.expires_at, key),
    )


def _refresh_refused() -> Problem:
    return Problem(401, "refresh_token_invalid", headers={"WWW-Authenticate": "Bearer"})
