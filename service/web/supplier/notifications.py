"""What happened to the company; what is shown here counts as read."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.db.tables import NotificationCode
from service.kit.pages import Cursor
from service.notifications.operations import mark_read
from service.notifications.queries import notifications_of
from service.notifications.schemas import notification_answer
from service.web.rendering import page
from service.web.supplier.company import TABS
from service.web.visitor import SupplierVisitor

router = APIRouter()

SHOWN = 20
WHERE_TO = {
    NotificationCode.SUPPLIER_APPROVED: ("/supplier/leads", "맞는 수요 보기"),
    NotificationCode.SUPPLIER_REJECTED: ("/supplier", "사유 보기"),
    NotificationCode.SUPPLIER_SUSPENDED: ("/supplier", "사유 보기"),
    NotificationCode.INTRODUCED_TO_MANUFACTURER: ("/supplier/leads", "소개된 수요 보기"),
    NotificationCode.CERTIFICATE_EXPIRES_SOON: ("/supplier/documents", "인증서 보기"),
    NotificationCode.CERTIFICATE_EXPIRED: ("/supplier/documents", "인증서 보기"),
    NotificationCode.FUND_LOAN_APPROVED: ("/supplier/fund-loan", "펀드 대출 보기"),
    NotificationCode.FUND_LOAN_DECLINED: ("/supplier/fund-loan", "사유 보기"),
    NotificationCode.FUND_LOAN_DISBURSED: ("/supplier/fund-loan", "상환 일정 보기"),
    NotificationCode.FUND_LOAN_EXPIRED: ("/supplier/fund-loan", "펀드 대출 보기"),
}


@router.get("/supplier/notifications")
def show_notifications(visitor: SupplierVisitor, session: DbSession, cursor: Cursor = None) -> HTMLResponse:
    """The newest first; those that were new are marked as such once more."""
    rows, next_cursor = notifications_of(session, visitor.actor, SHOWN, cursor)
    answers = [notification_answer(row) for row in rows]
    mark_read(session, visitor.actor, [each.id for each in answers if each.read_at is None])
    return page(
        visitor,
        "supplier/notifications.html",
        tabs=TABS,
        notifications=answers,
        where_to=WHERE_TO,
        cursor=next_cursor,
    )
