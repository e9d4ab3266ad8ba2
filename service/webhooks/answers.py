"""Endpoints, deliveries and events as they are shown."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service.db.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage
from service.events.catalogue import EVENTS, PublicEvent
from service.messages.webhooks import EVENT_TEXTS, attempt_text
from service.webhooks.deliveries import message_id, payload_of
from service.webhooks.schemas import (
    AttemptAnswer,
    DeliveryAnswer,
    DeliveryWithAttempts,
    EventTypeAnswer,
    WebhookAnswer,
)

EXAMPLE_TIME = "2026-11-27T05:30:00+00:00"
_EXAMPLE_ID = UUID("01a20571-1241-77d9-942c-d8cfbf80bd23")
_EXAMPLES = {"code": "KT_WINWIN", "valid_from": "2026-01-01"}


def webhook_answer(row: WebhookEndpoint) -> WebhookAnswer:
    """An endpoint."""
    return WebhookAnswer.model_validate(row, from_attributes=True)


def delivery_answer(delivery: WebhookDelivery, message: WebhookMessage) -> DeliveryAnswer:
    """A delivery in a list."""
    return DeliveryAnswer(**_delivery(delivery, message))


def delivery_with_attempts(
    delivery: WebhookDelivery, message: WebhookMessage, attempts: Sequence[WebhookAttempt]
) -> DeliveryWithAttempts:
    """A delivery by itself."""
    tries = [_attempt(each) for each in attempts]
    return DeliveryWithAttempts(
        **_delivery(delivery, message), payload=json.loads(payload_of(message)), tries=tries
    )


def event_types() -> list[EventTypeAnswer]:
    """Every event that can be asked for."""
    return [
        EventTypeAnswer(type=event.type, description=EVENT_TEXTS[event.type], example=_example(event))
        for event in EVENTS.values()
    ]


def _delivery(delivery: WebhookDelivery, message: WebhookMessage) -> dict[str, Any]:
    own = delivery.model_dump(include={"id", "state", "attempts", "next_attempt_at", "ended_at"})
    named = {"webhook_id": delivery.endpoint_id, "message_id": message_id(message), "type": message.type}
    return own | named | {"occurred_at": message.occurred_at}


def _attempt(row: WebhookAttempt) -> AttemptAnswer:
    shown = row.model_dump(include={"started_at", "duration_ms", "status", "fault", "response"})
    return AttemptAnswer(**shown, text=attempt_text(row.fault, row.status))


def _example(event: PublicEvent) -> dict[str, Any]:
    after = {name: _EXAMPLES.get(name, str(_EXAMPLE_ID)) for name in event.carried}
    data = event.data([_EXAMPLE_ID for _ in event.subjects], after)
    return {"type": event.type, "timestamp": EXAMPLE_TIME, "data": data}
