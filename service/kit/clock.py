"""The one place where the service reads the time, so that a test can stand still."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")

_frozen_at: datetime | None = None


def now() -> datetime:
    """The current instant, in UTC."""
    return _frozen_at or datetime.now(UTC)


def today() -> date:
    """The calendar day in Korea, where every due date and deadline is meant."""
    return now().astimezone(KST).date()


def midnight(day: date) -> datetime:
    """The instant at which that day begins in Korea."""
    return datetime.combine(day, time(), KST)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` (time zone required) inside the block."""
    global _frozen_at  # noqa: PLW0603 - one process has one clock
    if at.tzinfo is None:
        raise ValueError("a frozen clock needs a time zone")
    before, _frozen_at = _frozen_at, at
    try:
        yield
    finally:
        _frozen_at = before
