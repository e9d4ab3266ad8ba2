"""Reading endpoints and what was sent to them; administrators see all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from service.db.rows import one_row
from service.db.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem


@dataclass(frozen=True)
class DeliveryFilter:
    """Which deliveries: in that state, of that type of event."""

    state: str | None = None
    type: str | None = None


Row = TypeVar("Row")
Sent = tuple[WebhookDelivery, WebhookMessage]


def get_webhook(session: Session, webhook_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    """An endpoint, held against other changes with `lock`. Raises `Problem` 404."""
    statement = select(WebhookEndpoint).where(WebhookEndpoint.id == webhook_id)
    if lock:  # nobody who only needs it to be there waits
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return _found(session.exec(statement).first())


def get_webhook_to_delete(session: Session, webhook_id: UUID) -> WebhookEndpoint:
    """An endpoint, once no try is under way there: held from the start as a deletion will hold it, so that
    a try that is about to note its outcome and the deletion never wait for each other. Raises `Problem` 404.
    """
    statement = select(WebhookEndpoint).where(WebhookEndpoint.id == webhook_id).with_for_update()
    return _found(session.exec(statement.execution_options(populate_existing=True)).first())


def list_webhooks(
    session: Session, limit: int, cursor: str | None = None
) -> tuple[Sequence[WebhookEndpoint], str | None]:
    """One page of the endpoints, the oldest first."""
    statement = select(WebhookEndpoint)
    if cursor is not None:
        statement = statement.where(col(WebhookEndpoint.id) > decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(WebhookEndpoint.id)).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: ("", str(row.id)))


def list_deliveries(
    session: Session, webhook_id: UUID, wanted: DeliveryFilter, limit: int, cursor: str | None = None
) -> tuple[Sequence[Sent], str | None]:
    """One page of what was sent to an endpoint, the newest first."""
    statement = (
        select(WebhookDelivery, WebhookMessage)
        .join(WebhookMessage)
        .where(WebhookDelivery.endpoint_id == webhook_id)
    )
    if wanted.state is not None:
        statement = statement.where(WebhookDelivery.state == wanted.state)
    if wanted.type is not None:
        statement = statement.where(WebhookMessage.type == wanted.type)
    if cursor is not None:
        statement = statement.where(col(WebhookDelivery.id) < decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(WebhookDelivery.id).desc()).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: ("", str(row[0].id)))


def get_delivery(session: Session, delivery_id: UUID, *, lock: bool = False) -> WebhookDelivery:
    """A delivery, held with `lock`. Raises `Problem` 404."""
    statement = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id)
    return one_row(session, statement, lock=lock)


def attempts_of(session: Session, delivery_id: UUID) -> Sequence[WebhookAttempt]:
    """Its tries, the latest first."""
    statement = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery_id)
    return session.exec(statement.order_by(col(WebhookAttempt.id).desc())).all()


def _found(row: Row | None) -> Row:
    if row is None:
        raise Problem(404, "not_found")
    return row
