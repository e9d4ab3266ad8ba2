"""The usual contract, 36 equal monthly payments, computed column by column.

`schedule.build_schedule` does every contract; this does the one kind that is asked for most, about
eight times as fast, and hands back what it does not cover.
"""

from math import gcd
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
from service.financing.rows import Schedule, Totals
from service.financing.tax import row_tax, upfront_vat
from service.financing.terms import Terms
from service.financing.warnings import warnings_of
from service.kit.won import round_down


def level_schedule(terms: Terms, table: PeriodTable, calendar_version: str) -> Schedule | None:
    """The schedule of a level contract without events, or None where another rule is needed."""
    if not _is_covered(terms, table):
        return None
    months, balance = terms.months, terms.principal_won
    rate = terms.annual_rate_percent
    shared = gcd(rate.numerator, 1200)
    numerator, denominator = rate.numerator // shared, 1200 // shared * rate.denominator
    share, whole = level_share(numerator, denominator, months)
    payment = round_down(balance * share, whole, terms.rounding.payment_unit_won)
    balances = [balance]
    for _ in range(months - 1):
        balance += balance * numerator // denominator - payment
        balances.append(balance)
    balances.append(0)
    principals = list(map(sub, balances, balances[1:]))
    interests = [payment - principal for principal in principals]
    interests[-1] = balance * numerator // denominator
    if min(principals) < 0:
        return None
    payments = [payment] * months
    payments[-1] = balance + interests[-1]
    return _assembled(
        terms,
        table,
        calendar_version,
        level=payment,
        balances=balances,
        principals=principals,
        interests=interests,
        payments=payments,
    )


def _is_covered(terms: Terms, table: PeriodTable) -> bool:
    return (
        terms.method is Method.LEVEL_PAYMENT
        and terms.day_count is DayCount.MONTHLY
        and not terms.grace_months
        and not terms.balloon_won
        and terms.residue is Residue.LAST
        and terms.rounding.mode is RoundingMode.DOWN
        and terms.rounding.balance is BalanceTracking.ROUNDED
        and not terms.rate_changes
        and not terms.prepayments
        and table.periods[0].is_month
    )


def _assembled(
    terms: Terms,
    table: PeriodTable,
    calendar_version: str,
    *,
    level: int,
    balances: list[int],
    principals: list[int],
    interests: list[int],
    payments: list[int],
) -> Schedule:
    interest = sum(interests)
    fee, fees = (terms.period_fees_won, _all_fees(terms)) if terms.fees else (0, 0)
    at_start = terms.start_fees_won if fees else 0
    tax = row_tax(terms.vat)
    taxes = list(map(tax, principals, interests)) if tax else [0] * terms.months
    tax_at_start = upfront_vat(terms, interest)
    columns = (
        table.numbers,
        (RowKind.INSTALLMENT,) * terms.months,
        table.due_dates,
        table.payment_dates,
        table.days,
        balances[:-1],
        principals,
        interests,
        (fee,) * terms.months,
        taxes,
        [paid + fee for paid in payments] if fee else payments,
        balances[1:],
        table.due_dates if tax else (None,) * terms.months,
    )
    totals = Totals(
        principal_won=terms.principal_won,
        interest_won=interest,
        fee_won=fees,
        vat_won=tax_at_start + sum(taxes),
        payment_won=terms.principal_won + interest + fees,
        upfront_fee_won=at_start,
        upfront_vat_won=tax_at_start,
    )
    warnings = tuple(warnings_of(terms, table.periods))
    return Schedule(terms, columns, table.periods, totals, level, calendar_version, warnings)


def _all_fees(terms: Terms) -> int:
    return terms.start_fees_won + terms.period_fees_won * terms.months
