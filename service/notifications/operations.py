"""Telling a company that something happened to it, and noting that it has seen so."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col

from service.accounts.actor import Actor, Role
from service.db.tables import Notification, NotificationCode
from service.kit import clock
from service.notifications.mail import have_mailed_at_once
from service.notifications.queries import told_to


def notify(
    session: Session,
    code: NotificationCode,
    *,
    supplier_id: UUID | None = None,
    manufacturer_id: UUID | None = None,
    **facts: str,
) -> None:
    """Tell one company, in the transaction of what happened.

    `facts` fill the sentence of the code; they are kept for a year, so nothing about people belongs in them.
    """
    _tell(
        session,
        Notification(
            code=code.value, supplier_id=supplier_id, manufacturer_id=manufacturer_id, facts=dict(facts)
        ),
    )


def notify_administrators(session: Session, code: NotificationCode, **facts: str) -> None:
    """Tell all administrators; `facts` as for companies."""
    _tell(session, Notification(code=code.value, role=Role.ADMIN.value, facts=dict(facts)))


def mark_read(session: Session, actor: Actor, ids: Sequence[UUID]) -> int:
    """Note that the actor's company has seen these; how many were new. Those of others are passed over."""
    seen = cast(
        "CursorResult[tuple[()]]",
        session.execute(
            update(Notification)
            .where(told_to(actor), col(Notification.id).in_(ids), col(Notification.read_at).is_(None))
            .values(read_at=clock.now())
            .execution_options(synchronize_session=False)
        ),
    )
    return int(seen.rowcount)


def _tell(session: Session, notification: Notification) -> None:
    session.add(notification)
    session.flush()
    have_mailed_at_once(session, notification)
