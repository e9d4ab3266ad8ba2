"""The frame around every request: its id, its limits, security headers, one log line, metrics."""

import re
import time
from collections.abc import Callable

import structlog
from fastapi import HTTPException
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.kit.ids import new_id
from service.kit.problem_handlers import unexpected_response
from service.kit.problems import Problem, problem_response
from service.kit.rate_limits import REQUESTS, RateLimits

log = structlog.get_logger()

REQUEST_COUNT = Counter("alliance_http_requests_total", "Answered requests", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("alliance_http_request_seconds", "Time to answer", ["method", "route"])

MEGABYTE = 1024 * 1024
LARGEST_DISCARDED = 512 * MEGABYTE
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNLIMITED_PATHS = ("/healthz", "/readyz", "/metrics")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class HttpFrame:
    """Outermost ASGI layer. `limit_of(path)` gives the largest body in bytes for a path."""

    def __init__(self, app: ASGIApp, rate_limits: RateLimits, limit_of: Callable[[str], int]) -> None:
        self.app = app
        self.rate_limits = rate_limits
        self.limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        started = time.perf_counter()
        try:
            await self._refuse_early(scope, receive)
            await self.app(scope, _bounded(receive, self.limit_of(scope["path"])), answer.send)
        except Problem as problem:
            if answer.status is None:
                await problem_response(problem, request_id)(scope, receive, answer.send)
        except Exception as error:  # here and not in Starlette's outermost layer, which knows no request id
            if answer.status is not None:
                raise
            await unexpected_response(error, scope["path"], request_id)(scope, receive, answer.send)
        finally:
            _record(scope, answer.status or 500, request_id, time.perf_counter() - started)

    async def _refuse_early(self, scope: Scope, receive: Receive) -> None:
        path = scope["path"]
        if path not in _UNLIMITED_PATHS:
            self.rate_limits.count(REQUESTS, scope["client"][0] if scope.get("client") else "local")
        if "\x00" in path or b"%00" in scope["query_string"]:  # no text in the database can hold it
            raise Problem(400, "address_invalid")
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self.limit_of(path):
            if "expect" not in headers:
                await _discard(receive)
            raise _too_large(self.limit_of(path))


class _Answer:
    """Passes an answer on, with the headers that every answer carries."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._request_id
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _too_large(limit: int) -> Problem:
    return Problem(413, "body_too_large", limit_mb=limit // MEGABYTE, headers={"Connection": "close"})


async def _discard(receive: Receive, seen: int = 0) -> None:
    """Read the rest of a body that is refused: a client that is still sending does not see the answer."""
    more = True
    while more and seen < LARGEST_DISCARDED:
        message = await receive()
        seen += len(message.get("body", b""))
        more = message.get("more_body", False)


def _bounded(receive: Receive, limit: int) -> Receive:
    """Refuses a body that grows past the limit without having declared its length."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            if message.get("more_body", False):
                await _discard(receive, seen)
            raise HTTPException(413, str(limit // MEGABYTE))  # the one kind that body parsing lets through
        return message

    return bounded


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


def _record(scope: Scope, status: int, request_id: str, seconds: float) -> None:
    route = _route_template(scope)
    REQUEST_COUNT.labels(scope["method"], route, status).inc()
    REQUEST_SECONDS.labels(scope["method"], route).observe(seconds)
    log.info(
        "request",
        method=scope["method"],
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        request_id=request_id,
    )
