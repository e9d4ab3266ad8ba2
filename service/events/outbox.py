"""The transactional outbox: a change and word of it are committed together, or neither is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, or_
from sqlmodel import Session, col, select

from service.db.tables import WebhookDelivery, WebhookEndpoint, WebhookMessage
from service.events.catalogue import event_of
from service.jobs.names import DELIVER_WEBHOOK
from service.jobs.queue import Priority, Queue, enqueue
from service.kit import clock


def publish(session: Session, action: str, subject_ids: Sequence[UUID], after: Mapping[str, Any]) -> None:
    """Tell every endpoint that wants to know; nothing is kept of what nobody wants to know."""
    event = event_of(action, after)
    if event is None:
        return
    with session.no_autoflush:  # a change that cannot be stored is refused where its operation expects it
        wanted = select(WebhookEndpoint).where(
            col(WebhookEndpoint.enabled),
            or_(
                func.cardinality(col(WebhookEndpoint.event_types)) == 0,
                literal(event.type) == func.any(col(WebhookEndpoint.event_types)),
            ),
        )
        endpoints = session.exec(wanted).all()
    if endpoints:
        send_to(session, endpoints, event.type, event.data(subject_ids, after))


def send_to(
    session: Session, endpoints: Sequence[WebhookEndpoint], event_type: str, data: dict[str, Any]
) -> list[WebhookDelivery]:
    """One message for all of these endpoints, on its way after the commit.

    Those that take what they are sent come first: one that hangs gets only hands that are free.
    """
    message = WebhookMessage(type=event_type, data=data)
    session.add(message)
    session.flush()
    deliveries = [
        WebhookDelivery(message_id=message.id, endpoint_id=each.id, next_attempt_at=clock.now())
        for each in endpoints
    ]
    session.add_all(deliveries)
    session.flush()
    for delivery, endpoint in zip(deliveries, endpoints, strict=True):
        urgent = endpoint.failing_since is None
        enqueue_attempt(session, delivery, Priority.PERSON_WAITS if urgent else Priority.BULK)
    return deliveries


def enqueue_attempt(
    session: Session, delivery: WebhookDelivery, priority: Priority, at: datetime | None = None
) -> None:
    """Have the present turn of a delivery tried, at once or at that time."""
    enqueue(
        session,
        DELIVER_WEBHOOK,
        once=f"webhook:{delivery.id}:{delivery.turn}",
        priority=priority,
        queue=Queue.OUTWARD,
        at=at,
        delivery_id=str(delivery.id),
        turn=delivery.turn,
    )
