"""Thousands of level-payment quotes at once, each won equal to the exact engine's.

Balances are 64-bit integers: the largest, times the largest rate in ten-thousandths of a percent,
stays below 2^63. Payments come from a closed form in doubles whose relative error is below 1e-14;
where that leaves a truncation in doubt, and only there, they are computed again in big integers.

Two kinds of quote need a rule of their own and go to the engine: a payment truncated below its
interest, which shows in the first month since the principal repaid only grows, and a loan of a few
won that truncated interest lets end early, which shows as less than nothing left to pay at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from service.financing.amortisation import level_payment
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Rounding, Terms
from service.kit.won import round_down

Column = npt.NDArray[np.int64]

RATE_UNITS = 10_000
"""Rates are integers in ten-thousandths of a percent a year."""

_YEAR = 100 * RATE_UNITS
_MONTHLY = 12 * _YEAR
_PAYMENT_ERROR = 1e-14


@dataclass(frozen=True, slots=True)
class LevelQuotes:
    """One entry a quote: principal in won, rate in ten-thousandths of a percent a year, months.

    Whole won, truncated, a twelfth of the rate a month, the residue in the last instalment.
    """

    principals_won: Column
    rates: Column
    months: Column
    payment_unit_won: int = 1


@dataclass(frozen=True, slots=True)
class LevelTotals:
    """One entry a quote: the level payment, the last payment, and all interest.

    `irregular` are the places of quotes that the engine computed one by one.
    """

    level_payments_won: Column
    last_payments_won: Column
    interest_won: Column
    irregular: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LevelRows:
    """One line a month, one column a quote; lines after a quote's last month hold zeros."""

    interest_won: Column
    principal_won: Column
    closing_balance_won: Column


def level_totals(quotes: LevelQuotes) -> LevelTotals:
    """Payments and interest of every quote, without keeping the months between."""
    payments = _level_payments(quotes)
    last = np.empty_like(payments)
    order, ends = _longest_first(quotes.months)
    balances, rates, paid = quotes.principals_won[order], quotes.rates[order], payments[order]
    scratch = np.empty_like(balances)
    for open_until, closing_from in ends:
        active = slice(0, open_until)
        np.multiply(balances[active], rates[active], out=scratch[active])
        np.floor_divide(scratch[active], _MONTHLY, out=scratch[active])
        np.add(balances[active], scratch[active], out=balances[active])
        last[order[closing_from:open_until]] = balances[closing_from:open_until]
        np.subtract(balances[:closing_from], paid[:closing_from], out=balances[:closing_from])
    interest = payments * (quotes.months - 1) + last - quotes.principals_won
    irregular = _irregular(quotes, payments, last)
    for lane in irregular:
        schedule = _schedule(quotes, lane)
        last[lane], interest[lane] = schedule.rows[-1].payment_won, schedule.totals.interest_won
    return LevelTotals(payments, last, interest, irregular)


def level_rows(quotes: LevelQuotes) -> LevelRows:
    """Every month of every quote."""
    payments = _level_payments(quotes)
    balances = quotes.principals_won.copy()
    shape = (int(quotes.months.max()), len(balances))
    interests, principals, closings = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for index in range(shape[0]):
        interest = balances * quotes.rates // _MONTHLY
        principal = np.where(quotes.months == index + 1, balances, payments - interest)
        principal[quotes.months <= index] = 0
        balances = balances - principal
        interests[index], principals[index], closings[index] = interest, principal, balances
    for lane in _irregular(quotes, payments, principals[quotes.months - 1, np.arange(len(balances))]):
        for row in _schedule(quotes, lane).rows:
            at = row.number - 1, lane
            interests[at], principals[at] = row.interest_won, row.principal_won
            closings[at] = row.closing_balance_won
    return LevelRows(interests, principals, closings)


def _longest_first(months: Column) -> tuple[Column, Iterator[tuple[int, int]]]:
    """Quotes by falling term, and for each month (open quotes, from which of them on it is the last month).

    Sorted so, the quotes still running are always the first ones.
    """
    order = np.argsort(-months.astype(np.int16), kind="stable")
    longest = int(months.max())
    open_in = len(months) - np.searchsorted(np.sort(months), np.arange(longest + 1), side="right")
    return order, ((int(open_in[month]), int(open_in[month + 1])) for month in range(longest))


def _level_payments(quotes: LevelQuotes) -> Column:
    monthly = quotes.rates / _MONTHLY
    with np.errstate(divide="ignore", invalid="ignore"):
        share = monthly / -np.expm1(-quotes.months * np.log1p(monthly))
    share = np.where(quotes.rates == 0, 1 / quotes.months, share)
    units = quotes.principals_won * share / quotes.payment_unit_won
    payments = np.floor(units).astype(np.int64) * quotes.payment_unit_won
    doubtful = np.abs(units - np.rint(units)) <= units * _PAYMENT_ERROR + 1e-9
    for lane in np.flatnonzero(doubtful):
        payments[lane] = _exact_payment(quotes, int(lane))
    return payments


def _exact_payment(quotes: LevelQuotes, lane: int) -> int:
    monthly = Fraction(int(quotes.rates[lane]), _MONTHLY)
    principal, months = int(quotes.principals_won[lane]), int(quotes.months[lane])
    return int(level_payment(principal, 0, monthly, months, keep=round_down, unit=quotes.payment_unit_won))


def _irregular(quotes: LevelQuotes, payments: Column, left_at_end: Column) -> tuple[int, ...]:
    first_interest = quotes.principals_won * quotes.rates // _MONTHLY
    raised = (payments < first_interest) & (quotes.months > 1)
    return tuple(int(lane) for lane in np.flatnonzero(raised | (left_at_end < 0)))


def _schedule(quotes: LevelQuotes, lane: int) -> Schedule:
    return build_schedule(
        Terms(
            principal_won=int(quotes.principals_won[lane]),
            months=int(quotes.months[lane]),
            annual_rate_percent=Fraction(int(quotes.rates[lane]), RATE_UNITS),
            rounding=Rounding(quotes.payment_unit_won),
        )
    )
