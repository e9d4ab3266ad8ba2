"""A refusal as a page: where a browser asks for a page, it gets one instead of a problem document.

The document is made as everywhere else; this outermost layer only puts it into words for a person, so that
nothing that can fail has to know who asks. The API's own addresses always answer with documents.
"""

import json
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.accounts.actor import ANONYMOUS
from service.kit.problems import MEDIA_TYPE
from service.messages.web import ON_PAGES
from service.web.rendering import HEADERS, page
from service.web.visitor import VISITOR, Visitor

NOT_PAGES = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")


class ProblemPages:
    """ASGI layer around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _wants_page(scope):
            scope.setdefault("state", {})
            send = _Translated(scope, send).send
        await self.app(scope, receive, send)


class _Translated:
    """Holds a problem document back until it is whole, and sends a page in its place."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._start: MutableMapping[str, Any] | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._start)

    async def _send_page(self, start: MutableMapping[str, Any]) -> None:
        problem = json.loads(self._body)
        visitor = self._scope["state"].get(VISITOR) or Visitor(ANONYMOUS, self._scope["path"])
        said = ON_PAGES.get(problem["code"], problem["detail"])
        shown = page(visitor, "problem.html", status=problem["status"], problem=problem, said=said)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers.update(HEADERS)
        headers.update({"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(shown.body))})
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": bytes(shown.body)})


def _wants_page(scope: Scope) -> bool:
    path = scope["path"]
    return "text/html" in Headers(scope=scope).get("accept", "") and not f"{path}/".startswith(NOT_PAGES)


def _is_problem(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)
