"""Reading notifications: a company sees its own, administrators what concerns the service."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, func
from sqlmodel import Session, col, select

from service.accounts.actor import Actor, Role
from service.db.tables import Notification
from service.kit.pages import cut_page, decode_uuid_cursor


def told_to(actor: Actor) -> ColumnElement[bool]:
    """Those of the actor's company, for all of its people; of staff only administrators have any."""
    if actor.supplier_id is not None:
        return col(Notification.supplier_id) == actor.supplier_id
    if actor.manufacturer_id is not None:
        return col(Notification.manufacturer_id) == actor.manufacturer_id
    if actor.role is Role.ADMIN:
        return col(Notification.role) == Role.ADMIN.value
    return false()


def notifications_of(
    session: Session, actor: Actor, limit: int, cursor: str | None = None
) -> tuple[Sequence[Notification], str | None]:
    """One page, the newest first."""
    statement = select(Notification).where(told_to(actor))
    if cursor is not None:
        _, last_id = decode_uuid_cursor(cursor)
        statement = statement.where(col(Notification.id) < last_id)
    rows = session.exec(statement.order_by(col(Notification.id).desc()).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: ("", str(row.id)))


def unread_count(session: Session, actor: Actor) -> int:
    """How many of them nobody of the company has seen."""
    unread = select(func.count()).select_from(Notification).where(told_to(actor))
    return session.exec(unread.where(col(Notification.read_at).is_(None))).one()
