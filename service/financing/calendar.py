"""Korean bank business days and the dates on which instalments fall due."""

import calendar as gregorian
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version

import holidays

from service.financing.conventions import BusinessDay

LAST_CALENDAR_YEAR = 2100
"""Lunar holidays are known to the holiday package up to this year."""

_PACKAGE_VERSION = version("holidays")
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, eq=False)
class BusinessCalendar:
    """Weekdays that are neither public nor bank holidays, unless `overrides` says otherwise.

    `overrides` maps a date to True (banks open) or False (closed): a temporary holiday proclaimed
    after the package was published is entered there. Holidays come from the `holidays` package,
    South Korea, categories public and bank; without the second one 1 May is missing before 2026.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    _years: dict[int, Mapping[date, str]] = field(default_factory=dict, repr=False, compare=False)
    _moved: dict[tuple[date, BusinessDay], date] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def version(self) -> str:
        """The name of the calendar as an answer states it, overrides included."""
        name = f"holidays {_PACKAGE_VERSION} KR public+bank"
        if not self.overrides:
            return name
        listing = ",".join(f"{day}={is_open}" for day, is_open in sorted(self.overrides.items()))
        return f"{name} +{len(self.overrides)} overrides {sha256(listing.encode()).hexdigest()[:8]}"

    def is_business_day(self, day: date) -> bool:
        """True when banks are open on that day."""
        override = self.overrides.get(day)
        if override is not None:
            return override
        return day.weekday() < _SATURDAY and day not in self._holidays_of(day.year)

    def adjust(self, day: date, convention: BusinessDay) -> date:
        """The day on which something due on `day` is paid."""
        moved = self._moved.get((day, convention))
        if moved is None:
            moved = self._adjusted(day, convention)
            self._moved[day, convention] = moved
        return moved

    def open_from(self, day: date) -> date:
        """That day, or the next one on which banks are open."""
        return self._seek(day, _DAY)

    def _adjusted(self, day: date, convention: BusinessDay) -> date:
        if convention is BusinessDay.NONE:
            return day
        if convention is BusinessDay.PRECEDING:
            return self._seek(day, -_DAY)
        following = self._seek(day, _DAY)
        if convention is BusinessDay.MODIFIED_FOLLOWING and following.month != day.month:
            return self._seek(day, -_DAY)
        return following

    def _seek(self, day: date, step: timedelta) -> date:
        while not self.is_business_day(day):
            day += step
        return day

    def holiday_name(self, day: date) -> str | None:
        """What that holiday is called in Korean; None for any other day, plain weekends included."""
        return self._holidays_of(day.year).get(day)

    def _holidays_of(self, year: int) -> Mapping[date, str]:
        known = self._years.get(year)
        if known is None:
            listed = holidays.country_holidays("KR", years=year, categories=("public", "bank"), language="ko")
            known = self._years[year] = {day: name for day, name in listed.items() if day.year == year}
        return known


@dataclass(frozen=True, eq=False)
class AgreedCalendar(BusinessCalendar):
    """The days to which the due dates of one contract were moved when it began.

    A holiday that is proclaimed later moves none of them, so the schedule stays as it was agreed. On which
    days banks are open, and where other days move, is said by the present calendar.
    """

    payment_days: Mapping[date, date] = field(default_factory=dict)
    agreed_version: str = ""

    @cached_property
    def version(self) -> str:
        """The name of the calendar that moved them."""
        return self.agreed_version

    def adjust(self, day: date, convention: BusinessDay) -> date:
        """As agreed, or as the present calendar has it."""
        return self.payment_days.get(day) or super().adjust(day, convention)


def months_after(start: date, months: int, anchor_day: int) -> date:
    """The anchor day `months` months after `start`'s month, or that month's last day when shorter.

    The anchor is kept: 31 January -> 29 February -> 31 March.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    if anchor_day > 28:
        anchor_day = min(anchor_day, gregorian.monthrange(year, month)[1])
    return date(year, month, anchor_day)


def years_after(start: date, years: int) -> date:
    """The same day `years` years later; 29 February becomes 28 February in a common year."""
    return months_after(start, 12 * years, start.day)


def leap_and_common_days(start: date, end: date) -> tuple[int, int]:
    """How many of the days from `start` up to but not including `end` lie in leap and in common years."""
    leap = common = 0
    for year in range(start.year, end.year + 1):
        first = max(start, date(year, 1, 1))
        last = min(end, date(year + 1, 1, 1))
        if gregorian.isleap(year):
            leap += (last - first).days
        else:
            common += (last - first).days
    return leap, common
