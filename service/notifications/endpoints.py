"""Notifications over HTTP, for people and their systems, and how they are mailed."""

from fastapi import APIRouter, Query, Response

from service.accounts.actor import Person, SignedIn
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Account, MailChoice, MailFrequency
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.notifications.mail import choose_mail, lock_mail_choice, mail_choice_of
from service.notifications.operations import mark_read
from service.notifications.queries import notifications_of, unread_count
from service.notifications.schemas import (
    MailChoiceAnswer,
    MailChoicePatch,
    NotificationAnswer,
    ReadingAnswer,
    ReadingInput,
    notification_answer,
)

router = APIRouter(prefix="/me", tags=["알림"], route_class=IdempotentRoute)


@router.get("/notifications", summary="나와 우리 회사에 온 알림")
def list_notifications(
    actor: SignedIn,
    session: DbSession,
    limit: Limit = 20,
    cursor: Cursor = None,
    unread: bool | None = Query(None, description="true: 읽지 않은 것만, false: 읽은 것만"),
) -> Page[NotificationAnswer]:
    """새것부터 봅니다. 함께 받은 사람 누구든 읽으면 read_at이 채워집니다. 1년이 지나면 지워집니다.

    회사 사람은 자기 회사의 알림을, 담당자는 담당자 모두가 할 일과 자기에게만 온 알림을, 관리자는 서비스의
    운영에 관한 알림을 봅니다.
    """
    rows, next_cursor = notifications_of(session, actor, limit, cursor, unread=unread)
    return Page(items=[notification_answer(row) for row in rows], next_cursor=next_cursor)


@router.post("/notifications/reading", summary="알림 읽음")
def read_notifications(data: ReadingInput, actor: SignedIn, session: DbSession) -> ReadingAnswer:
    """본 알림을 읽음으로 바꿉니다. 다른 사람에게 온 알림의 번호는 건너뜁니다."""
    marked = mark_read(session, actor, data.ids)
    return ReadingAnswer(marked=marked, unread=unread_count(session, actor))


@router.get("/notification-mail", summary="알림 메일 설정")
def read_mail_choice(actor: Person, session: DbSession, response: Response) -> MailChoiceAnswer:
    """알림을 메일로 언제 받는지 봅니다. 정하지 않으면 하루치를 모아 아침에 받습니다."""
    assert actor.account_id is not None
    return _choice(session, mail_choice_of(session, actor.account_id), response)


@router.patch("/notification-mail", summary="알림 메일 설정 바꾸기")
def update_mail_choice(
    patch: MailChoicePatch, actor: Person, session: DbSession, response: Response, if_match: IfMatch = None
) -> MailChoiceAnswer:
    """알림을 메일로 언제 받을지 정합니다. 확인한 전자우편 주소로만 보냅니다."""
    assert actor.account_id is not None
    choice = lock_mail_choice(session, actor.account_id)
    require_match(if_match, choice.version)
    choose_mail(session, actor, choice, MailFrequency(patch.frequency))
    return _choice(session, choice, response)


def _choice(session: DbSession, choice: MailChoice, response: Response) -> MailChoiceAnswer:
    response.headers["ETag"] = etag(choice.version)
    account = session.get_one(Account, choice.account_id)
    confirmed = account.email_confirmed_at is not None
    return MailChoiceAnswer(frequency=MailFrequency(choice.frequency), email_confirmed=confirmed)
