"""상생협력펀드 loans: the bank lends at a reduced rate that the fund makes possible."""

from dataclasses import dataclass, replace
from fractions import Fraction

from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Terms, check_rate


@dataclass(frozen=True, slots=True)
class FundRate:
    """The bank's rate, what the fund takes off it, and the lowest rate a customer pays. Percent."""

    bank_rate_percent: Fraction
    rate_reduction_percent: Fraction
    floor_rate_percent: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        check_rate(self.bank_rate_percent, "/bank_rate_percent")
        check_rate(self.rate_reduction_percent, "/rate_reduction_percent")
        check_rate(self.floor_rate_percent, "/floor_rate_percent")

    @property
    def customer_rate_percent(self) -> Fraction:
        """max(bank rate - reduction, floor)."""
        return self.customer_rate(self.bank_rate_percent)

    def customer_rate(self, bank_rate: Fraction) -> Fraction:
        """What a customer pays while the bank's rate is `bank_rate`."""
        return max(bank_rate - self.rate_reduction_percent, self.floor_rate_percent)


@dataclass(frozen=True, slots=True)
class FundLoan:
    """A fund loan's schedule beside what the same loan would bear at the bank's own rate."""

    schedule: Schedule
    customer_rate_percent: Fraction
    market_total_interest_won: int
    interest_saved_won: int


def build_fund_loan(market: Terms, rate: FundRate) -> FundLoan:
    """The loan whose terms at the bank's rate are `market`; its rate changes are the bank's too."""
    reduced = replace(
        market,
        annual_rate_percent=rate.customer_rate_percent,
        rate_changes=tuple(
            replace(change, annual_rate_percent=rate.customer_rate(change.annual_rate_percent))
            for change in market.rate_changes
        ),
    )
    schedule = build_schedule(reduced)
    market_interest = build_schedule(market).totals.interest_won
    saved = market_interest - schedule.totals.interest_won
    return FundLoan(schedule, rate.customer_rate_percent, market_interest, saved)
