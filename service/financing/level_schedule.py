"""The usual contract, 36 equal monthly payments, computed column by column.

`schedule.build_schedule` does every contract; this does the one kind that is asked for most, about
eight times as fast, and hands back what it does not cover.
"""

from service.financing.amortisation import level_payment
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
    months, principal_won = terms.months, terms.principal_won
    monthly = terms.annual_rate_percent / 1200
    payment = int(
        level_payment(
            principal_won, 0, monthly, months, keep=round_down, unit=terms.rounding.payment_unit_won
        )
    )
    interests, balances = _run_down(principal_won, payment, monthly.numerator, monthly.denominator, months)
    principals = [payment - interest for interest in interests]
    principals[-1] = balances[-2]
    if min(principals) < 0:
        return None
    payments = [payment] * months
    payments[-1] = principals[-1] + interests[-1]
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


def _run_down(
    balance: int, payment: int, numerator: int, denominator: int, months: int
) -> tuple[list[int], list[int]]:
    """The interest of each month, and the balances from the first opening to the last closing."""
    interests, balances = [], [balance]
    for _ in range(months):
        interest = balance * numerator // denominator
        balance += interest - payment
        interests.append(interest)
        balances.append(balance)
    balances[-1] = 0
    return interests, balances


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
    fee, interest = terms.period_fees_won, sum(interests)
    fees = terms.start_fees_won + fee * terms.months
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
        upfront_fee_won=terms.start_fees_won,
        upfront_vat_won=tax_at_start,
    )
    warnings = tuple(warnings_of(terms, table.periods))
    return Schedule(terms, columns, table.periods, totals, level, calendar_version, warnings)
