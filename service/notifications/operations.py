"""Telling a company, staff or one person that something happened, and noting that it was seen."""

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


def notify_account_managers(session: Session, code: NotificationCode, **facts: str) -> None:
    """Tell all account managers; `facts` as for companies."""
    _tell(session, Notification(code=code.value, role=Role.ACCOUNT_MANAGER.value, facts=dict(facts)))


def notify_person(session: Session, code: NotificationCode, account_id: UUID, **facts: str) -> None:
    """Tell one person what concerns nobody else of the company or role; `facts` as for companies."""
    _tell(session, Notification(code=code.value, account_id=account_id, facts=dict(facts)))


def note_done(session: Session, code: NotificationCode, **facts: str) -> None:
    """What staff were told of with these facts is done: it is new to nobody any more, and mailed no more."""
    session.execute(
        update(Notification)
        .where(
            col(Notification.role).is_not(None),
            col(Notification.read_at).is_(None),
            col(Notification.code) == code.value,
            col(Notification.facts).contains(facts),
        )
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def mark_read(session: Session, actor: Actor, ids: Sequence[UUID]) -> int:
    """Note for all whom these concern that they were seen; how many were new. Others' are passed over."""
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
