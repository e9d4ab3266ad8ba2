"""Waiting for what happens elsewhere: in another thread or process."""

import time
from collections.abc import Callable

LONGEST_WAIT_SECONDS = 60.0


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it holds before that time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def until(holds: Callable[[], bool]) -> None:
    """Return once it holds; a test whose machine is only slow does not fail."""
    assert within(LONGEST_WAIT_SECONDS, holds)
