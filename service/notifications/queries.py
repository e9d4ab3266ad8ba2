"""Reading notifications: a company sees its own, staff what its role was told, and everyone their own."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.db.tables import Notification
from service.kit.pages import cut_page, decode_uuid_cursor


def told_to(actor: Actor) -> ColumnElement[bool]:
    """Those of the actor's company or staff role, and those of that person alone."""
    if actor.supplier_id is not None:
        shared = col(Notification.supplier_id) == actor.supplier_id
    elif actor.manufacturer_id is not None:
        shared = col(Notification.manufacturer_id) == actor.manufacturer_id
    else:
        shared = col(Notification.role) == actor.role.value
    return or_(shared, col(Notification.account_id) == actor.account_id) if actor.account_id else shared


def notifications_of(
    session: Session, actor: Actor, limit: int, cursor: str | None = None, *, unread: bool | None = None
) -> tuple[Sequence[Notification], str | None]:
    """One page, the newest first; only the unread or only the read ones when that is asked for."""
    statement = select(Notification).where(told_to(actor))
    if unread is not None:
        seen = col(Notification.read_at)
        statement = statement.where(seen.is_(None) if unread else seen.is_not(None))
    if cursor is not None:
        _, last_id = decode_uuid_cursor(cursor)
        statement = statement.where(col(Notification.id) < last_id)
    rows = session.exec(statement.order_by(col(Notification.id).desc()).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: ("", str(row.id)))


def unread_count(session: Session, actor: Actor, most: int | None = None) -> int:
    """How many of them nobody has seen whom they concern; counted up to `most` only."""
    unread = select(Notification.id).where(told_to(actor), col(Notification.read_at).is_(None)).limit(most)
    return session.exec(select(func.count()).select_from(unread.subquery())).one()
