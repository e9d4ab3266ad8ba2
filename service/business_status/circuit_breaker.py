"""A circuit breaker: a service that is down is left alone for a while instead of being waited for.

After Nygard, "Release It!" (2nd ed., chapter 5): closed, open after some failures in a row, half-open for one
trial once the pause is over. Each process has its own.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from service.kit import clock

Answer = TypeVar("Answer")


class CircuitOpenError(Exception):
    """Not tried: the service failed a moment ago."""


class CircuitBreaker:
    """Lets calls through until `failures_to_open` of them in a row have failed, then none for `pause`."""

    def __init__(self, failures_to_open: int, pause: timedelta) -> None:
        self._failures_to_open = failures_to_open
        self._pause = pause
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: datetime | None = None

    def call(self, work: Callable[[], Answer]) -> Answer:
        """What `work` returns. Raises `CircuitOpenError` without calling it while the circuit is open."""
        self._admit()
        try:
            answer = work()
        except Exception:
            self._note_failure()
            raise
        with self._lock:
            self._failures, self._opened_at = 0, None
        return answer

    def _admit(self) -> None:
        with self._lock:
            if self._opened_at is None:
                return
            if clock.now() < self._opened_at + self._pause:
                raise CircuitOpenError
            self._opened_at = clock.now()  # half-open: this call tries, the others wait another pause

    def _note_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._failures_to_open:
                self._opened_at = clock.now()
