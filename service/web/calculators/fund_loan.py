"""The calculator of win-win fund loans: the bank's rate, what the fund takes off it, what that saves."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from sqlmodel import Session

from service.financing.answers import FundLoanAnswer, fund_loan_answer
from service.financing.endpoints import checked_fund_loan
from service.financing.queries import funds_on
from service.financing.rows import Schedule
from service.financing.schemas import FundLoanInput
from service.kit import clock
from service.web.calculators.schedule_pages import ScheduleCalculator, pages_of


def _first() -> Mapping[str, str]:
    return {
        "principal_won": "100,000,000",
        "months": "36",
        "bank_rate_percent": "5",
        "rate_reduction_percent": "1.5",
        "floor_rate_percent": "1",
        "start_date": clock.today().isoformat(),
    }


def _computed(request: Request, given: FundLoanInput) -> tuple[Schedule, FundLoanAnswer]:
    loan = checked_fund_loan(request, given)
    return loan.schedule, fund_loan_answer(given, loan)


def _beside(session: Session) -> Mapping[str, Any]:
    funds = funds_on(session, clock.today())
    return {"funds": funds, "fund_choices": [(each.code, each.name) for each in funds]}


router = pages_of(
    ScheduleCalculator(
        kind="fund_loan",
        path="/calculators/fund-loan",
        template="calculators/fund_loan.html",
        model=FundLoanInput,
        first=_first,
        compute=_computed,
        beside=_beside,
    )
)
