"""Webhooks over HTTP, for administrators. What decides where data goes is done in person, not by a key."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from service.accounts.actor import Administrator, AdministratorInPerson
from service.db.idempotency import IdempotentRoute, shown_once
from service.db.session import DbSession
from service.db.tables import WebhookEndpoint, WebhookMessage
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.webhooks.answers import delivery_answer, delivery_with_attempts, event_types, webhook_answer
from service.webhooks.operations import (
    change_webhook,
    delete_webhook,
    redeliver,
    redeliver_failed,
    register_webhook,
    rotate_secret,
    send_test,
)
from service.webhooks.queries import (
    DeliveryFilter,
    attempts_of,
    get_delivery,
    get_webhook,
    get_webhook_to_delete,
    list_deliveries,
    list_webhooks,
)
from service.webhooks.schemas import (
    DeliveryAnswer,
    DeliveryWithAttempts,
    EventTypesAnswer,
    NewWebhookAnswer,
    RedeliveryAnswer,
    RedeliveryInput,
    SecretRotationInput,
    State,
    WebhookAnswer,
    WebhookInput,
    WebhookPatch,
)
from service.webhooks.sending import Sender
from service.webhooks.signing import secret_of

router = APIRouter(tags=["웹훅"], route_class=IdempotentRoute)


def sender_here(request: Request) -> Sender:
    """What webhooks are sent with; it also knows where none are sent to."""
    sender: Sender = request.app.state.webhook_sender
    return sender


SenderHere = Annotated[Sender, Depends(sender_here)]


@router.get("/webhook-event-types", summary="웹훅 이벤트의 종류")
def list_event_types() -> EventTypesAnswer:
    """받을 수 있는 이벤트를 설명과 보기로 봅니다. 이벤트에는 번호와 코드만 있고 개인정보는 없습니다."""
    return EventTypesAnswer(items=event_types())


@router.post("/webhooks", status_code=201, summary="웹훅 등록")
def create_webhook(
    request: Request,
    data: WebhookInput,
    actor: AdministratorInPerson,
    session: DbSession,
    sender: SenderHere,
    response: Response,
) -> NewWebhookAnswer:
    """다른 시스템이 변경 소식을 받을 주소를 등록합니다. 서명을 확인할 비밀값은 이때 한 번만 보입니다."""
    endpoint = register_webhook(session, actor, sender, data)
    response.headers["Location"] = f"/v1/webhooks/{endpoint.id}"
    return _shown(request, endpoint, response)


@router.get("/webhooks", summary="웹훅 목록")
def list_endpoints(
    _actor: Administrator, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[WebhookAnswer]:
    """등록한 웹훅들을 봅니다. 비밀값은 보이지 않습니다."""
    rows, next_cursor = list_webhooks(session, limit, cursor)
    return Page(items=[webhook_answer(row) for row in rows], next_cursor=next_cursor)


@router.get("/webhooks/{webhook_id}", summary="웹훅 보기")
def read_webhook(
    webhook_id: UUID, _actor: Administrator, session: DbSession, response: Response
) -> WebhookAnswer:
    """웹훅 하나를 봅니다."""
    return _answer(get_webhook(session, webhook_id), response)


@router.patch("/webhooks/{webhook_id}", summary="웹훅 고치기")
def update_webhook(
    webhook_id: UUID,
    patch: WebhookPatch,
    actor: AdministratorInPerson,
    session: DbSession,
    sender: SenderHere,
    response: Response,
    if_match: IfMatch = None,
) -> WebhookAnswer:
    """주소, 설명, 받을 이벤트를 고치거나 켜고 끕니다. 꺼져 있는 동안 일어난 일은 보내지 않습니다."""
    endpoint = get_webhook(session, webhook_id, lock=True)
    require_match(if_match, endpoint.version)
    return _answer(change_webhook(session, actor, sender, endpoint, patch), response)


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="웹훅 지우기")
def remove_webhook(
    webhook_id: UUID, actor: AdministratorInPerson, session: DbSession, if_match: IfMatch = None
) -> None:
    """웹훅과 그 전송 기록을 지웁니다. 보내는 중이던 것은 더 보내지 않습니다."""
    endpoint = get_webhook_to_delete(session, webhook_id)
    require_match(if_match, endpoint.version)
    delete_webhook(session, actor, endpoint)


@router.post("/webhooks/{webhook_id}/secret-rotation", summary="웹훅 비밀값 바꾸기")
def rotate_webhook_secret(
    request: Request,
    webhook_id: UUID,
    actor: AdministratorInPerson,
    session: DbSession,
    response: Response,
    data: SecretRotationInput | None = None,
) -> NewWebhookAnswer:
    """새 비밀값을 만듭니다. overlap_hours(정하지 않으면 24시간) 동안은 앞선 비밀값의 서명도 함께 보냅니다."""
    endpoint = get_webhook(session, webhook_id, lock=True)
    overlap = timedelta(hours=(data or SecretRotationInput()).overlap_hours)
    rotate_secret(session, actor, endpoint, overlap)
    return _shown(request, endpoint, response)


@router.post("/webhooks/{webhook_id}/test", status_code=201, summary="웹훅 시험 전송")
def try_webhook(
    webhook_id: UUID, _actor: Administrator, session: DbSession, response: Response
) -> DeliveryAnswer:
    """종류가 ping인 이벤트를 이 웹훅에만 보냅니다. 결과는 Location의 주소에서 봅니다."""
    delivery = send_test(session, get_webhook(session, webhook_id))
    response.headers["Location"] = f"/v1/webhook-deliveries/{delivery.id}"
    return delivery_answer(delivery, session.get_one(WebhookMessage, delivery.message_id))


@router.get("/webhooks/{webhook_id}/deliveries", summary="웹훅 전송 기록")
def list_endpoint_deliveries(
    webhook_id: UUID,
    _actor: Administrator,
    session: DbSession,
    state: State | None = None,
    event_type: Annotated[str | None, Query(max_length=100, alias="type")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[DeliveryAnswer]:
    """이 웹훅으로 보낸 것을 새것부터 봅니다. 90일이 지나면 지워집니다."""
    get_webhook(session, webhook_id)
    wanted = DeliveryFilter(state, event_type)
    rows, next_cursor = list_deliveries(session, webhook_id, wanted, limit, cursor)
    return Page(items=[delivery_answer(*row) for row in rows], next_cursor=next_cursor)


@router.post("/webhooks/{webhook_id}/redelivery", summary="전하지 못한 웹훅 모두 다시 보내기")
def redeliver_failed_ones(
    webhook_id: UUID, data: RedeliveryInput, _actor: Administrator, session: DbSession
) -> RedeliveryAnswer:
    """since부터 일어난 일 가운데 전하지 못한 것을 오래된 것부터 500건까지 다시 보냅니다."""
    sent, left = redeliver_failed(session, get_webhook(session, webhook_id), data.since)
    return RedeliveryAnswer(redelivered=sent, left=left)


@router.get("/webhook-deliveries/{delivery_id}", summary="웹훅 전송 보기")
def read_delivery(delivery_id: UUID, _actor: Administrator, session: DbSession) -> DeliveryWithAttempts:
    """보낸 내용과, 보낼 때마다 어떻게 되었는지 봅니다."""
    delivery = get_delivery(session, delivery_id)
    message = session.get_one(WebhookMessage, delivery.message_id)
    return delivery_with_attempts(delivery, message, attempts_of(session, delivery_id))


@router.post("/webhook-deliveries/{delivery_id}/redelivery", summary="웹훅 다시 보내기")
def redeliver_one(delivery_id: UUID, _actor: Administrator, session: DbSession) -> DeliveryAnswer:
    """같은 webhook-id로 지금 다시 보냅니다. 이미 전한 것도 다시 보낼 수 있습니다."""
    delivery = get_delivery(session, delivery_id, lock=True)
    redeliver(session, get_webhook(session, delivery.endpoint_id), delivery)
    return delivery_answer(delivery, session.get_one(WebhookMessage, delivery.message_id))


def _answer(endpoint: WebhookEndpoint, response: Response) -> WebhookAnswer:
    response.headers["ETag"] = etag(endpoint.version)
    return webhook_answer(endpoint)


def _shown(request: Request, endpoint: WebhookEndpoint, response: Response) -> NewWebhookAnswer:
    secret = secret_of(request.app.state.signing_key, endpoint.id, endpoint.secret_generation)
    shown_once(request, secret)
    return NewWebhookAnswer(**_answer(endpoint, response).model_dump(), secret=secret)
