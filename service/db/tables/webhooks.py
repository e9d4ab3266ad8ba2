"""Endpoints of other systems that are told of changes, and every try to tell them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, foreign_key, identifier, instant, words, written_at


class DisabledReason(StrEnum):
    """Why an endpoint was switched off by the service; null where a person did it."""

    GONE = "gone"
    FAILING = "failing"


class WebhookEndpoint(SQLModel, table=True):
    """Where another system wants to be told, and of what: no event types stand for all.

    Its secret is kept nowhere: it follows from the service's key, the id and `secret_generation`. Until
    `previous_until` the generation before signs too. `failing_since` is the first failure after the last
    success.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint("disabled_reason IN ('gone', 'failing')", name="webhook_endpoint_reason"),
        CheckConstraint("NOT (enabled AND disabled_reason IS NOT NULL)", name="webhook_endpoint_disabled"),
    )

    id: UUID = identifier()
    url: str
    description: str
    event_types: list[str] = words()
    enabled: bool = True
    disabled_reason: str | None = None
    secret_generation: int = 1
    previous_until: datetime | None = instant()
    failing_since: datetime | None = instant()
    version: int = 1
    created_at: datetime = written_at()
    updated_at: datetime = written_at()


class WebhookMessage(SQLModel, table=True):
    """One thing that happened, as it is told: ids and codes, nothing about people."""

    __tablename__ = "webhook_message"

    id: UUID = identifier()
    type: str
    data: dict[str, Any] = document()
    occurred_at: datetime = written_at(index=True)


class DeliveryState(StrEnum):
    """Where the delivery of a message to an endpoint stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class WebhookDelivery(SQLModel, table=True):
    """One message on its way to one endpoint.

    `turn` counts every time that a try was arranged: a job belongs to one turn, and one of an earlier turn
    does nothing. `step` is the place in the schedule of retries; `attempts` counts the tries that were made.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name="webhook_delivery_state"),
        CheckConstraint(
            "(state = 'pending') = (next_attempt_at IS NOT NULL)", name="webhook_delivery_next_attempt"
        ),
        UniqueConstraint("endpoint_id", "message_id", name="webhook_delivery_once"),
        Index("webhook_delivery_list", "endpoint_id", "id"),
        Index("webhook_delivery_pending", "next_attempt_at", postgresql_where=text("state = 'pending'")),
    )

    id: UUID = identifier()
    message_id: UUID = foreign_key("webhook_message.id", on_delete="CASCADE")
    endpoint_id: UUID = foreign_key("webhook_endpoint.id", index=False, on_delete="CASCADE")
    state: str = DeliveryState.PENDING.value
    turn: int = 1
    step: int = 0
    attempts: int = 0
    next_attempt_at: datetime | None = instant()
    created_at: datetime = written_at()
    ended_at: datetime | None = instant()


class WebhookAttempt(SQLModel, table=True):
    """One try: when, how long, what came back. `fault` is null where the endpoint took the message."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index("webhook_attempt_list", "delivery_id", "id"),)

    id: UUID = identifier()
    delivery_id: UUID = foreign_key("webhook_delivery.id", index=False, on_delete="CASCADE")
    started_at: datetime = written_at()
    duration_ms: int
    status: int | None = None
    fault: str | None = None
    response: str = Field(default="")
