"""Limits on how often one address may ask: kept in the memory of each process."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from service.kit.problems import Problem

REQUESTS = parse("1200/minute")
MAILS_WANTED_FROM = parse("30/hour")
MAILS_TO_ADDRESS = parse("5/hour")


class RateLimits:
    """Counts per address; does nothing when switched off."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, item: RateLimitItem, *who: str) -> None:
        """Count one event. Raises `Problem` 429 with Retry-After when there were too many."""
        if self._on and not self._limiter.hit(item, *who):
            raise self._too_many(item, *who)

    def _too_many(self, item: RateLimitItem, *who: str) -> Problem:
        reset = self._limiter.get_window_stats(item, *who).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        return Problem(429, "rate_limited", headers={"Retry-After": str(seconds)}, seconds=seconds)
