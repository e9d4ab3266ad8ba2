"""The periods between instalments, and how much interest a won bears over a part of one."""

from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from service.financing.calendar import BusinessCalendar, leap_and_common_days, months_after
from service.financing.conventions import AccrueTo, BusinessDay, DayCount
from service.financing.errors import TermsError
from service.financing.terms import MOST_MONTHS, Terms

Factor = tuple[int, int]
"""Interest on one won as numerator and denominator."""


class Period(NamedTuple):
    """One period. Interest runs from `begins` up to but not including `ends`.

    `is_month` tells that a `monthly` day count takes it for a twelfth of a year. Without a start
    date there are no dates.
    """

    number: int
    due_date: date | None
    payment_date: date | None
    begins: date | None
    ends: date | None
    is_month: bool


def payment_anchor(
    start: date, first_due_date: date | None = None, payment_day: int | None = None
) -> tuple[date, int]:
    """The first due date and the day of month that the later ones keep.

    A chosen payment day applies from the month after the start. A first due date that is simply
    one month after the start keeps the start's day, so that 31 January -> 28 February -> 31 March.
    """
    natural = months_after(start, 1, start.day)
    if payment_day is not None:
        return first_due_date or months_after(start, 1, payment_day), payment_day
    if first_due_date is None or first_due_date == natural:
        return natural, start.day
    return first_due_date, first_due_date.day


class PeriodTable(NamedTuple):
    """The periods of a contract, and the columns of a schedule that follow from dates alone."""

    periods: tuple[Period, ...]
    numbers: tuple[int, ...]
    due_dates: tuple[date | None, ...]
    payment_dates: tuple[date | None, ...]
    days: tuple[int | None, ...]


def period_table(terms: Terms, calendar: BusinessCalendar) -> PeriodTable:
    """One period an instalment. Raises TermsError when a rolled payment date precedes its period."""
    if terms.start_date is None:
        return _undated_periods(terms.months)
    to_payment = terms.accrue_to is AccrueTo.PAYMENT_DATE and terms.day_count is not DayCount.MONTHLY
    return _dated_periods(
        calendar,
        terms.start_date,
        terms.first_due_date,
        terms.payment_day,
        terms.months,
        terms.business_day,
        to_payment,
    )


@lru_cache(maxsize=MOST_MONTHS)
def _undated_periods(months: int) -> PeriodTable:
    numbers = tuple(range(1, months + 1))
    periods = tuple(Period(number, None, None, None, None, True) for number in numbers)
    nothing = (None,) * months
    return PeriodTable(periods, numbers, nothing, nothing, nothing)


@lru_cache(maxsize=256)
def _dated_periods(
    calendar: BusinessCalendar,
    start: date,
    first_due_date: date | None,
    payment_day: int | None,
    months: int,
    convention: BusinessDay,
    to_payment: bool,
) -> PeriodTable:
    first, anchor = payment_anchor(start, first_due_date, payment_day)
    numbers = tuple(range(1, months + 1))
    due_dates = [first, *(months_after(first, later, anchor) for later in range(1, months))]
    payment_dates = [calendar.adjust(due, convention) for due in due_dates]
    ends = payment_dates if to_payment else due_dates
    begins = [start, *ends[:-1]]
    days = [(end - begin).days for begin, end in zip(begins, ends, strict=True)]
    if min(days) <= 0 or payment_dates[0] < start:
        raise TermsError("dates_out_of_order", "/first_due_date")
    is_month = [first == months_after(start, 1, start.day), *(True for _ in range(1, months))]
    periods = tuple(map(Period, numbers, due_dates, payment_dates, begins, ends, is_month))
    return PeriodTable(periods, numbers, tuple(due_dates), tuple(payment_dates), tuple(days))


class Accrual:
    """Interest factors of a contract, over whole periods or parts, across its rate changes."""

    def __init__(self, terms: Terms) -> None:
        self._day_count = terms.day_count
        self._rates = [(terms.start_date, terms.annual_rate_percent / 100)]
        for change in terms.rate_changes:
            self._rates.append((change.effective_from, change.annual_rate_percent / 100))
        monthly = self._rates[0][1] / 12
        self._constant_month = None
        if len(self._rates) == 1 and terms.day_count is DayCount.MONTHLY:
            self._constant_month = (monthly.numerator, monthly.denominator)

    @property
    def rate_at_start(self) -> Fraction:
        """The annual rate, as a fraction of one, on the first day."""
        start = self._rates[0][0]
        return self.rate_before(start + timedelta(days=1) if start else None)

    @property
    def constant_month(self) -> Factor | None:
        """The factor of every whole month, where months and the rate are all alike."""
        return self._constant_month

    def rate_before(self, end: date | None) -> Fraction:
        """The annual rate, as a fraction of one, in force on the day before `end`."""
        rate = self._rates[0][1]
        for effective_from, changed in self._rates[1:]:
            if end is None or effective_from is None or effective_from >= end:
                break
            rate = changed
        return rate

    def over(self, period: Period, since: date | None) -> Factor:
        """The factor from `since` to the end of the period."""
        if self._constant_month and period.is_month and since == period.begins:
            return self._constant_month
        return self.between(period, since, period.ends)

    def between(self, period: Period, since: date | None, until: date | None) -> Factor:
        """The factor of a part of the period, summed over the rates that apply in it."""
        if since is None or until is None:
            monthly = self._rates[0][1] / 12
            return monthly.numerator, monthly.denominator
        if len(self._rates) == 1:
            rate = self._rates[0][1]
            time, year = self._year_part(period, since, until)
            return rate.numerator * time, rate.denominator * year
        total = Fraction(0)
        for rate, begins, ends in self._pieces(since, until):
            time, year = self._year_part(period, begins, ends)
            total += rate * Fraction(time, year)
        return total.numerator, total.denominator

    def _pieces(self, since: date, until: date) -> list[tuple[Fraction, date, date]]:
        pieces = []
        for index, (effective_from, rate) in enumerate(self._rates):
            begins = since if index == 0 else max(since, effective_from or since)
            following = self._rates[index + 1][0] if index + 1 < len(self._rates) else None
            ends = min(until, following) if following else until
            if begins < ends:
                pieces.append((rate, begins, ends))
        return pieces

    def _year_part(self, period: Period, since: date, until: date) -> Factor:
        days = (until - since).days
        if self._day_count is DayCount.ACTUAL_365:
            return days, 365
        if self._day_count is DayCount.ACTUAL_ACTUAL:
            leap, common = leap_and_common_days(since, until)
            return 365 * leap + 366 * common, 365 * 366
        if not period.is_month:
            return days, 365
        assert period.begins is not None
        assert period.ends is not None
        return days, 12 * (period.ends - period.begins).days
