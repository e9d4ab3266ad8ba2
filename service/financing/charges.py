"""Charges outside the schedule: prepayment fee and overdue interest."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from service.financing.calendar import years_after
from service.financing.errors import TermsError
from service.financing.terms import (
    LEGAL_CAP_PERCENT,
    PREPAYMENT_FEE_YEARS,
    check_count,
    check_day,
    check_rate,
    check_won,
)
from service.kit.won import round_down

MOST_OVERDUE_POINTS = Fraction(3)
"""Highest surcharge on an overdue loan, 대부업법 고시, since 2018-04-30."""


@dataclass(frozen=True, slots=True)
class PrepaymentCharge:
    """The fee and the two day counts it was prorated by."""

    remaining_days: int
    total_days: int
    fee_won: int


def prepayment_charge(
    amount_won: int,
    fee_rate_percent: Fraction,
    *,
    start_date: date,
    prepayment_date: date,
    maturity_date: date,
    max_years: int = PREPAYMENT_FEE_YEARS,
) -> PrepaymentCharge:
    """중도상환수수료: amount x rate x remaining days / total days, truncated to the won.

    Both counts end at the earlier of maturity and `max_years` after the start; later there is none.
    """
    check_won(amount_won, "/amount_won", least=1)
    check_rate(fee_rate_percent, "/fee_rate_percent")
    check_count(max_years, "/max_years", 1, PREPAYMENT_FEE_YEARS)
    check_day(start_date, "/start_date", room_for_months=12 * PREPAYMENT_FEE_YEARS)
    if maturity_date <= start_date:
        raise TermsError("dates_out_of_order", "/maturity_date")
    if not start_date <= prepayment_date <= maturity_date:
        raise TermsError("dates_out_of_order", "/prepayment_date")
    charged_until = min(maturity_date, years_after(start_date, max_years))
    total = (charged_until - start_date).days
    remaining = max((charged_until - prepayment_date).days, 0)
    rate = fee_rate_percent / 100
    fee = round_down(amount_won * rate.numerator * remaining, rate.denominator * total)
    return PrepaymentCharge(remaining, total, fee)


@dataclass(frozen=True, slots=True)
class OverdueCharge:
    """The rate that applies while overdue and what it comes to."""

    applied_rate_percent: Fraction
    charge_won: int


def overdue_rate(contract: Fraction, addon: Fraction, cap: Fraction = LEGAL_CAP_PERCENT) -> Fraction:
    """min(contract rate + surcharge of at most three points, cap), percent a year."""
    check_rate(contract, "/contract_rate_percent")
    check_rate(cap, "/cap_percent")
    if not 0 <= addon <= MOST_OVERDUE_POINTS:
        raise TermsError("overdue_addon_over_limit", "/addon_percent", limit=MOST_OVERDUE_POINTS)
    return min(contract + addon, cap)


def overdue_charge(
    base_won: int, contract: Fraction, addon: Fraction, days: int, *, cap: Fraction = LEGAL_CAP_PERCENT
) -> OverdueCharge:
    """지연배상금: base x rate x days / 365, truncated to the won.

    The base is the unpaid instalment before acceleration and the outstanding principal after it.
    """
    check_won(base_won, "/base_won")
    check_count(days, "/days", 0, 36_500)
    applied = overdue_rate(contract, addon, cap)
    rate = applied / 100
    return OverdueCharge(applied, round_down(base_won * rate.numerator * days, rate.denominator * 365))
