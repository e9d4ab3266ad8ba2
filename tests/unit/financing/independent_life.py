"""The whole life of a contract a second time, written from the practice alone.

Days, holidays, interest, instalments, rate changes, prepayments and tax are stated here once more in
fractions, slowly and plainly; nothing of the engine but the names of its terms is used.
"""

from calendar import isleap, monthrange
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import holidays

from service.financing.terms import Prepayment, Terms
from tests.unit.financing.independent import half_up, truncated

BANK_HOLIDAYS = holidays.country_holidays("KR", categories=("public", "bank"), years=range(2019, 2040))
ONE_DAY = timedelta(days=1)


class Paid(NamedTuple):
    """What one event comes to, comparable with a row of the engine."""

    number: int
    due: date | None
    paid: date | None
    opening: int
    principal: int
    interest: int
    fee: int
    tax: int


def same_day(month_of: date, later: int, day: int) -> date:
    """That day of a later month, or the month's last one."""
    year, month = divmod(month_of.year * 12 + month_of.month - 1 + later, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def rolled(day: date, convention: str) -> date:
    if convention == "none":
        return day
    moved = day
    while not is_open(moved):
        moved += -ONE_DAY if convention == "preceding" else ONE_DAY
    if convention == "modified_following" and moved.month != day.month:
        return rolled(day, "preceding")
    return moved


def years_between(begins: date, ends: date, day_count: str) -> Fraction:
    """Part of a year, one day after the other."""
    days = [begins + timedelta(days=later) for later in range((ends - begins).days)]
    leap = sum(isleap(day.year) for day in days) if day_count == "actual_actual" else 0
    return Fraction(leap, 366) + Fraction(len(days) - leap, 365)


class Contract:
    """The contract on its way: a balance, an agreed amount for each number, a rate."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.rounded: Callable[..., int] = half_up if terms.rounding.mode == "half_up" else truncated
        self.balance = terms.principal_won
        self.last = terms.months
        self.shortened = False
        self.rows: list[Paid] = []
        self.set_dates()
        self.rate = self.rate_on(terms.start_date)
        self.agreed = self.amounts_from(1)

    def set_dates(self) -> None:
        terms, start = self.terms, self.terms.start_date
        self.due: list[date] = []
        if start is None:
            return
        natural = same_day(start, 1, start.day)
        first = terms.first_due_date or same_day(start, 1, terms.payment_day or start.day)
        anchor = terms.payment_day or (start.day if first == natural else first.day)
        self.due = [same_day(first, later, anchor) for later in range(terms.months)]
        self.paid = [rolled(day, terms.business_day) for day in self.due]
        by_payment = terms.accrue_to == "payment_date" and terms.day_count != "monthly"
        self.ends = self.paid if by_payment else self.due
        self.is_regular = first == natural

    def rate_on(self, day: date | None) -> Fraction:
        changed = [change for change in self.terms.rate_changes if day and change.effective_from <= day]
        percent = changed[-1].annual_rate_percent if changed else self.terms.annual_rate_percent
        return percent / 100

    def interest(self, number: int, begins: date | None, ends: date | None) -> int:
        """Interest on the balance, day by day where the rate changes, rounded once."""
        if begins is None or ends is None:
            return self.rounded(self.balance * self.rate / 12)
        changes = [change.effective_from for change in self.terms.rate_changes]
        marks = [begins, *(day for day in changes if begins < day < ends), ends]
        parts = pairwise(marks)
        factor = sum(self.rate_on(since) * self.part_of_year(number, since, until) for since, until in parts)
        return self.rounded(self.balance * factor)

    def part_of_year(self, number: int, since: date, until: date) -> Fraction:
        if self.terms.day_count != "monthly":
            return years_between(since, until, self.terms.day_count)
        if number == 1 and not self.is_regular:
            return Fraction((until - since).days, 365)
        assert self.terms.start_date is not None
        whole = self.due[number - 1] - (self.due[number - 2] if number > 1 else self.terms.start_date)
        return Fraction((until - since) / ONE_DAY) / 12 / whole.days

    def amounts_from(self, number: int) -> dict[int, int]:
        """The agreed payment, or principal of equal principals, of each number that repays."""
        terms = self.terms
        first = max(number, terms.grace_months + 1)
        numbers = range(first, self.last + 1)
        if terms.method == "bullet" or not numbers:
            return {}
        growth, steps = Fraction(1), dict.fromkeys(numbers, 0)
        if terms.method == "graduated" and terms.step:
            growth = 1 + terms.step.percent / 100
            most = self.last if terms.step.times is None else terms.step.times
            steps = {
                each: min((each - terms.grace_months - 1) // terms.step.every_months, most)
                for each in numbers
            }
        monthly = Fraction(0) if terms.method == "level_principal" else self.rate / 12
        later = 1 / (1 + monthly)
        worth = self.balance - terms.balloon_won * later ** len(numbers)
        first_amount = worth / sum(growth ** steps[each] * later ** (each - first + 1) for each in numbers)
        unit = terms.rounding.payment_unit_won
        amounts = {each: self.rounded(first_amount * growth ** steps[each], unit) for each in numbers}
        if terms.residue == "first" and terms.method == "level_principal":
            left_over = self.balance - terms.balloon_won - sum(amounts.values())
            amounts[first] = max(amounts[first] + left_over, 0)
        elif terms.residue == "first" and len(amounts) > 1:
            amounts[first] += self.residue_of(list(amounts.values()))
        return amounts

    def residue_of(self, payments: list[int]) -> int:
        """The won to move into the first payment so that the last differs least from what was agreed."""
        monthly = self.rate / 12

        def excess(residue: int) -> int:
            balance = self.balance
            for each, payment in enumerate(payments):
                balance += self.rounded(balance * monthly) - payment - (0 if each else residue)
            return balance - self.terms.balloon_won

        least, most = -self.balance, self.balance
        while least < most:  # more paid at first leaves less for the last
            middle = (least + most) // 2
            least, most = (middle + 1, most) if excess(middle) > 0 else (least, middle)
        around: list[int] = [0, *range(least - 15, least + 16)]
        possible = [each for each in around if payments[0] + each >= self.balance * monthly] or [0]
        return min(possible, key=lambda residue: (abs(excess(residue)), abs(residue)))

    def tax(self, principal: int, interest: int) -> int:
        vat = self.terms.vat
        if vat is None or vat.timing == "at_delivery":
            return 0
        base = principal + (interest if vat.base == "principal_and_interest" else 0)
        return truncated(max(base, 0) * vat.rate_percent / 100)

    def prepayment_fee(self, prepayment: Prepayment) -> int:
        agreed, start = self.terms.prepayment_fee, self.terms.start_date
        if agreed is None or start is None or prepayment.on == start:
            return 0
        until = min(self.due[-1], same_day(start, 12 * agreed.max_years, start.day))
        remaining = Fraction(max((until - prepayment.on).days, 0), (until - start).days)
        return truncated(prepayment.amount_won * agreed.rate_percent / 100 * remaining)

    def lives(self) -> list[Paid]:
        """Every event until nothing is left."""
        pending, since = list(self.terms.prepayments), self.terms.start_date
        for number in range(1, self.terms.months + 1):
            ends = self.ends[number - 1] if self.due else None
            while pending and ends and pending[0].on < ends:
                self.prepay(number, pending[0], since)
                since = pending.pop(0).on
                if not self.balance:
                    return self.rows
            self.follow_rate(number, ends)
            if self.pay(number, since, ends):
                return self.rows
            since = ends
        return self.rows

    def prepay(self, number: int, prepayment: Prepayment, since: date | None) -> None:
        interest = self.interest(number, since, prepayment.on)
        fee, on = self.prepayment_fee(prepayment), prepayment.on
        self.note(number - 1, on, on, prepayment.amount_won, interest, fee)
        if prepayment.effect == "shorten":
            self.shortened = True
        elif self.balance:
            self.agreed = self.amounts_from(number)

    def follow_rate(self, number: int, ends: date | None) -> None:
        """A new rate recasts payments over the term that is left; equal principals stay."""
        rate = self.rate_on(ends - ONE_DAY if ends else None)
        if rate == self.rate:
            return
        if self.terms.method != "level_principal":
            if self.shortened:
                self.last, self.shortened = self.number_of_the_last(number), False
            self.rate = rate
            self.agreed = self.amounts_from(number)
        self.rate = rate

    def number_of_the_last(self, number: int) -> int:
        """Where a shortened contract would end at the rate so far."""
        balance = self.balance
        for each in range(number, self.last):
            if each in self.agreed:
                owed = balance + self.rounded(balance * self.rate / 12)
                if owed <= self.agreed[each] + self.terms.balloon_won:
                    return each
                balance = min(owed - self.agreed[each], balance)
        return self.last

    def pay(self, number: int, since: date | None, ends: date | None) -> bool:
        interest, balloon = self.interest(number, since, ends), self.terms.balloon_won
        is_last = number == self.last
        principal = self.balance
        if not is_last and number not in self.agreed:
            principal = 0
        elif not is_last:
            owed = interest if self.terms.method != "level_principal" else 0
            amount = self.agreed[number]
            is_last = self.shortened and self.balance + owed <= amount + balloon
            if not is_last:
                principal = min(max(amount - owed, 0), max(self.balance - balloon, 0))
        due, paid = (self.due[number - 1], self.paid[number - 1]) if self.due else (None, None)
        self.note(number, due, paid, principal, interest, self.terms.period_fees_won)
        return is_last

    def note(
        self, number: int, due: date | None, paid: date | None, principal: int, interest: int, fee: int
    ) -> None:
        tax = self.tax(principal, interest)
        self.rows.append(Paid(number, due, paid, self.balance, principal, interest, fee, tax))
        self.balance -= principal


def life_of(terms: Terms) -> list[Paid]:
    """Every event of a contract that the engine accepts."""
    return Contract(terms).lives()
