"""Delivering webhooks, one job a try."""

from uuid import UUID

import structlog
from procrastinate import JobContext

from service.jobs.names import DELIVER_WEBHOOK, RESUME_WEBHOOKS
from service.jobs.worker import nightly, services_of, task
from service.webhooks.deliveries import attempt_delivery, resume_overdue
from service.webhooks.sending import sender_of

log = structlog.get_logger()


@task(DELIVER_WEBHOOK)
def deliver_webhook_task(context: JobContext, delivery_id: str, turn: int) -> None:
    """Make one try; a try that fails arranges the next itself, in the same transaction."""
    services = services_of(context)
    settings = services.settings
    with services.database.transaction() as session:
        outcome = attempt_delivery(
            session, sender_of(settings), settings.signing_key(), UUID(delivery_id), turn
        )
    if outcome is not None:
        log.info("webhook_tried", delivery_id=delivery_id, status=outcome.status, fault=outcome.fault)


@nightly(RESUME_WEBHOOKS, hour_kst=3)
def resume_webhooks_task(context: JobContext) -> None:
    """Take up what a lost job left behind."""
    with services_of(context).database.transaction() as session:
        count = resume_overdue(session)
    if count:
        log.warning("webhooks_resumed", count=count)
