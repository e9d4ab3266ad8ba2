"""The frame around every request: its id, security headers, one log line, metrics."""

import re
import time
from collections.abc import Mapping
from contextvars import ContextVar

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.kit.drain import Drain
from service.kit.ids import new_id
from service.kit.problem_handlers import unexpected_response
from service.kit.tracing import name_request

log = structlog.get_logger()

REQUEST_COUNT = Counter("alliance_http_requests_total", "Answered requests", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("alliance_http_request_seconds", "Time to answer", ["method", "route"])

_at_hand: ContextVar[Scope | None] = ContextVar("request at hand", default=None)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DEEPEST_PREFIX = 2
"""Of a path's parts, the empty one before the first slash counted: /v1."""


class HttpFrame:
    """Outermost ASGI layer: gives the request its id, and every answer its headers.

    `behind_tls` tells browsers to come back over TLS only, which a plain HTTP service must not promise.
    Once `drain` has begun, each answer ends its connection.
    """

    def __init__(self, app: ASGIApp, *, behind_tls: bool = False, drain: Drain | None = None) -> None:
        self.app = app
        self.drain = drain or Drain()
        self.headers = SECURITY_HEADERS | (STRICT_TRANSPORT if behind_tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, {**self.headers, "X-Request-ID": request_id}, self.drain)
        started = time.perf_counter()
        name_request(request_id)
        before = _at_hand.set(scope)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, answer.send)
            finally:
                _at_hand.reset(before)
                _record(scope, answer.status or 500, time.perf_counter() - started)


class UnexpectedErrors:
    """ASGI layer that answers a fault of our own, which Starlette's would do outside of all layers.

    It stands inside CORS, so that a website's script may read this answer like any other.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send, {})
        try:
            await self.app(scope, receive, answer.send)
        except Exception as error:
            if scope["type"] != "http" or answer.status is not None:
                raise
            request_id = scope["state"]["request_id"]
            await unexpected_response(error, scope["path"], request_id)(scope, receive, send)


class _Answer:
    """Passes an answer on, with the headers that every answer carries."""

    def __init__(self, send: Send, headers: Mapping[str, str], drain: Drain | None = None) -> None:
        self._send = send
        self._headers = headers
        self._drain = drain
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            if self._drain is not None and self._drain.begun:
                headers["Connection"] = "close"
        await self._send(message)


def route_at_hand() -> str | None:
    """The route of the request that is being answered, for what happens deep below it; else None."""
    scope = _at_hand.get()
    return f"{_method(scope)} {_route_template(scope)}" if scope is not None else None


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else str(new_id())


def _route_template(scope: Scope) -> str:
    """The route's own path, parameters by name, behind the prefix that it is mounted under.

    A bounded set of labels, whatever is asked for.
    """
    template: str | None = getattr(scope.get("route"), "path_format", None)
    if template is None:
        return "unmatched"
    prefix = scope["path"].split("/")[: -template.count("/")]
    return "/".join(prefix) + template if len(prefix) <= DEEPEST_PREFIX else template


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "other"


def _record(scope: Scope, status: int, seconds: float) -> None:
    route = _route_template(scope)
    method = _method(scope)
    REQUEST_COUNT.labels(method, route, status).inc()
    REQUEST_SECONDS.labels(method, route).observe(seconds)
    log.info(
        "request",
        method=method,
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )
