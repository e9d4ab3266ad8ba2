"""Turns at costly work: a few at once, a few more wait for a moment, everybody else is refused at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from service.kit.problems import Problem

RETRY_AFTER = {"Retry-After": "2"}


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
            raise Problem(503, code, headers=RETRY_AFTER)
        try:
            if not self._working.acquire(timeout=self._seconds):
                raise Problem(503, code, headers=RETRY_AFTER)
            try:
                self._mine.held = True
                yield
            finally:
                self._mine.held = False
                self._working.release()
        finally:
            self._room.release()
