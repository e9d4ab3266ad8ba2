"""The usual contract, 36 equal monthly payments, computed column by column.

`schedule.build_schedule` does every contract; this does the one kind that is asked for most, about
eight times as fast, and hands back what it does not cover.
"""

from operator import sub

from service.financing.amortisation import level_share
from service.financing.conventions import (
    BalanceTracking,
    DayCount,
    Method,
    Residue,
    RoundingMode,
    RowKind,
)
from service.financing.periods import PeriodTable
from service.financing.rows import Schedule, ScheduleRow, Totals, rows_of
from service.financing.tax import row_tax, upfront_vat
from service.financing.terms import Terms
from service.financing.warnings import warnings_of
from service.kit.won import round_down

_COVERED = (
    Method.LEVEL_PAYMENT,
    DayCount.MONTHLY,
    Residue.LAST,
    RoundingMode.DOWN,
    BalanceTracking.ROUNDED,
)


def level_schedule(terms: Terms, table: PeriodTable, calendar_version: str) -> Schedule | None:
    """The schedule of a level contract without events, or None where another rule is needed."""
    if not _is_covered(terms, table):
        return None
    months, balance = terms.months, terms.principal_won
    numerator, denominator = terms.annual_rate_percent.as_integer_ratio()
    denominator *= 1200  # percent a year to a share a month
    share, whole = level_share(numerator, denominator, months)
    payment = round_down(balance * share, whole, terms.rounding.payment_unit_won)
    # A balance with its interest truncated to the won is the grown balance truncated.
    grown = denominator + numerator
    later = [balance := balance * grown // denominator - payment for _ in range(months - 1)]
    openings, closings = [terms.principal_won, *later], [*later, 0]
    principals = list(map(sub, openings, closings))
    if principals[0] < 0 or balance < 0:  # the principals between only rise: the balance falls
        return None
    interests = [payment - principal for principal in principals]
    interests[-1] = last_interest = balance * numerator // denominator
    payments = [payment] * months
    payments[-1] = balance + last_interest
    tax = row_tax(terms.vat)
    taxes = list(map(tax, principals, interests)) if tax else None
    rows = _rows(terms, table, openings, principals, interests, taxes, payments, closings)
    totals = _totals(terms, payment * (months - 1) + payments[-1], sum(taxes) if taxes else 0)
    warnings = tuple(warnings_of(terms, table.periods))
    return Schedule(terms, rows, table.periods, totals, payment, calendar_version, warnings)


def _is_covered(terms: Terms, table: PeriodTable) -> bool:
    rounding = terms.rounding
    agreed = (terms.method, terms.day_count, terms.residue, rounding.mode, rounding.balance)
    has_more = terms.grace_months or terms.balloon_won or terms.rate_changes or terms.prepayments
    return agreed == _COVERED and not has_more and table.periods[0].is_month


def _rows(
    terms: Terms,
    table: PeriodTable,
    openings: list[int],
    principals: list[int],
    interests: list[int],
    taxes: list[int] | None,
    payments: list[int],
    closings: list[int],
) -> tuple[ScheduleRow, ...]:
    months, fee = terms.months, terms.period_fees_won if terms.fees else 0
    return rows_of(
        (
            table.numbers,
            [RowKind.INSTALLMENT] * months,
            table.due_dates,
            table.payment_dates,
            table.days,
            openings,
            principals,
            interests,
            [fee] * months,
            taxes or [0] * months,
            [paid + fee for paid in payments] if fee else payments,
            closings,
            table.due_dates if taxes else [None] * months,
        )
    )


def _totals(terms: Terms, paid: int, row_taxes: int) -> Totals:
    upfront_fee, later = (
        (terms.start_fees_won, terms.period_fees_won * terms.months) if terms.fees else (0, 0)
    )
    principal, fee = terms.principal_won, upfront_fee + later
    interest = paid - principal
    upfront_tax = upfront_vat(terms, interest)
    return Totals(principal, interest, fee, upfront_tax + row_taxes, paid + fee, upfront_fee, upfront_tax)
