"""The installment calculator: what is paid each month for what is bought."""

from collections.abc import Mapping

from fastapi import Request

from service.financing.answers import ScheduleAnswer, schedule_answer
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.schemas import InstallmentInput
from service.kit import clock
from service.web.calculators.schedule_pages import ScheduleCalculator, pages_of


def _first() -> Mapping[str, str]:
    return {
        "price_won": "100,000,000",
        "months": "36",
        "annual_rate_percent": "4.5",
        "start_date": clock.today().isoformat(),
    }


def _computed(_request: Request, given: InstallmentInput) -> tuple[Schedule, ScheduleAnswer]:
    schedule = build_schedule(given.terms())
    return schedule, schedule_answer(given, schedule)


router = pages_of(
    ScheduleCalculator(
        kind="installment",
        path="/calculators/installment",
        template="calculators/installment.html",
        model=InstallmentInput,
        first=_first,
        compute=_computed,
    )
)
