"""The calculators over HTTP: public, stateless, nothing stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from service.financing.answers import (
    ComparisonAnswer,
    FundLoanAnswer,
    OverdueChargeAnswer,
    PrepaymentFeeAnswer,
    PresentValueScheduleAnswer,
    ScheduleAnswer,
    comparison_answer,
    fund_loan_answer,
    schedule_answer,
)
from service.financing.charges import overdue_charge, prepayment_charge
from service.financing.comparison import compare
from service.financing.forms import Form, accepted_form, in_form
from service.financing.fund_loan import build_fund_loan
from service.financing.present_value import amortise_discount
from service.financing.schedule import build_schedule
from service.financing.schemas import (
    ComparisonInput,
    FundLoanInput,
    InstallmentInput,
    OverdueChargeQuery,
    PrepaymentFeeQuery,
    PresentValueQuery,
)

router = APIRouter(prefix="/financing", tags=["할부와 대출"])

Accept = Annotated[str | None, Header(include_in_schema=False)]

_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "상환표. Accept 헤더로 CSV, XLSX, 인쇄용 HTML도 받을 수 있습니다.",
        "content": {
            Form.CSV.value: {"schema": {"type": "string"}},
            Form.XLSX.value: {"schema": {"type": "string", "format": "binary"}},
            Form.HTML.value: {"schema": {"type": "string"}},
        },
    }
}


@router.post("/installment-schedules", summary="할부 상환표", response_model=ScheduleAnswer, responses=_FORMS)
def make_installment_schedule(given: InstallmentInput, accept: Accept = None) -> ScheduleAnswer | Response:
    """할부 조건으로 회차별 원금, 이자, 수수료, 부가가치세를 원 단위로 계산합니다."""
    form = accepted_form(accept)
    schedule = build_schedule(given.terms())
    return schedule_answer(given, schedule) if form is Form.JSON else in_form(form, schedule)


@router.post(
    "/fund-loan-schedules",
    summary="상생협력펀드 대출 상환표",
    response_model=FundLoanAnswer,
    responses=_FORMS,
)
def make_fund_loan_schedule(given: FundLoanInput, accept: Accept = None) -> FundLoanAnswer | Response:
    """은행 금리에서 감면금리를 뺀(하한 적용) 금리의 상환표와 이자 절감액을 계산합니다."""
    form = accepted_form(accept)
    loan = build_fund_loan(given.market_terms(), given.fund_rate())
    return fund_loan_answer(given, loan) if form is Form.JSON else in_form(form, loan.schedule)


@router.post("/comparisons", summary="지불 방법 견주기")
def make_comparison(given: ComparisonInput) -> ComparisonAnswer:
    """일시불, 할부, 상생협력펀드 대출을 회사의 할인율로 구한 현재가치 순서로 견줍니다."""
    ranked = compare(given.named_options(), given.discount_rate_percent)
    return comparison_answer(given.discount_rate_percent, ranked)


@router.post("/prepayment-fees", summary="중도상환수수료")
def compute_prepayment_fee(given: PrepaymentFeeQuery) -> PrepaymentFeeAnswer:
    """금액 × 수수료율 × 남은 날수 ÷ 전체 날수. 대출 3년이 지나면 없습니다."""
    charge = prepayment_charge(
        given.amount_won,
        given.fee_rate_percent,
        start_date=given.start_date,
        prepayment_date=given.prepayment_date,
        maturity_date=given.maturity_date,
        max_years=given.max_years,
    )
    return PrepaymentFeeAnswer.model_validate(charge)


@router.post("/overdue-charges", summary="지연배상금")
def compute_overdue_charge(given: OverdueChargeQuery) -> OverdueChargeAnswer:
    """연체 금액 × min(약정 이율 + 가산금리, 상한) × 날수 ÷ 365."""
    charge = overdue_charge(
        given.base_won,
        given.contract_rate_percent,
        given.addon_percent,
        given.days,
        cap=given.cap_percent,
    )
    return OverdueChargeAnswer.model_validate(charge)


@router.post("/present-values", summary="현재가치와 할인차금 상각")
def compute_present_value(given: PresentValueQuery) -> PresentValueScheduleAnswer:
    """해마다 한 번인 현금흐름의 현재가치와 유효이자율법 상각표를 계산합니다."""
    discounted = amortise_discount(given.annual_rate_percent, given.cashflows_won)
    return PresentValueScheduleAnswer.model_validate(discounted)
