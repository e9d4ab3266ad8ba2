"""What administrators do with webhooks: register, change, rotate, try out, send again, delete."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.db.tables import DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookMessage
from service.events.catalogue import PING
from service.events.outbox import send_to
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.webhooks.addresses import AddressError
from service.webhooks.deliveries import rearrange
from service.webhooks.schemas import WebhookInput, WebhookPatch
from service.webhooks.sending import Sender

MOST_ENDPOINTS = 20
"""Each of them is asked for at every change."""
MOST_REDELIVERED = 500


def register_webhook(session: Session, actor: Actor, sender: Sender, data: WebhookInput) -> WebhookEndpoint:
    """A new endpoint. Raises `Problem` 422 beside `url`, 409 `webhooks_full`."""
    _check(sender, data.url)
    if session.exec(select(func.count()).select_from(WebhookEndpoint)).one() >= MOST_ENDPOINTS:
        raise Problem(409, "webhooks_full", most=MOST_ENDPOINTS)
    endpoint = WebhookEndpoint(**data.model_dump())
    session.add(endpoint)
    session.flush()
    record_event(session, actor, "webhook.created", endpoint.id, after=data.model_dump())
    return endpoint


def change_webhook(
    session: Session, actor: Actor, sender: Sender, endpoint: WebhookEndpoint, patch: WebhookPatch
) -> WebhookEndpoint:
    """Apply a patch to a locked endpoint; one that is switched on again starts without a past.

    Raises `Problem` 422 beside `url`.
    """
    changes = patch.model_dump(exclude_unset=True)
    if "url" in changes:
        _check(sender, changes["url"])
    before = {name: getattr(endpoint, name) for name in changes}
    for name, value in changes.items():
        setattr(endpoint, name, value)
    if changes.get("enabled"):
        endpoint.disabled_reason, endpoint.failing_since = None, None
    _count_version(session, endpoint)
    record_event(session, actor, "webhook.changed", endpoint.id, before=before, after=changes)
    return endpoint


def rotate_secret(session: Session, actor: Actor, endpoint: WebhookEndpoint, overlap: timedelta) -> None:
    """The next secret of a locked endpoint; the one before signs too for the overlap, any older no more."""
    endpoint.secret_generation += 1
    endpoint.previous_until = clock.now() + overlap
    _count_version(session, endpoint)
    after = {"previous_until": endpoint.previous_until.isoformat()}
    record_event(session, actor, "webhook.rotated", endpoint.id, after=after)


def delete_webhook(session: Session, actor: Actor, endpoint: WebhookEndpoint) -> None:
    """End a locked endpoint, with the log of what was sent there; what was on its way is dropped."""
    session.delete(endpoint)
    session.flush()
    record_event(session, actor, "webhook.deleted", endpoint.id, before={"url": endpoint.url})


def send_test(session: Session, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send a ping there and nowhere else. Raises `Problem` 409 `webhook_disabled`."""
    _require_enabled(endpoint)
    data = {"webhook_id": str(endpoint.id), "path": f"/v1/webhooks/{endpoint.id}"}
    return send_to(session, [endpoint], PING, data)[0]


def redeliver(session: Session, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a locked delivery once more, at once, with all its retries. Raises `Problem` 409."""
    _require_enabled(endpoint)
    delivery.step = 0
    rearrange(session, delivery)
    return delivery


def redeliver_failed(session: Session, endpoint: WebhookEndpoint, since: datetime) -> tuple[int, int]:
    """Send again what happened since then and failed, the oldest first: how many, and how many are left.

    Raises `Problem` 409 `webhook_disabled`.
    """
    _require_enabled(endpoint)
    statement = (
        select(WebhookDelivery)
        .join(WebhookMessage)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.state == DeliveryState.FAILED.value,
            col(WebhookMessage.occurred_at) >= since,
        )
    )
    count = session.exec(select(func.count()).select_from(statement.subquery())).one()
    oldest = statement.order_by(col(WebhookDelivery.id)).limit(MOST_REDELIVERED)
    found = session.exec(oldest.with_for_update(of=WebhookDelivery)).all()
    for delivery in found:
        redeliver(session, endpoint, delivery)
    return len(found), count - len(found)


def _check(sender: Sender, url: str) -> None:
    try:
        sender.check(url)
    except AddressError as refusal:
        raise field_problem("/url", str(refusal)) from refusal


def _require_enabled(endpoint: WebhookEndpoint) -> None:
    if not endpoint.enabled:
        raise Problem(409, "webhook_disabled")


def _count_version(session: Session, endpoint: WebhookEndpoint) -> None:
    endpoint.version += 1
    endpoint.updated_at = clock.now()
    session.flush()
