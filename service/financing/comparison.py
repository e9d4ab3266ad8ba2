"""Several ways to pay for the same thing, side by side, cheapest in today's money first."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from service.financing.disclosure import disclose, months_of_rows
from service.financing.errors import TermsError
from service.financing.fund_loan import FundRate, build_fund_loan
from service.financing.present_value import check_discount_rate, discounted
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Terms


class OptionKind(StrEnum):
    """An installment from the supplier, a fund loan from a bank, or cash now."""

    INSTALLMENT = "installment"
    FUND_LOAN = "fund_loan"
    LUMP_SUM = "lump_sum"


@dataclass(frozen=True, slots=True)
class LumpSum:
    """Cash on delivery for what a grant does not pay."""

    price_won: int
    grant_won: int = 0


@dataclass(frozen=True, slots=True)
class FundOption:
    """A fund loan, given by its terms at the bank's own rate and what the fund takes off."""

    market: Terms
    rate: FundRate


@dataclass(frozen=True, slots=True)
class Option:
    """One way to pay, with the name its reader gave it."""

    name: str
    offer: Terms | FundOption | LumpSum

    @property
    def kind(self) -> OptionKind:
        """Which of the three ways it is."""
        if isinstance(self.offer, Terms):
            return OptionKind.INSTALLMENT
        return OptionKind.FUND_LOAN if isinstance(self.offer, FundOption) else OptionKind.LUMP_SUM


@dataclass(frozen=True, slots=True)
class Outlay:
    """What one way to pay costs: at the start, a month, in all, and in today's money.

    `total_won` is everything but the tax; `financing_cost_won` the interest and fees in it;
    `monthly_burden_won` the largest instalment before the last.
    """

    name: str
    kind: OptionKind
    price_won: int
    grant_won: int
    upfront_won: int
    monthly_burden_won: int
    last_payment_won: int
    total_won: int
    interest_won: int
    fee_won: int
    vat_won: int
    financing_cost_won: int
    nominal_apr_percent: float | None
    effective_rate_percent: float | None
    present_value_won: int

    @property
    def timing_won(self) -> int:
        """What paying later is worth in today's money: negative, as present value less total."""
        return self.present_value_won - self.total_won


class Difference(NamedTuple):
    """Why one way costs more than another in today's money: four causes that add up to it exactly.

    The total is price - grant + interest and fees, and the present value is the total + timing; each
    member is what that part adds.
    """

    price_won: int
    grant_won: int
    financing_cost_won: int
    timing_won: int

    @classmethod
    def between(cls, outlay: Outlay, best: Outlay) -> "Difference":
        """What `outlay` costs over `best`, cause by cause."""
        return cls(
            price_won=outlay.price_won - best.price_won,
            grant_won=best.grant_won - outlay.grant_won,
            financing_cost_won=outlay.financing_cost_won - best.financing_cost_won,
            timing_won=outlay.timing_won - best.timing_won,
        )


@dataclass(frozen=True, slots=True)
class RankedOutlay:
    """An outlay with its place, and by how much it exceeds the first one and why."""

    rank: int
    outlay: Outlay
    present_value_over_best_won: int
    total_over_best_won: int
    financing_cost_over_best_won: int
    difference: Difference


def compare(options: Sequence[Option], discount_rate_percent: Fraction) -> list[RankedOutlay]:
    """The options by present value at the company's own rate. Refusals point into `/options`."""
    check_discount_rate(discount_rate_percent, "/discount_rate_percent")
    outlays = []
    for index, option in enumerate(options):
        try:
            outlays.append(outlay_of(option, discount_rate_percent))
        except TermsError as refusal:
            raise refusal.under(f"/options/{index}") from refusal
    outlays.sort(key=lambda outlay: (outlay.present_value_won, outlay.total_won))
    best = outlays[0]
    return [
        RankedOutlay(
            rank=rank,
            outlay=outlay,
            present_value_over_best_won=outlay.present_value_won - best.present_value_won,
            total_over_best_won=outlay.total_won - best.total_won,
            financing_cost_over_best_won=outlay.financing_cost_won - best.financing_cost_won,
            difference=Difference.between(outlay, best),
        )
        for rank, outlay in enumerate(outlays, start=1)
    ]


def outlay_of(option: Option, discount_rate_percent: Fraction) -> Outlay:
    """What that way to pay costs."""
    if isinstance(option.offer, LumpSum):
        return _cash_outlay(option.name, option.offer)
    if isinstance(option.offer, FundOption):
        schedule = build_fund_loan(option.offer.market, option.offer.rate).schedule
    else:
        schedule = build_schedule(option.offer)
    return _scheduled_outlay(option, schedule, discount_rate_percent)


def _cash_outlay(name: str, cash: LumpSum) -> Outlay:
    paid = cash.price_won - cash.grant_won
    if paid <= 0:
        raise TermsError("principal_not_positive", "/price_won")
    return Outlay(
        name=name,
        kind=OptionKind.LUMP_SUM,
        price_won=cash.price_won,
        grant_won=cash.grant_won,
        upfront_won=paid,
        monthly_burden_won=0,
        last_payment_won=0,
        total_won=paid,
        interest_won=0,
        fee_won=0,
        vat_won=0,
        financing_cost_won=0,
        nominal_apr_percent=None,
        effective_rate_percent=None,
        present_value_won=paid,
    )


def _scheduled_outlay(option: Option, schedule: Schedule, discount_rate_percent: Fraction) -> Outlay:
    rates = disclose(schedule)
    totals = schedule.totals
    upfront = schedule.terms.down_payment_won + totals.upfront_fee_won
    payments = [row.payment_won for row in schedule.rows]
    return Outlay(
        name=option.name,
        kind=option.kind,
        price_won=schedule.terms.price_won,
        grant_won=schedule.terms.grant_won,
        upfront_won=upfront,
        monthly_burden_won=schedule.highest_payment_won,
        last_payment_won=payments[-1],
        total_won=schedule.terms.down_payment_won + totals.payment_won,
        interest_won=totals.interest_won,
        fee_won=totals.fee_won,
        vat_won=totals.vat_won,
        financing_cost_won=totals.interest_won + totals.fee_won,
        nominal_apr_percent=rates.nominal_apr_percent,
        effective_rate_percent=rates.effective_rate_percent,
        present_value_won=upfront + discounted(discount_rate_percent, months_of_rows(schedule), payments),
    )
