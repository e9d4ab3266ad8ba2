"""How long a piece of work takes: into a histogram, and as a span where the work is being traced."""

import time
from contextlib import AbstractContextManager
from types import TracebackType

from prometheus_client import Histogram

from service.kit.tracing import span, traced


class Timed:
    """Entered around the work; written out as a class because some work takes microseconds itself."""

    __slots__ = ("_name", "_seconds", "_span", "_started")

    def __init__(self, seconds: Histogram, name: str) -> None:
        self._seconds = seconds
        self._name = name
        self._span: AbstractContextManager[None] | None = None

    def __enter__(self) -> None:
        if traced():
            self._span = span(self._name)
            self._span.__enter__()
        self._started = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seconds.observe(time.perf_counter() - self._started)
        if self._span is not None:
            self._span.__exit__(kind, error, trace)
