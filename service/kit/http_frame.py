"""The frame around every request: its id, security headers, one log line, metrics."""

import re
import time
from collections.abc import Mapping

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.kit.ids import new_id
from service.kit.problem_handlers import unexpected_response

log = structlog.get_logger()

REQUEST_COUNT = Counter("alliance_http_requests_total", "Answered requests", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("alliance_http_request_seconds", "Time to answer", ["method", "route"])

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


class HttpFrame:
    """Outermost ASGI layer: gives the request its id and turns a fault of our own into an answer.

    `behind_tls` tells browsers to come back over TLS only, which a plain HTTP service must not promise.
    """

    def __init__(self, app: ASGIApp, *, behind_tls: bool = False) -> None:
        self.app = app
        self.headers = SECURITY_HEADERS | (STRICT_TRANSPORT if behind_tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, {**self.headers, "X-Request-ID": request_id})
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, answer.send)
            except Exception as error:  # here and not in Starlette's outermost layer: it knows no request id
                if answer.status is not None:
                    raise
                await unexpected_response(error, scope["path"], request_id)(scope, receive, answer.send)
            finally:
                _record(scope, answer.status or 500, time.perf_counter() - started)


class _Answer:
    """Passes an answer on, with the headers that every answer carries."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else str(new_id())


def _route_template(scope: Scope) -> str:
    """The path with its parameters' names instead of their values: a bounded set of labels."""
    if "route" not in scope:
        return "unmatched"
    path: str = scope["path"]
    for name, value in scope.get("path_params", {}).items():
        path = path.replace(str(value), f"{{{name}}}")
    return path


def _record(scope: Scope, status: int, seconds: float) -> None:
    route = _route_template(scope)
    REQUEST_COUNT.labels(scope["method"], route, status).inc()
    REQUEST_SECONDS.labels(scope["method"], route).observe(seconds)
    log.info(
        "request",
        method=scope["method"],
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )
