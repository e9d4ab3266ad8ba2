"""What was sent to another system, and every try to send it."""

import json
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import WebhookMessage
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import AdminVisitor, Visitor
from service.webhooks.answers import delivery_with_attempts
from service.webhooks.operations import redeliver
from service.webhooks.queries import attempts_of, get_delivery, get_webhook

router = APIRouter()


@router.get("/admin/webhook-deliveries/{delivery_id}")
def show_delivery(visitor: AdminVisitor, delivery_id: UUID, session: DbSession) -> HTMLResponse:
    """The message and its tries, the latest first."""
    return _delivery_page(visitor, session, delivery_id, Form())


@router.post("/admin/webhook-deliveries/{delivery_id}/redelivery")
def send_again(visitor: AdminVisitor, delivery_id: UUID, form: Posted, session: DbSession) -> Response:
    """Send it once more, under the same number."""
    with form.trying(session):
        delivery = get_delivery(session, delivery_id, lock=True)
        redeliver(session, get_webhook(session, delivery.endpoint_id), delivery)
        return go_to(f"/admin/webhook-deliveries/{delivery_id}", done="webhook_redelivered")
    return _delivery_page(visitor, session, delivery_id, form, status=422)


def _delivery_page(
    visitor: Visitor, session: Session, delivery_id: UUID, form: Form, status: int = 200
) -> HTMLResponse:
    delivery = get_delivery(session, delivery_id)
    message = session.get_one(WebhookMessage, delivery.message_id)
    shown = delivery_with_attempts(delivery, message, attempts_of(session, delivery_id))
    return page(
        visitor,
        "admin/webhook_delivery.html",
        status=status,
        form=form,
        delivery=shown,
        payload=json.dumps(shown.payload, ensure_ascii=False, indent=2),
        webhook=get_webhook(session, delivery.endpoint_id),
    )
