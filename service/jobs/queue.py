"""Putting work on the queue, in the transaction that makes it necessary."""

import contextlib
from datetime import datetime
from enum import IntEnum, StrEnum

import structlog
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import JSONValue
from sqlmodel import Session

from service.jobs.watching import ORIGIN
from service.kit.tracing import cause

# Never opened: it only writes rows through the connection of the caller's transaction.
_queue = App(connector=SyncPsycopgConnector())


class Priority(IntEnum):
    """Which waiting work is taken first: the higher."""

    BULK = 0
    PERSON_WAITS = 10


class Queue(StrEnum):
    """Where work waits: what waits for other systems must not hold up the service's own."""

    OWN = "default"
    OUTWARD = "outward"


def enqueue(
    session: Session,
    task: str,
    *,
    once: str,
    priority: Priority = Priority.PERSON_WAITS,
    queue: Queue = Queue.OWN,
    at: datetime | None = None,
    **arguments: JSONValue,
) -> None:
    """Run `task` with these arguments after the commit, not before `at`; a rollback takes it back.

    `once` names work of which one waiting copy is enough: a second is not added while the first
    waits, and two of that name never run at the same time.
    """
    with contextlib.suppress(AlreadyEnqueued), session.begin_nested():
        # Asking for the connection is what sets the savepoint: it must happen inside the nested block.
        connection = session.connection().connection.driver_connection
        deferrer = _queue.configure_task(
            task,
            queueing_lock=once,
            lock=once,
            priority=priority,
            queue=queue.value,
            schedule_at=at,
            connection=connection,
        )
        deferrer.defer(**arguments, **_origin())


def _origin() -> dict[str, JSONValue]:
    """What the log and the trace of the job name as its cause; nothing outside of a request."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    origin: dict[str, JSONValue] = dict(cause())
    if request_id:
        origin["request_id"] = str(request_id)
    return {ORIGIN: origin} if origin else {}
