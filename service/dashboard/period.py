"""The period that a dashboard looks at: whole days in Korea."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.kit import clock
from service.kit.problems import field_problem

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
"""Days that can be asked for."""

MONTHS_SHOWN = 12
LONGEST = timedelta(days=10 * 366)


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    since: date
    until: date

    @classmethod
    def chosen(cls, since: date | None, until: date | None) -> "Period":
        """What was asked for; without a first day the twelve months that end with the last one.

        Raises `Problem` 422 when it ends before it begins or is longer than ten years.
        """
        last = until or clock.today()
        first = since or _months_before(last, MONTHS_SHOWN - 1)
        if first > last:
            raise field_problem("/until", "period_backwards")
        if last - first > LONGEST:
            raise field_problem("/since", "period_too_long")
        return cls(first, last)

    @property
    def bounds(self) -> dict[str, datetime]:
        """The instants that a query compares with: from `since`, before `until`."""
        return bounds(self.since, self.until)

    @property
    def months(self) -> list[date]:
        """The first day of every month that the period touches."""
        first = self.since.replace(day=1)
        count = (self.until.year - first.year) * 12 + self.until.month - first.month
        return [_months_before(first, -number) for number in range(count + 1)]


def bounds(since: date, until: date) -> dict[str, datetime]:
    """Midnight in Korea at the start of the first day and at the end of the last."""
    return {"since": clock.midnight(since), "until": clock.midnight(until + timedelta(days=1))}


def last_day(month: date) -> date:
    """The last day of the month that begins on that day."""
    return _months_before(month, -1) - timedelta(days=1)


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
