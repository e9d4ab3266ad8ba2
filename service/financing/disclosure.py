"""The two rates shown beside a schedule, and the legal cap checked with fees in."""

import math
from dataclasses import dataclass, replace
from itertools import accumulate

from service.financing.conventions import RowKind
from service.financing.errors import TermsError
from service.financing.percent import percent_text
from service.financing.periods import Period
from service.financing.rates import dated_rate, growth_rate, periodic_rate
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import LEGAL_CAP_PERCENT

_ABOVE_CAP = 1e-9


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Percent a year, fees included.

    The nominal APR is twelve times the internal rate a month. The effective rate is the XIRR over
    actual/365 of what is paid when, or the compounded monthly rate of a contract without dates.
    """

    nominal_apr_percent: float
    effective_rate_percent: float


def disclose(schedule: Schedule) -> Disclosure:
    """Both rates of a schedule. Raises TermsError `rate_over_legal_cap` when fees lift it over the cap."""
    monthly = _monthly_rate(schedule)
    check_legal_cap(schedule, 1200 * monthly)
    return Disclosure(1200 * monthly, 100 * _effective_rate(schedule, monthly))


def months_of_rows(schedule: Schedule) -> list[float]:
    """When each row is paid, in months after the start; an odd first period counts 12 days/365."""
    lengths = [_length(period) for period in schedule.periods]
    begins = [0.0, *accumulate(lengths)]
    times = []
    for row in schedule.rows:
        if row.kind is RowKind.INSTALLMENT:
            times.append(begins[row.number])
            continue
        period = schedule.periods[row.number]
        assert row.due_date is not None
        assert period.begins is not None
        assert period.ends is not None
        part = (row.due_date - period.begins).days / (period.ends - period.begins).days
        times.append(begins[row.number] + part * lengths[row.number])
    return times


def _length(period: Period) -> float:
    if period.is_month or period.begins is None or period.ends is None:
        return 1.0
    return 12 * (period.ends - period.begins).days / 365


def _monthly_rate(schedule: Schedule) -> float:
    received = schedule.terms.principal_won - schedule.totals.upfront_fee_won
    payments = [row.payment_won for row in schedule.rows]
    guess = float(schedule.terms.annual_rate_percent) / 1200
    if (
        len(payments) == len(schedule.periods)
        and schedule.periods[0].is_month
        and not schedule.terms.prepayments
    ):
        return periodic_rate(received, payments, guess)
    times = months_of_rows(schedule)
    if not times[-1]:
        return 0.0
    return math.expm1(growth_rate(received, list(zip(times, payments, strict=True)), guess))


def _effective_rate(schedule: Schedule, monthly: float) -> float:
    start = schedule.terms.start_date
    if start is None:
        return (1 + monthly) ** 12 - 1
    payments = [(row.payment_date, row.payment_won) for row in schedule.rows if row.payment_date]
    if payments[-1][0] == start:
        return 0.0
    received = schedule.terms.principal_won - schedule.totals.upfront_fee_won
    return dated_rate(received, start, payments, guess=(1 + monthly) ** 12 - 1)


def check_legal_cap(schedule: Schedule, nominal: float | None = None) -> None:
    """Raises TermsError when fees, which count as interest (이자제한법 제4조), lift a contract over the cap.

    What is asked is the contract as agreed, without early repayment. `nominal` is its APR when known.
    """
    terms = schedule.terms
    if not terms.fees or not schedule.totals.fee_won:
        return
    if terms.prepayments:
        schedule = build_schedule(replace(terms, prepayments=(), prepayment_fee=None))
        nominal = None
    if nominal is None:
        nominal = 1200 * _monthly_rate(schedule)
    if nominal > LEGAL_CAP_PERCENT + _ABOVE_CAP:
        raise TermsError(
            "rate_over_legal_cap",
            "/fees",
            cap=percent_text(LEGAL_CAP_PERCENT),
            rate=percent_text(round(nominal, 4)),
        )
