"""What a purchase with a grant costs a company: who pays which part, and its own part by month."""

from dataclasses import dataclass
from fractions import Fraction

from service.financing.grants import GrantRow, GrantShares, share_cost
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Terms, check_won


@dataclass(frozen=True, slots=True)
class Purchase:
    """The price divided, and the company's own share by month; None when nothing is left to pay."""

    price_won: int
    shares: GrantShares
    schedule: Schedule | None

    @property
    def interest_won(self) -> int:
        """What paying by month adds."""
        return self.schedule.totals.interest_won if self.schedule else 0

    @property
    def paid_won(self) -> int:
        """All that the company itself pays in the end."""
        return self.shares.own_won + self.interest_won


def plan_purchase(price_won: int, grant: GrantRow | None, months: int, annual_rate: Fraction) -> Purchase:
    """Take the grant's parts off the price and spread the rest over the months, payments level.

    Raises TermsError.
    """
    check_won(price_won, "/price_won", least=1)
    shares = share_cost(grant, price_won) if grant else GrantShares(0, 0, price_won)
    if not shares.own_won:
        return Purchase(price_won, shares, None)
    terms = Terms(principal_won=shares.own_won, months=months, annual_rate_percent=annual_rate)
    return Purchase(price_won, shares, build_schedule(terms))
