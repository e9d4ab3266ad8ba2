"""Webhooks: where other systems are told of changes. A secret is shown by the answer that made it only."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import DeliveryState, WebhookEndpoint
from service.events.catalogue import EVENTS
from service.kit import clock
from service.kit.etags import require_match
from service.messages.admin import AUDIT_NOUNS
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import AdminVisitor, Visitor
from service.webhooks.answers import delivery_answer
from service.webhooks.endpoints import SenderHere
from service.webhooks.operations import (
    change_webhook,
    delete_webhook,
    redeliver_failed,
    register_webhook,
    rotate_secret,
    send_test,
)
from service.webhooks.queries import (
    DeliveryFilter,
    get_webhook,
    get_webhook_to_delete,
    list_deliveries,
    list_webhooks,
)
from service.webhooks.schemas import SecretRotationInput, State, WebhookInput, WebhookPatch
from service.webhooks.signing import secret_of

router = APIRouter()

PAGE_LENGTH = 30
OVERLAPS = ("24", "0", "72", "168")
STATES = [state.value for state in DeliveryState]


class AskedDeliveries(BaseModel):
    """Which deliveries."""

    state: State | None = None
    type: str | None = None


class AskedDay(BaseModel):
    """From which day on."""

    since: date


@router.get("/admin/webhooks")
def show_webhooks(visitor: AdminVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """Every webhook."""
    rows, next_cursor = list_webhooks(session, PAGE_LENGTH, cursor_of(asked))
    return page(visitor, "admin/webhooks.html", webhooks=rows, next_cursor=next_cursor)


@router.get("/admin/webhooks/new")
def show_new_webhook(visitor: AdminVisitor) -> HTMLResponse:
    """The form for one."""
    return _form_page(visitor, Form([("enabled", "true")]))


@router.post("/admin/webhooks/new")
def make_webhook(
    request: Request, visitor: AdminVisitor, form: Posted, session: DbSession, sender: SenderHere
) -> Response:
    """Register it and show its secret: the answer is kept by no cache and has no address of its own."""
    with form.trying(session):
        endpoint = register_webhook(session, visitor.actor, sender, form.read(WebhookInput))
        return _secret_page(request, visitor, endpoint)
    return _form_page(visitor, form, status=422)


@router.get("/admin/webhooks/{webhook_id}")
def show_webhook(visitor: AdminVisitor, webhook_id: UUID, asked: Asked, session: DbSession) -> HTMLResponse:
    """One webhook and what was sent there."""
    return _webhook_page(visitor, session, get_webhook(session, webhook_id), asked)


@router.get("/admin/webhooks/{webhook_id}/edit")
def show_edit(visitor: AdminVisitor, webhook_id: UUID, session: DbSession) -> HTMLResponse:
    """The form with what it is now."""
    endpoint = get_webhook(session, webhook_id)
    held = endpoint.model_dump(mode="json", include={"url", "description", "event_types", "enabled"})
    return _form_page(visitor, Form.holding(held), endpoint)


@router.post("/admin/webhooks/{webhook_id}/edit")
def edit_webhook(
    visitor: AdminVisitor, webhook_id: UUID, form: Posted, session: DbSession, sender: SenderHere
) -> Response:
    """Change it, as the page that sent the form showed it."""
    with form.trying(session):
        endpoint = get_webhook(session, webhook_id, lock=True)
        require_match(f'"{form.text("version")}"', endpoint.version)
        change_webhook(session, visitor.actor, sender, endpoint, form.read(WebhookPatch))
        return go_to(f"/admin/webhooks/{webhook_id}", done="saved")
    return _form_page(visitor, form, get_webhook(session, webhook_id), status=422)


@router.post("/admin/webhooks/{webhook_id}/rotation")
def rotate_webhook(
    request: Request, visitor: AdminVisitor, webhook_id: UUID, form: Posted, session: DbSession
) -> Response:
    """A new secret, shown once."""
    with form.trying(session):
        endpoint = get_webhook(session, webhook_id, lock=True)
        overlap = timedelta(hours=form.read(SecretRotationInput).overlap_hours)
        rotate_secret(session, visitor.actor, endpoint, overlap)
        return _secret_page(request, visitor, endpoint)
    return _webhook_page(visitor, session, get_webhook(session, webhook_id), form, status=422)


@router.post("/admin/webhooks/{webhook_id}/test")
def send_ping(visitor: AdminVisitor, webhook_id: UUID, form: Posted, session: DbSession) -> Response:
    """Send a ping there."""
    with form.trying(session):
        delivery = send_test(session, get_webhook(session, webhook_id))
        return go_to(f"/admin/webhook-deliveries/{delivery.id}", done="webhook_tested")
    return _webhook_page(visitor, session, get_webhook(session, webhook_id), form, status=422)


@router.post("/admin/webhooks/{webhook_id}/redelivery")
def send_failed_again(visitor: AdminVisitor, webhook_id: UUID, form: Posted, session: DbSession) -> Response:
    """Send again what failed since a day."""
    with form.trying(session):
        day = form.read(AskedDay).since
        since = datetime(day.year, day.month, day.day, tzinfo=clock.KST)
        redeliver_failed(session, get_webhook(session, webhook_id), since)
        return go_to(f"/admin/webhooks/{webhook_id}", done="webhook_redelivered")
    return _webhook_page(visitor, session, get_webhook(session, webhook_id), form, status=422)


@router.post("/admin/webhooks/{webhook_id}/deletion")
def delete_endpoint(visitor: AdminVisitor, webhook_id: UUID, session: DbSession) -> Response:
    """End it, with its log."""
    delete_webhook(session, visitor.actor, get_webhook_to_delete(session, webhook_id))
    return go_to("/admin/webhooks", done="webhook_deleted")


def _webhook_page(
    visitor: Visitor, session: Session, endpoint: WebhookEndpoint, form: Form, status: int = 200
) -> HTMLResponse:
    """`form` is what the log is asked for, or a form of the page that was refused."""
    wanted = AskedDeliveries() if form.is_refused else wanted_of(form, session, AskedDeliveries)
    asked_for = DeliveryFilter(wanted.state, wanted.type)
    rows, next_cursor = list_deliveries(session, endpoint.id, asked_for, PAGE_LENGTH, cursor_of(form))
    shown: dict[str, Any] = {
        "webhook": endpoint,
        "deliveries": [delivery_answer(*row) for row in rows],
        "next_cursor": next_cursor,
        "query": query_of(form),
        "states": STATES,
        "types": [*EVENTS, "ping"],
        "overlaps": OVERLAPS,
        "now": clock.now(),
        "today": clock.today(),
    }
    return page(visitor, "admin/webhook.html", status=status, form=form, **shown)


def _secret_page(request: Request, visitor: Visitor, endpoint: WebhookEndpoint) -> HTMLResponse:
    secret = secret_of(request.app.state.signing_key, endpoint.id, endpoint.secret_generation)
    return page(visitor, "admin/new_webhook.html", status=201, webhook=endpoint, secret=secret)


def _form_page(
    visitor: Visitor, form: Form, endpoint: WebhookEndpoint | None = None, status: int = 200
) -> HTMLResponse:
    return page(
        visitor, "admin/webhook_form.html", status=status, form=form, webhook=endpoint, groups=_groups()
    )


def _groups() -> Sequence[tuple[str, Sequence[str]]]:
    """The events by what they are about."""
    by_noun: Mapping[str, list[str]] = {
        noun: list(types) for noun, types in groupby(EVENTS, key=lambda each: each.partition(".")[0])
    }
    return [(AUDIT_NOUNS[noun], types) for noun, types in by_noun.items()]
