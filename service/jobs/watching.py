"""What is told of every job: how it ended, how long it took, and which request caused it."""

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry.trace import SpanKind
from procrastinate import JobContext
from prometheus_client import Counter, Histogram

from service.kit.tracing import span

log = structlog.get_logger()

JOBS = Counter("alliance_jobs_total", "Jobs that were run, by how that ended", ["task", "outcome"])
JOB_SECONDS = Histogram(
    "alliance_job_seconds",
    "Time to run a job",
    ["task"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800),
)
ORIGIN = "origin"
"""The argument of a job that says what caused it; no task sees it."""


def watched(
    name: str, function: Callable[..., None], is_last: Callable[[JobContext], bool]
) -> Callable[..., None]:
    """The task, with its time, its end and a log line of its own; `is_last` tells a final failure."""

    @functools.wraps(function)
    def run(context: JobContext, **arguments: Any) -> None:
        origin: Mapping[str, str] = arguments.pop(ORIGIN, {})
        request = {key: value for key, value in origin.items() if key == "request_id"}
        with (
            structlog.contextvars.bound_contextvars(job=name, **request),
            span(f"job {name}", SpanKind.CONSUMER, caused_by=origin),
            _recorded(name, lambda: is_last(context)),
        ):
            function(context, **arguments)

    return run


@contextmanager
def _recorded(name: str, is_last: Callable[[], bool]) -> Iterator[None]:
    started = time.perf_counter()
    outcome = "succeeded"
    try:
        yield
    except Exception:
        outcome = "failed" if is_last() else "retried"
        raise
    finally:
        seconds = time.perf_counter() - started
        JOBS.labels(name, outcome).inc()
        JOB_SECONDS.labels(name).observe(seconds)
        log.info("job", outcome=outcome, milliseconds=round(seconds * 1000, 1))
