"""Notifications over HTTP, for the people of companies and their systems."""

from typing import Annotated

from fastapi import APIRouter, Depends

from service.accounts.actor import Actor, Role, require
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.kit.pages import Cursor, Limit, Page
from service.notifications.operations import mark_read
from service.notifications.queries import notifications_of, unread_count
from service.notifications.schemas import (
    NotificationAnswer,
    ReadingAnswer,
    ReadingInput,
    notification_answer,
)

router = APIRouter(prefix="/me/notifications", tags=["알림"], route_class=IdempotentRoute)

Company = Annotated[Actor, Depends(require(Role.SUPPLIER, Role.MANUFACTURER))]


@router.get("", summary="우리 회사에 온 알림")
def list_notifications(
    actor: Company, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[NotificationAnswer]:
    """새것부터 봅니다. 회사 사람 누구든 읽으면 read_at이 채워집니다. 1년이 지나면 지워집니다."""
    rows, next_cursor = notifications_of(session, actor, limit, cursor)
    return Page(items=[notification_answer(row) for row in rows], next_cursor=next_cursor)


@router.post("/reading", summary="알림 읽음")
def read_notifications(data: ReadingInput, actor: Company, session: DbSession) -> ReadingAnswer:
    """본 알림을 읽음으로 바꿉니다. 다른 회사의 번호는 건너뜁니다."""
    marked = mark_read(session, actor, data.ids)
    return ReadingAnswer(marked=marked, unread=unread_count(session, actor))
