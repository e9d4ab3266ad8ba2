"""The published conditions of a win-win fund, and the loans that they allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from service.financing.errors import TermsError
from service.financing.fund_loan import FundRate
from service.financing.percent import percent_text
from service.financing.terms import Terms


@dataclass(frozen=True, slots=True)
class FundConditions:
    """Conditions of one fund for a time; what no source states is None and limits nothing."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    ceiling_won: int | None
    company_limit_won: int | None
    most_reduction_percent: Fraction | None
    floor_rate_percent: Fraction | None
    most_months: int | None

    def is_valid_on(self, day: date) -> bool:
        """True when these conditions are in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def available_won(self, outstanding_won: int = 0) -> int | None:
        """What the ceiling leaves beside loans already out; None where no ceiling was published."""
        return None if self.ceiling_won is None else max(self.ceiling_won - outstanding_won, 0)


def conditions_on(published: Sequence[FundConditions], code: str, day: date) -> FundConditions:
    """The conditions of a fund on a day. Raises TermsError outside their validity or for an unknown fund."""
    of_fund = [conditions for conditions in published if conditions.code == code]
    if not of_fund:
        raise TermsError("fund_unknown", "/fund", fund=code)
    for conditions in of_fund:
        if conditions.is_valid_on(day):
            return conditions
    raise TermsError("fund_terms_not_valid", "/start_date", fund=of_fund[0].name, day=day.isoformat())


def check_conditions(fund: FundConditions, terms: Terms, rate: FundRate) -> None:
    """Raises TermsError for a loan that the fund does not make."""
    most = fund.most_reduction_percent
    if most is not None and rate.rate_reduction_percent > most:
        raise TermsError(
            "fund_reduction_over_limit", "/rate_reduction_percent", fund=fund.name, most=percent_text(most)
        )
    floor = fund.floor_rate_percent
    if floor is not None and rate.floor_rate_percent < floor:
        raise TermsError("fund_floor", "/floor_rate_percent", fund=fund.name, floor=percent_text(floor))
    limit = fund.company_limit_won
    if limit is not None and terms.principal_won > limit:
        raise TermsError("fund_over_company_limit", "/principal_won", fund=fund.name, limit=f"{limit:,}")
    available = fund.available_won()
    if available is not None and terms.principal_won > available:
        raise TermsError("fund_over_ceiling", "/principal_won", fund=fund.name, ceiling=f"{available:,}")
    if fund.most_months is not None and terms.months > fund.most_months:
        raise TermsError("fund_over_months", "/months", fund=fund.name, months=fund.most_months)
