"""Every event as the `webhooks` of the OpenAPI document, so that receivers can be generated from it."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Response
from pydantic import BaseModel, Field, create_model

from service.events.catalogue import EVENTS, PublicEvent
from service.messages.webhooks import EVENT_TEXTS

router = APIRouter(tags=["웹훅"])
"""Never mounted: it describes what others serve."""

Id = Annotated[str, Header(description="메시지의 번호. 다시 보내도 같아, 두 번 온 것을 알아봅니다.")]
Timestamp = Annotated[str, Header(description="보낸 때 (1970년부터의 초). 5분 넘게 어긋나면 받지 마세요.")]
Signature = Annotated[
    str,
    Header(description="`v1,`과 서명(HMAC-SHA256, base64). 빈칸으로 나뉜 것 가운데 하나만 맞으면 됩니다."),
]


def _document(event: PublicEvent) -> None:
    router.add_api_route(
        event.type,
        _receiver(_payload(event)),
        methods=["POST"],
        status_code=204,
        response_class=Response,
        response_description="받았습니다. 2xx가 아니면 다시 보냅니다.",
        summary=EVENT_TEXTS[event.type],
        operation_id=f"webhook_{event.type.replace('.', '_')}",
    )


def _payload(event: PublicEvent) -> type[BaseModel]:
    name = "".join(part.capitalize() for part in event.type.replace(".", "_").split("_"))
    kind: Any = Literal[event.type]
    members: dict[str, Any] = dict.fromkeys((*event.subjects, *event.carried), (str, ...))
    path = (str, Field(description="자세한 내용을 볼 API의 주소 (서비스 주소 뒤에 붙입니다)"))
    data = create_model(f"{name}Data", __doc__="번호와 코드.", **members, path=path)
    return create_model(
        f"{name}Event",
        __doc__=EVENT_TEXTS[event.type],
        type=(kind, ...),
        timestamp=(datetime, Field(description="일어난 때")),
        data=(data, ...),
    )


def _receiver(model: type[BaseModel]) -> Callable[..., None]:
    def receive(
        payload: Annotated[Any, Body()],
        webhook_id: Id,
        webhook_timestamp: Timestamp,
        webhook_signature: Signature,
    ) -> None:
        """서명을 확인하고 8초 안에 2xx로 답해 주세요. 순서는 약속하지 않습니다."""

    receive.__annotations__["payload"] = model
    return receive


for _event in EVENTS.values():
    _document(_event)
