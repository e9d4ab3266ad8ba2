"""Webhooks on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from service.events.catalogue import EVENTS
from service.kit.texts import Clean, OneLine, not_null

LONGEST_URL = 500


def _url(text: str) -> str:
    """An address that can be called: with a name, without a password, of ASCII characters only."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise PydanticCustomError("webhook_url_invalid", "invalid address") from error
    plain = text.isascii() and text.isprintable() and " " not in text
    whole = parts.scheme in ("http", "https") and parts.hostname and port != 0
    if not plain or not whole or parts.username is not None or "#" in text:
        raise PydanticCustomError("webhook_url_invalid", "invalid address")
    return text


def _event_type(text: str) -> str:
    if text not in EVENTS:
        raise PydanticCustomError("webhook_event_unknown", "unknown event type", {"value": text[:100]})
    return text


Url = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_URL), Clean, OneLine, AfterValidator(_url)
]
Description = Annotated[str, StringConstraints(min_length=1, max_length=100), Clean, OneLine]
EventTypes = Annotated[
    list[Annotated[str, AfterValidator(_event_type)]],
    Field(max_length=len(EVENTS), description="받을 이벤트의 종류. 비우면 모두 받습니다."),
    AfterValidator(lambda types: list(dict.fromkeys(types))),
]


class WebhookInput(BaseModel):
    """An endpoint of another system."""

    model_config = ConfigDict(extra="forbid")

    url: Url = Field(description="https 주소. 내부망의 주소로는 보내지 않습니다.")
    description: Description = Field(description="어느 시스템이 받는지")
    event_types: EventTypes = []
    enabled: bool = True


class WebhookPatch(BaseModel):
    """What of it is to change."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[Url | None, AfterValidator(not_null)] = None
    description: Annotated[Description | None, AfterValidator(not_null)] = None
    event_types: Annotated[EventTypes | None, AfterValidator(not_null)] = None
    enabled: Annotated[bool | None, AfterValidator(not_null)] = None


class WebhookAnswer(BaseModel):
    """An endpoint; its secret is not part of it."""

    id: UUID
    url: str
    description: str
    event_types: list[str]
    enabled: bool
    disabled_reason: Literal["gone", "failing"] | None = Field(
        description="서비스가 끈 까닭. 410을 받았으면 gone, 닷새 동안 한 번도 받지 못했으면 failing입니다."
    )
    failing_since: datetime | None
    previous_until: datetime | None = Field(description="앞선 비밀값으로도 서명하는 기한")
    created_at: datetime
    updated_at: datetime


class NewWebhookAnswer(WebhookAnswer):
    """An endpoint at the only moment at which its secret is shown."""

    secret: str | None = Field(
        description="서명을 확인할 비밀값. 한 번만 보입니다. Idempotency-Key로 다시 받은 답에는 없습니다."
    )


class SecretRotationInput(BaseModel):
    """How long the secret before signs too."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(24, ge=0, le=168, description="앞선 비밀값으로도 함께 서명할 시간")


State = Literal["pending", "succeeded", "failed"]


class AttemptAnswer(BaseModel):
    """One try."""

    started_at: datetime
    duration_ms: int
    status: int | None = Field(description="받는 곳이 답한 HTTP 상태. 답이 없었으면 비어 있습니다.")
    fault: str | None
    text: str = Field(description="어떻게 되었는지")
    response: str = Field(description="답의 처음 1KB")


class DeliveryAnswer(BaseModel):
    """A message on its way to an endpoint."""

    id: UUID
    webhook_id: UUID
    message_id: str = Field(description="webhook-id 머리말의 값. 다시 보내도 같습니다.")
    type: str
    state: State
    attempts: int
    occurred_at: datetime
    next_attempt_at: datetime | None
    ended_at: datetime | None


class DeliveryWithAttempts(DeliveryAnswer):
    """The same with what was sent and every try, the latest first."""

    payload: dict[str, Any]
    tries: list[AttemptAnswer]


class RedeliveryInput(BaseModel):
    """From when on failed messages are sent again."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime = Field(description="이때부터 일어난 일 가운데 전하지 못한 것을 다시 보냅니다.")


class RedeliveryAnswer(BaseModel):
    """How many are on their way again; those above the bound are left for another call."""

    redelivered: int
    left: int


class EventTypeAnswer(BaseModel):
    """What can be told, in words and by an example."""

    type: str
    description: str
    example: dict[str, Any]


class EventTypesAnswer(BaseModel):
    """All of them."""

    items: list[EventTypeAnswer]
