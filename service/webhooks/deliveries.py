"""From one try to the next: retries, giving up, and switching off an endpoint that never answers.

At least once: a try that was cut off is made again under the same webhook-id, by which receivers tell a
message that came twice. The order of messages is not promised.
"""

import json
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import SYSTEM
from service.accounts.audit import record_event
from service.db.tables import (
    DeliveryState,
    DisabledReason,
    NotificationCode,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from service.events.outbox import enqueue_attempt
from service.jobs.queue import Priority
from service.kit import clock
from service.notifications.operations import notify_administrators
from service.webhooks.sending import Outcome, Sender
from service.webhooks.signing import secrets_in_use, signed_headers

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The schedule of the Standard Webhooks specification: what is waited for after each try that failed."""
SPREAD = 0.1
"""So much longer a wait can be: receivers that were away are not all called in the same second."""
LONGEST_ASKED = WAITS[-1]
"""A receiver that asks to be left alone for longer is tried after this all the same."""
GIVEN_UP_AFTER = timedelta(days=5)
"""An endpoint without a success for so long is switched off."""
WHOLLY_GONE = 410

Chance = Callable[[], float]
"""A number from 0 to 1."""

_TOLD = {
    DisabledReason.GONE: NotificationCode.WEBHOOK_GONE,
    DisabledReason.FAILING: NotificationCode.WEBHOOK_FAILING,
}


def message_id(message: WebhookMessage) -> str:
    """What the header `webhook-id` holds: the same for every try."""
    return f"msg_{message.id.hex}"


def payload_of(message: WebhookMessage) -> str:
    """The body, the same for every try."""
    document = {"type": message.type, "timestamp": message.occurred_at.isoformat(), "data": message.data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def attempt_delivery(
    session: Session,
    sender: Sender,
    signing_key: str,
    delivery_id: UUID,
    turn: int,
    chance: Chance = random.random,
) -> Outcome | None:
    """Make the try of that turn and note what became of it; None when there is nothing to do.

    The row is held while the receiver is waited for, seconds at most: no other worker makes the same try,
    and a worker that is killed lets go of it with nothing noted, so that the try is made again.
    """
    held = _held(session, delivery_id, turn)
    if held is None:
        return None
    delivery, endpoint = held
    if not endpoint.enabled:
        _end(delivery, DeliveryState.FAILED)
        return None
    message = session.get_one(WebhookMessage, delivery.message_id)
    attempt, outcome = _try(sender, endpoint, message, signing_key)
    attempt.delivery_id = delivery.id
    session.add(attempt)
    delivery.attempts += 1
    _follow(session, delivery, outcome, chance())
    session.flush()
    _judge(session, endpoint.id, outcome)
    return outcome


def wait_after(step: int, chance: float, asked: timedelta = timedelta(0)) -> timedelta | None:
    """How long to wait after the try at that place of the schedule, or longer where the receiver asks for it;
    None after the last.
    """
    if step >= len(WAITS):
        return None
    return max(WAITS[step], min(asked, LONGEST_ASKED)) * (1 + SPREAD * chance)


def rearrange(session: Session, delivery: WebhookDelivery, at: datetime | None = None) -> None:
    """Have a held delivery tried, at once or at that time; what was arranged before does nothing.

    What was put off waits behind what is new.
    """
    delivery.state, delivery.ended_at = DeliveryState.PENDING.value, None
    delivery.turn += 1
    delivery.next_attempt_at = at or clock.now()
    session.flush()
    enqueue_attempt(session, delivery, Priority.BULK if at else Priority.PERSON_WAITS, at)


def resume_overdue(session: Session, overdue: timedelta = timedelta(hours=1)) -> int:
    """Arrange again what should have been tried long ago: its job ended without a trace. How many."""
    statement = select(WebhookDelivery).where(
        WebhookDelivery.state == DeliveryState.PENDING.value,
        col(WebhookDelivery.next_attempt_at) < clock.now() - overdue,
    )
    found = session.exec(statement.with_for_update(skip_locked=True)).all()
    for delivery in found:
        rearrange(session, delivery)
    return len(found)


def _held(session: Session, delivery_id: UUID, turn: int) -> tuple[WebhookDelivery, WebhookEndpoint] | None:
    """The delivery for this try alone, and its endpoint, which others may change but not delete meanwhile."""
    of_delivery = select(WebhookDelivery.endpoint_id).where(WebhookDelivery.id == delivery_id)
    endpoint = session.exec(
        select(WebhookEndpoint)
        .where(col(WebhookEndpoint.id).in_(of_delivery))
        .with_for_update(read=True, key_share=True)
    ).first()
    waiting = select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id,
        WebhookDelivery.turn == turn,
        WebhookDelivery.state == DeliveryState.PENDING.value,
    )
    delivery = session.exec(waiting.with_for_update(skip_locked=True)).first()
    return (delivery, endpoint) if delivery and endpoint else None


def _try(
    sender: Sender, endpoint: WebhookEndpoint, message: WebhookMessage, signing_key: str
) -> tuple[WebhookAttempt, Outcome]:
    payload, now, began = payload_of(message), clock.now(), time.monotonic()
    secrets = secrets_in_use(signing_key, endpoint, now)
    outcome = sender.send(endpoint.url, signed_headers(message_id(message), now, payload, secrets), payload)
    attempt = WebhookAttempt(
        started_at=now,
        duration_ms=round((time.monotonic() - began) * 1000),
        status=outcome.status,
        fault=outcome.fault,
        response=outcome.response,
    )
    return attempt, outcome


def _follow(session: Session, delivery: WebhookDelivery, outcome: Outcome, chance: float) -> None:
    if outcome.fault is None:
        _end(delivery, DeliveryState.SUCCEEDED)
        return
    gone = outcome.status == WHOLLY_GONE
    wait = None if gone else wait_after(delivery.step, chance, outcome.asked_wait)
    if wait is None:
        _end(delivery, DeliveryState.FAILED)
        return
    delivery.step += 1
    rearrange(session, delivery, clock.now() + wait)


def _end(delivery: WebhookDelivery, state: DeliveryState) -> None:
    delivery.state, delivery.next_attempt_at, delivery.ended_at = state.value, None, clock.now()


def _judge(session: Session, endpoint_id: UUID, outcome: Outcome) -> None:
    """What the outcome says about the endpoint as a whole."""
    endpoint = session.get_one(WebhookEndpoint, endpoint_id)
    if outcome.fault is None and endpoint.failing_since is None:
        return
    session.refresh(endpoint, with_for_update={"key_share": True})
    if outcome.fault is None:
        endpoint.failing_since = None
    elif outcome.status == WHOLLY_GONE:
        _switch_off(session, endpoint, DisabledReason.GONE)
    else:
        endpoint.failing_since = endpoint.failing_since or clock.now()
        if clock.now() - endpoint.failing_since >= GIVEN_UP_AFTER:
            _switch_off(session, endpoint, DisabledReason.FAILING)
    session.flush()


def _switch_off(session: Session, endpoint: WebhookEndpoint, reason: DisabledReason) -> None:
    if not endpoint.enabled:
        return
    endpoint.enabled, endpoint.disabled_reason = False, reason.value
    endpoint.version += 1
    endpoint.updated_at = clock.now()
    record_event(session, SYSTEM, "webhook.disabled", endpoint.id, after={"reason": reason.value})
    notify_administrators(session, _TOLD[reason], webhook=endpoint.description)
