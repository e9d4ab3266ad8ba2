"""What the database is asked: slow statements go to the log, each to the trace of the work that asks.

A statement is written down as it was prepared, with placeholders. Its values stay out: they are what people
typed. For the same reason PostgreSQL's own `log_min_duration_statement`, which adds them, is left off.
"""

import threading
import time
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from service.kit.http_frame import route_at_hand
from service.kit.tracing import past_span, traced

log = structlog.get_logger()

SLOW = Counter("alliance_slow_statements_total", "Statements slower than ALLIANCE_SLOW_QUERY_MS")
LONGEST_SHOWN = 1000


class _AtHand(threading.local):
    """The statement that this thread runs: `Connection.info` is missing while SQLAlchemy greets a server."""

    started_ns: int | None = None


def watch_statements(engine: Engine, slow_ms: int) -> None:
    """Log every statement of this engine that takes longer than `slow_ms`, the failed ones too."""

    at_hand = _AtHand()

    def before(*_: Any) -> None:
        at_hand.started_ns = time.perf_counter_ns()

    def ended(statement: str, error: str | None) -> None:
        started, at_hand.started_ns = at_hand.started_ns, None
        if started is None:
            return
        taken = time.perf_counter_ns() - started
        if taken > slow_ms * 1_000_000:
            _log_slow(statement, taken / 1_000_000, error)
        if traced():
            _trace(statement, taken, error)

    def after(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        ended(statement, None)

    def failed(context: ExceptionContext) -> None:
        ended(context.statement or "", type(context.original_exception).__name__)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "handle_error", failed)


def _log_slow(statement: str, milliseconds: float, error: str | None) -> None:
    SLOW.inc()
    told = {"route": route_at_hand(), "error": error}
    log.warning(
        "slow_statement",
        milliseconds=round(milliseconds, 1),
        statement=_in_one_line(statement),
        **{name: value for name, value in told.items() if value is not None},
    )


def _trace(statement: str, taken_ns: int, error: str | None) -> None:
    text = _in_one_line(statement)
    attributes = {"db.system.name": "postgresql", "db.query.text": text}
    if error is not None:
        attributes["error.type"] = error
    past_span(text.partition(" ")[0].upper(), time.time_ns() - taken_ns, attributes)


def _in_one_line(statement: str) -> str:
    return " ".join(statement.split())[:LONGEST_SHOWN]
