"""What the calculators answer."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from service.financing.applied import Applied, applied_conventions
from service.financing.comparison import OptionKind, RankedOutlay
from service.financing.conventions import RowKind
from service.financing.disclosure import disclose
from service.financing.fund_loan import FundLoan
from service.financing.present_value import present_value_of
from service.financing.rows import Schedule
from service.financing.schemas import FundLoanInput, InstallmentInput
from service.financing.wire import Rate, SolvedRate
from service.messages import sentence
from service.messages.amounts import won_reading
from service.messages.financing import CAUSES


class Answer(BaseModel):
    """A part of an answer, read off a result of the engine."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")


class RowAnswer(Answer):
    """한 번의 납입. payment_won = 원금 + 이자 + 수수료이고 부가가치세는 따로입니다."""

    number: int
    kind: RowKind
    due_date: date | None
    payment_date: date | None
    days: int | None
    opening_balance_won: int
    principal_won: int
    interest_won: int
    fee_won: int
    vat_won: int
    payment_won: int
    closing_balance_won: int
    tax_invoice_date: date | None


_ROWS = TypeAdapter(list[RowAnswer])


class TotalsAnswer(Answer):
    """합계. 시작할 때 내는 수수료와 세금(upfront)을 포함합니다."""

    principal_won: int
    interest_won: int
    fee_won: int
    vat_won: int
    payment_won: int
    upfront_fee_won: int
    upfront_vat_won: int


class PresentValueAnswer(Answer):
    """납입금의 현재가치와 할인액."""

    discount_rate_percent: Rate
    value_won: int
    discount_won: int


class WarningAnswer(Answer):
    """알아 두실 점."""

    code: str
    text: str


class _AnyScheduleAnswer(Answer):
    rows: list[RowAnswer]
    totals: TotalsAnswer
    level_payment_won: int | None
    nominal_apr_percent: SolvedRate
    effective_rate_percent: SolvedRate
    present_value: PresentValueAnswer | None
    conventions: Applied
    calendar_version: str
    warnings: list[WarningAnswer]


class ScheduleAnswer(_AnyScheduleAnswer):
    """할부 상환표."""

    terms: InstallmentInput


class FundLoanAnswer(_AnyScheduleAnswer):
    """상생협력펀드 대출 상환표와 은행 금리와 견준 이자 절감액."""

    terms: FundLoanInput
    customer_rate_percent: Rate
    market_total_interest_won: int
    interest_saved_won: int


def schedule_answer(given: InstallmentInput, schedule: Schedule) -> ScheduleAnswer:
    """The answer to `given`. Raises TermsError when fees lift the rate over the legal cap."""
    fields = _schedule_fields(schedule, given.discount_rate_percent)
    return ScheduleAnswer(terms=given.agreed(schedule.terms), **fields)


def fund_loan_answer(given: FundLoanInput, loan: FundLoan) -> FundLoanAnswer:
    """The answer to `given`. Raises TermsError when fees lift the rate over the legal cap."""
    return FundLoanAnswer(
        terms=given.agreed(loan.schedule.terms),
        customer_rate_percent=loan.customer_rate_percent,
        market_total_interest_won=loan.market_total_interest_won,
        interest_saved_won=loan.interest_saved_won,
        **_schedule_fields(loan.schedule, given.discount_rate_percent),
    )


def _schedule_fields(schedule: Schedule, discount_rate: Fraction | None) -> dict[str, Any]:
    rates = disclose(schedule)
    value = None if discount_rate is None else present_value_of(schedule, discount_rate)
    return {
        "rows": row_answers(schedule),
        "totals": TotalsAnswer.model_validate(schedule.totals),
        "level_payment_won": schedule.level_payment_won,
        "nominal_apr_percent": rates.nominal_apr_percent,
        "effective_rate_percent": rates.effective_rate_percent,
        "present_value": value and PresentValueAnswer.model_validate(value),
        "conventions": applied_conventions(schedule),
        "calendar_version": schedule.calendar_version,
        "warnings": warning_answers(schedule.warnings),
    }


def row_answers(schedule: Schedule) -> list[RowAnswer]:
    """The rows on the wire."""
    return _ROWS.validate_python(schedule.rows)


def warning_answers(codes: Sequence[str]) -> list[WarningAnswer]:
    """The warnings with their sentences."""
    return [WarningAnswer(code=code, text=sentence(f"warning_{code}")) for code in codes]


class DifferenceAnswer(Answer):
    """가장 나은 방법보다 더 드는 까닭. 네 값을 더하면 present_value_over_best_won과 같습니다."""

    price_won: int
    grant_won: int
    financing_cost_won: int
    timing_won: int


class OutlayAnswer(Answer):
    """한 가지 지불 방법에 드는 것. monthly_burden_won은 마지막을 뺀 가장 큰 회차 납입금입니다."""

    rank: int
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
    nominal_apr_percent: SolvedRate | None
    effective_rate_percent: SolvedRate | None
    present_value_won: int
    present_value_over_best_won: int
    total_over_best_won: int
    financing_cost_over_best_won: int
    difference: DifferenceAnswer
    text: str


class ComparisonAnswer(Answer):
    """현재가치가 작은 순서."""

    discount_rate_percent: Rate
    options: list[OutlayAnswer]


def comparison_answer(discount_rate: Fraction, ranked: Sequence[RankedOutlay]) -> ComparisonAnswer:
    """The places in order, each with a sentence on what makes the difference."""
    options = [
        OutlayAnswer(
            **asdict(place.outlay),
            rank=place.rank,
            present_value_over_best_won=place.present_value_over_best_won,
            total_over_best_won=place.total_over_best_won,
            financing_cost_over_best_won=place.financing_cost_over_best_won,
            difference=DifferenceAnswer.model_validate(place.difference),
            text=_difference(place),
        )
        for place in ranked
    ]
    return ComparisonAnswer(discount_rate_percent=discount_rate, options=options)


def _difference(place: RankedOutlay) -> str:
    cost = won_reading(place.outlay.financing_cost_won)
    if not place.present_value_over_best_won:
        value = won_reading(place.outlay.present_value_won)
        return sentence("comparison_best", value=value, cost=cost)
    causes = [
        CAUSES[name, won > 0].format(won=won_reading(abs(won)))
        for name, won in place.difference._asdict().items()
        if won
    ]
    over = won_reading(place.present_value_over_best_won)
    return sentence("comparison_over_best", over=over, causes=", ".join(causes))


class PrepaymentFeeAnswer(Answer):
    """중도상환수수료와 그 날수."""

    remaining_days: int
    total_days: int
    fee_won: int


class OverdueChargeAnswer(Answer):
    """적용 이율과 지연배상금."""

    applied_rate_percent: Rate
    charge_won: int


class DiscountRowAnswer(Answer):
    """한 해의 이자와 장부금액."""

    period: int
    interest_won: int
    cash_won: int
    carrying_won: int


class PresentValueScheduleAnswer(Answer):
    """현재가치와 현재가치할인차금 상각표."""

    present_value_won: int
    discount_won: int
    rows: list[DiscountRowAnswer]
