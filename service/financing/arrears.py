"""What is owed after missed instalments, before and after acceleration (기한의 이익 상실).

Before acceleration each missed instalment bears overdue interest from the day on which it should
have been paid; a due date moved by a holiday bears none until that day. From acceleration on the
whole outstanding principal bears it instead, and the interest in the missed instalments no more.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from service.financing.charges import overdue_charge, overdue_rate
from service.financing.conventions import RowKind
from service.financing.errors import TermsError
from service.financing.periods import Accrual
from service.financing.rounding import rounder_of
from service.financing.rows import Schedule, ScheduleRow
from service.financing.terms import LEGAL_CAP_PERCENT


class OverdueBase(StrEnum):
    """What a charge is taken on."""

    INSTALLMENT = "installment"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """Overdue interest on one base from one day up to but not including another."""

    base: OverdueBase
    number: int | None
    base_won: int
    since: date
    until: date
    days: int
    charge_won: int


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is owed on a day.

    Before acceleration `owed_won` is the missed instalments and the charges; after it the outstanding
    principal, the interest of the missed instalments, the interest since the last due date and the
    charges.
    """

    applied_rate_percent: Fraction
    accelerated: bool
    missed_won: int
    outstanding_principal_won: int
    accrued_interest_won: int
    charge_won: int
    owed_won: int
    rows: tuple[OverdueRow, ...]


def arrears_on(
    schedule: Schedule,
    as_of: date,
    *,
    first_missed: int,
    addon_percent: Fraction,
    accelerated_on: date | None = None,
    cap: Fraction = LEGAL_CAP_PERCENT,
) -> Arrears:
    """What is owed on `as_of` when instalments from number `first_missed` on were not paid."""
    terms = schedule.terms
    if terms.start_date is None:
        raise TermsError("start_date_required", "/start_date")
    if terms.rate_changes or terms.prepayments:
        raise TermsError("solved_without_events", "/rate_changes" if terms.rate_changes else "/prepayments")
    if not 1 <= first_missed <= len(schedule.rows):
        raise TermsError("count_out_of_bounds", "/first_missed_number", least=1, most=len(schedule.rows))
    rate = overdue_rate(terms.annual_rate_percent, addon_percent, cap)
    accelerated = accelerated_on is not None and accelerated_on <= as_of
    _check_acceleration(schedule, first_missed, accelerated_on)
    ends = accelerated_on if accelerated and accelerated_on else as_of
    missed = [row for row in schedule.rows[first_missed - 1 :] if _paid_on(row) < ends]
    outstanding = schedule.rows[first_missed - 1].opening_balance_won

    def charged(base: OverdueBase, number: int | None, won: int, since: date, until: date) -> OverdueRow:
        days = (until - since).days
        charge = overdue_charge(won, terms.annual_rate_percent, addon_percent, days, cap=cap)
        return OverdueRow(base, number, won, since, until, days, charge.charge_won)

    rows = [
        charged(OverdueBase.INSTALLMENT, row.number, row.payment_won, _paid_on(row), ends) for row in missed
    ]
    accrued = 0
    if accelerated and accelerated_on:
        rows.append(charged(OverdueBase.PRINCIPAL, None, outstanding, accelerated_on, as_of))
        accrued = _interest_until(schedule, len(missed) + first_missed - 1, accelerated_on)
    charge = sum(row.charge_won for row in rows)
    missed_won = sum(row.payment_won for row in missed)
    unpaid_interest = sum(row.interest_won + row.fee_won for row in missed)
    owed = outstanding + unpaid_interest + accrued if accelerated else missed_won
    return Arrears(rate, accelerated, missed_won, outstanding, accrued, charge, owed + charge, tuple(rows))


def _check_acceleration(schedule: Schedule, first_missed: int, accelerated_on: date | None) -> None:
    if accelerated_on is not None and accelerated_on < _paid_on(schedule.rows[first_missed - 1]):
        raise TermsError("dates_out_of_order", "/accelerated_on")


def _paid_on(row: ScheduleRow) -> date:
    assert row.kind is RowKind.INSTALLMENT
    assert row.payment_date is not None
    return row.payment_date


def _interest_until(schedule: Schedule, last_missed: int, until: date) -> int:
    """Agreed interest from the last missed due date to the acceleration, on the principal not due by then.

    The principal in missed instalments bears overdue interest on these days, and must not bear both.
    """
    if last_missed >= len(schedule.periods):
        return 0
    period = schedule.periods[last_missed]
    if period.begins is None or until <= period.begins:
        return 0
    numerator, denominator = Accrual(schedule.terms).between(period, period.begins, until)
    principal = schedule.rows[last_missed].opening_balance_won
    return int(rounder_of(schedule.terms.rounding).keep(principal * numerator, denominator, 1))
