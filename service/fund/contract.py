"""What a fund loan agrees on, as the calculators take it, and what it saves against the bank's own rate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from service.financing.conventions import DayCount, Method
from service.financing.fund_loan import FundRate, build_fund_loan
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Prepayment, Terms


@dataclass(frozen=True, slots=True)
class Contract:
    """A loan that the bank has approved. `market` are its terms at the bank's own rate.

    A missed instalment bears the customer's rate and `overdue_addon_percent` more.
    """

    market: Terms
    rate: FundRate
    overdue_addon_percent: Fraction

    @property
    def terms(self) -> Terms:
        """The terms at the rate that the customer pays."""
        return replace(self.market, annual_rate_percent=self.rate.customer_rate_percent)

    @property
    def disbursed_on(self) -> date:
        """The day from which interest runs."""
        assert self.market.start_date is not None
        return self.market.start_date


def loan_terms(
    principal_won: int,
    months: int,
    rate_percent: Fraction,
    *,
    method: Method,
    grace_months: int,
    payment_day: int | None,
    start_date: date,
) -> Terms:
    """Terms with the conventions of every fund loan: days counted, the next bank day. Raises TermsError."""
    return Terms(
        principal_won=principal_won,
        months=months,
        annual_rate_percent=rate_percent,
        method=method,
        grace_months=grace_months,
        payment_day=payment_day,
        start_date=start_date,
        day_count=DayCount.ACTUAL_ACTUAL,
    )


def balance_on(schedule: Schedule, day: date) -> int:
    """The principal that the schedule leaves after what falls due up to and on that day."""
    balance = schedule.terms.principal_won
    for row in schedule.rows:
        if row.due_date is None or row.due_date > day:
            break
        balance = row.closing_balance_won
    return balance


def settled(terms: Terms, day: date) -> Schedule:
    """The schedule when everything still outstanding is paid on that day."""
    balance = balance_on(build_schedule(terms), day)
    closing = (Prepayment(day, balance),) if balance else ()
    return build_schedule(replace(terms, prepayments=(*terms.prepayments, *closing)))


def interest_saved(contract: Contract, early: Sequence[Prepayment], settled_on: date | None) -> int:
    """Interest at the bank's own rate less the loan's, in won, over its whole life as far as it is known.

    The loan at the bank's rate is repaid early by the same amounts on the same days; it owes more, so an
    amount that settles the one settles the other.
    """
    if not early:
        return build_fund_loan(contract.market, contract.rate).interest_saved_won
    own = build_schedule(replace(contract.terms, prepayments=tuple(early)))
    twin = contract.market
    for prepaid in early:
        left = balance_on(build_schedule(twin), prepaid.on)
        settles = prepaid.on == settled_on and prepaid is early[-1]
        amount = left if settles else min(prepaid.amount_won, left)
        if amount:
            twin = replace(twin, prepayments=(*twin.prepayments, replace(prepaid, amount_won=amount)))
    return build_schedule(twin).totals.interest_won - own.totals.interest_won
