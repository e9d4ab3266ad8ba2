"""Idempotency-Key on POST: the answer is kept in the transaction of the effect itself.

A replay returns what was answered the first time; while the first is still running the second
is refused; after a rollback nothing is kept and the key is free again. A secret that an endpoint
names with `shown_once` is not kept: in a replay null stands in its place.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import delete, text
from sqlmodel import Session, col
from starlette.concurrency import run_in_threadpool

from service.db.tables import IdempotencyRecord
from service.kit import clock
from service.kit.problems import Problem

KEPT_FOR = timedelta(hours=24)
_KEY = re.compile(r"[A-Za-z0-9_\-]{1,200}")
_KEPT_HEADERS = ("location", "etag", "content-type")


def shown_once(request: Request, secret: str) -> None:
    """Keep this text, a whole string of the answer, out of what is stored for a replay."""
    request.state.shown_once = secret


class IdempotentRoute(APIRoute):
    """A route whose POSTs honour Idempotency-Key.

    The application's state has `holder_of(request)`, which names who the key belongs to.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, wrapped: it runs inside the request's transaction, before the commit."""
        handler = super().get_route_handler()

        async def idempotent(request: Request) -> Response:
            key = request.headers.get("Idempotency-Key")
            if key is None or request.method != "POST":
                return await handler(request)
            if not _KEY.fullmatch(key):
                raise Problem(422, "idempotency_key_invalid")
            ticket = await _ticket(request, key)
            request.state.on_begin = partial(_claim, ticket)
            try:
                response = await handler(request)
            except _AnsweredBefore as replay:
                return replay.answer
            session: Session | None = getattr(request.state, "session", None)
            if session is not None and response.status_code < 400:
                secret: str | None = getattr(request.state, "shown_once", None)
                await run_in_threadpool(_keep, session, ticket, response, secret)
            return response

        return idempotent


class _AnsweredBefore(Exception):  # noqa: N818 - not a fault
    """The key was answered before; `answer` is that answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


class _Ticket:
    """Whose key it is (`scope`) and for which request (`fingerprint`)."""

    def __init__(self, scope: str, key: str, fingerprint: str) -> None:
        self.scope = scope
        self.key = key
        self.fingerprint = fingerprint

    @property
    def lock(self) -> int:
        """A number for an advisory lock, the same in every process."""
        digest = hashlib.sha256(f"{self.scope}\n{self.key}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


async def _ticket(request: Request, key: str) -> _Ticket:
    holder: str = request.app.state.holder_of(request)
    scope = hashlib.sha256(holder.encode()).hexdigest()[:32]
    request_line = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    # Keyed: a body may hold a password, and a plain hash of the rest of it could be guessed against.
    signing_key: str = request.app.state.signing_key
    fingerprint = hmac.digest(signing_key.encode(), request_line + await request.body(), "sha256").hex()
    return _Ticket(scope, key, fingerprint)


def _claim(ticket: _Ticket, session: Session) -> None:
    """At the begin of the transaction: take the key, or end the request with what is known of it."""
    taken = session.execute(
        text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": ticket.lock}
    ).scalar_one()
    if not taken:
        raise Problem(409, "idempotency_in_progress", headers={"Retry-After": "1"})
    record = session.get(IdempotencyRecord, (ticket.scope, ticket.key))
    if record is None:
        return
    if record.created_at < clock.now() - KEPT_FOR:
        session.delete(record)
        session.flush()
        return
    if record.fingerprint != ticket.fingerprint:
        raise Problem(422, "idempotency_key_reused")
    headers = dict(record.headers) | {"Idempotency-Replayed": "true"}
    raise _AnsweredBefore(Response(record.body, record.status, headers))


def _keep(session: Session, ticket: _Ticket, response: Response, secret: str | None) -> None:
    body = bytes(response.body)
    if secret is not None:
        body = body.replace(json.dumps(secret).encode(), b"null")
    headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
    expired = col(IdempotencyRecord.created_at) < clock.now() - KEPT_FOR
    session.execute(delete(IdempotencyRecord).where(expired))
    session.add(
        IdempotencyRecord(
            scope=ticket.scope,
            key=ticket.key,
            fingerprint=ticket.fingerprint,
            status=response.status_code,
            headers=headers,
            body=body,
        )
    )
    session.flush()
