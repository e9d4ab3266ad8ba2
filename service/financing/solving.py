"""Schedules solved backwards: the price a budget reaches, the term it needs, the rate behind a total.

Each answer is found by halving an interval of integers over the exact engine, so what is promised is
what the schedule then says.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from service.financing.errors import TermsError
from service.financing.percent import percent_text
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import LEGAL_CAP_PERCENT, MOST_MONTHS, MOST_WON, Terms, check_won

RATE_STEPS = 1_000_000
"""Rates are solved to a millionth of a percent."""


def largest_principal(terms: Terms, monthly_budget_won: int) -> Schedule:
    """The schedule of the largest principal whose every instalment before the last fits the budget.

    The principal in `terms` is ignored. Raises TermsError `budget_too_small` when not even the
    balloon's interest, or a single won, fits.
    """
    check_won(monthly_budget_won, "/monthly_budget_won", least=1)
    _refuse_events(terms)
    least = max(terms.balloon_won, terms.start_fees_won + 1, 1)

    def fits(principal: int) -> bool:
        return _burden(replace(terms, principal_won=principal)) <= monthly_budget_won

    if not fits(least):
        raise TermsError("budget_too_small", "/monthly_budget_won")
    principal = _last_true(fits, least, MOST_WON)
    return build_schedule(replace(terms, principal_won=principal))


def shortest_term(terms: Terms, monthly_budget_won: int) -> Schedule:
    """The schedule of the shortest term, at most `terms.months`, whose instalments fit the budget."""
    check_won(monthly_budget_won, "/monthly_budget_won", least=1)
    _refuse_events(terms)

    def exceeds(months: int) -> bool:
        return _burden(replace(terms, months=months), whole=True) > monthly_budget_won

    least, most = max(terms.grace_months + 1, 1), min(terms.months, MOST_MONTHS)
    if least > most or exceeds(most):
        raise TermsError("budget_too_small", "/monthly_budget_won")
    months = _last_true(exceeds, least, most) + 1 if exceeds(least) else least
    return build_schedule(replace(terms, months=months))


def implied_rate(terms: Terms, total_payment_won: int) -> Schedule:
    """The schedule at the lowest rate whose payments come to at least that total.

    The rate in `terms` is ignored; it is solved to a millionth of a percent.
    """
    if total_payment_won < _total(terms, 0):
        raise TermsError("total_below_principal", "/total_payment_won")
    most = int(LEGAL_CAP_PERCENT) * RATE_STEPS
    if total_payment_won > _total(terms, most):
        raise TermsError("total_too_large", "/total_payment_won", cap=percent_text(LEGAL_CAP_PERCENT))
    if _total(terms, 0) == total_payment_won:
        return build_schedule(_at_rate(terms, 0))
    steps = _last_true(lambda step: _total(terms, step) < total_payment_won, 0, most)
    return build_schedule(_at_rate(terms, steps + 1))


def _at_rate(terms: Terms, steps: int) -> Terms:
    return replace(terms, annual_rate_percent=Fraction(steps, RATE_STEPS))


def _total(terms: Terms, steps: int) -> int:
    return build_schedule(_at_rate(terms, steps)).totals.payment_won


def _burden(terms: Terms, *, whole: bool = False) -> int:
    """The highest instalment; with `whole` the last one counts too, but for what rounding leaves in it."""
    schedule = build_schedule(terms)
    last = schedule.rows[-1].payment_won
    residue = terms.months * terms.rounding.payment_unit_won
    return max(schedule.highest_payment_won, last - residue) if whole else schedule.highest_payment_won


def _refuse_events(terms: Terms) -> None:
    for name in ("prepayments", "rate_changes"):
        if getattr(terms, name):
            raise TermsError("solved_without_events", f"/{name}")


def _last_true(holds: Callable[[int], bool], least: int, most: int) -> int:
    """The largest integer up to `most` for which `holds`, true at `least` and false from some point on."""
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if holds(middle) else (least, middle - 1)
    return least
