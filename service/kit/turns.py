"""Turns at costly work: a few at once, a few more wait for a moment, everybody else is refused at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter

from service.kit.problems import Problem

RETRY_AFTER = {"Retry-After": "2"}
REFUSED = Counter("alliance_turns_refused_total", "Requests refused as costly work was full", ["code"])


class Turns:
    """At most `at_once` threads work while `waiting` others wait up to `seconds`.

    Few may wait: whoever waits holds one of the threads that answer all other requests.
    """

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._room = threading.BoundedSemaphore(at_once + waiting)
        self._working = threading.BoundedSemaphore(at_once)
        self._seconds = seconds
        self._mine = threading.local()

    @contextmanager
    def take(self, code: str) -> Iterator[None]:
        """Hold a turn inside the block; who holds one already goes on. Raises `Problem` 503 of that code."""
        if getattr(self._mine, "held", False):
            yield
            return
        if not self._room.acquire(blocking=False):
            raise _refusal(code)
        try:
            if not self._working.acquire(timeout=self._seconds):
                raise _refusal(code)
            try:
                self._mine.held = True
                yield
            finally:
                self._mine.held = False
                self._working.release()
        finally:
            self._room.release()


def _refusal(code: str) -> Problem:
    REFUSED.labels(code).inc()
    return Problem(503, code, headers=RETRY_AFTER)
