"""What is refused before the application sees it: too many requests, too large bodies, broken addresses."""

from collections.abc import Callable

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.kit.addresses import subscriber_behind
from service.kit.problems import Problem, problem_response
from service.kit.rate_limits import REQUESTS, RateLimits

MEGABYTE = 1024 * 1024
LARGEST_DISCARDED = 512 * MEGABYTE
_UNLIMITED_PATHS = ("/healthz", "/readyz", "/metrics")


class RequestLimits:
    """ASGI layer inside `HttpFrame`. `limit_of(path)` gives the largest body in bytes for a path."""

    def __init__(self, app: ASGIApp, rate_limits: RateLimits, limit_of: Callable[[str], int]) -> None:
        self.app = app
        self.rate_limits = rate_limits
        self.limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self._refuse_early(scope, receive)
        except Problem as problem:
            await problem_response(problem, scope["state"]["request_id"])(scope, receive, send)
            return
        await self.app(scope, _bounded(receive, self.limit_of(scope["path"])), send)

    async def _refuse_early(self, scope: Scope, receive: Receive) -> None:
        path = scope["path"]
        if path not in _UNLIMITED_PATHS:
            self.rate_limits.count(REQUESTS, subscriber_behind(HTTPConnection(scope)))
        if "\x00" in path or b"%00" in scope["query_string"]:  # no text in the database can hold it
            raise Problem(400, "address_invalid")
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self.limit_of(path):
            if "expect" not in headers:
                await _discard(receive)
            raise _too_large(self.limit_of(path))


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
