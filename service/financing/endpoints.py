"""The calculators over HTTP: public, stateless, nothing stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from service.db.session import Database, DbSession
from service.financing.answers import (
    ComparisonAnswer,
    FundLoanAnswer,
    OverdueChargeAnswer,
    PrepaymentFeeAnswer,
    PresentValueScheduleAnswer,
    ScheduleAnswer,
    TotalsAnswer,
    comparison_answer,
    fund_loan_answer,
    row_answers,
    schedule_answer,
    warning_answers,
)
from service.financing.arrears import arrears_on
from service.financing.charges import overdue_charge, prepayment_charge
from service.financing.comparison import compare
from service.financing.disclosure import check_legal_cap, disclose
from service.financing.errors import TermsError
from service.financing.forms import accepted_form, in_form
from service.financing.fund_loan import FundLoan, build_fund_loan
from service.financing.fund_terms import check_conditions, conditions_on
from service.financing.grants import find_grant_row, share_cost
from service.financing.planning import (
    MOST_ROWS,
    AffordablePriceInput,
    ArrearsAnswer,
    ArrearsInput,
    BatchAnswer,
    BatchInput,
    BatchItemAnswer,
    Detail,
    GrantQuery,
    GrantSharesAnswer,
    ImpliedRateInput,
    RefusedItemAnswer,
    ShortestTermInput,
    SolvedAnswer,
)
from service.financing.present_value import amortise_discount
from service.financing.queries import grant_rows, published_conditions
from service.financing.quotes import Quote, quote_all
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.schemas import (
    ComparisonInput,
    FundLoanInput,
    InstallmentInput,
    OverdueChargeQuery,
    PrepaymentFeeQuery,
    PresentValueQuery,
)
from service.financing.solving import implied_rate, largest_principal, shortest_term
from service.financing.terms import Terms
from service.kit.file_forms import FileForm
from service.messages import sentence

router = APIRouter(prefix="/financing", tags=["할부와 대출"])

Accept = Annotated[str | None, Header(include_in_schema=False)]

_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "상환표. Accept 헤더로 CSV, XLSX도 받을 수 있습니다.",
        "content": {
            FileForm.CSV.value: {"schema": {"type": "string"}},
            FileForm.XLSX.value: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/installment-schedules", summary="할부 상환표", response_model=ScheduleAnswer, responses=_FORMS)
async def make_installment_schedule(
    given: InstallmentInput, accept: Accept = None
) -> ScheduleAnswer | Response:
    """할부 조건으로 회차별 원금, 이자, 수수료, 부가가치세를 원 단위로 계산합니다."""
    form = accepted_form(accept)
    # At most 36 rows take less time than handing them to another thread; a file takes many times that.
    schedule = build_schedule(given.terms())
    if form is FileForm.JSON:
        return schedule_answer(given, schedule)
    return await run_in_threadpool(in_form, form, schedule)


@router.post(
    "/fund-loan-schedules",
    summary="상생협력펀드 대출 상환표",
    response_model=FundLoanAnswer,
    responses=_FORMS,
)
def make_fund_loan_schedule(
    given: FundLoanInput, request: Request, accept: Accept = None
) -> FundLoanAnswer | Response:
    """은행 금리에서 감면금리를 뺀(하한 적용) 금리의 상환표와 이자 절감액을 계산합니다."""
    form = accepted_form(accept)
    loan = checked_fund_loan(request, given)
    return fund_loan_answer(given, loan) if form is FileForm.JSON else in_form(form, loan.schedule)


@router.post("/comparisons", summary="지불 방법 견주기")
def make_comparison(given: ComparisonInput, request: Request) -> ComparisonAnswer:
    """일시불, 할부, 상생협력펀드 대출을 회사의 할인율로 구한 현재가치 순서로 견줍니다."""
    for index, option in enumerate(given.options):
        if isinstance(option, FundLoanInput):
            with _pointing_under(f"/options/{index}"):
                _check_fund(request, option)
    ranked = compare(given.named_options(), given.discount_rate_percent)
    return comparison_answer(given.discount_rate_percent, ranked)


@contextmanager
def _pointing_under(prefix: str) -> Iterator[None]:
    try:
        yield
    except TermsError as refusal:
        raise refusal.under(prefix) from refusal


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


def checked_fund_loan(request: Request, given: FundLoanInput) -> FundLoan:
    """The loan, once the fund that it names is known to make it. Raises TermsError."""
    _check_fund(request, given)
    return build_fund_loan(given.market_terms(), given.fund_rate())


def _check_fund(request: Request, given: FundLoanInput) -> None:
    """Only a loan that names its fund needs the database; every other calculation runs without."""
    code = given.fund
    if code is None:
        return
    if given.start_date is None:
        raise TermsError("start_date_required", "/start_date")
    database: Database = request.app.state.database
    with database.transaction() as session:
        published = published_conditions(session, code)
    check_conditions(
        conditions_on(published, code, given.start_date), given.market_terms(), given.fund_rate()
    )


@router.post("/affordable-prices", summary="월 예산으로 살 수 있는 가격")
def solve_affordable_price(given: AffordablePriceInput) -> SolvedAnswer:
    """마지막을 뺀 모든 회차 납입금이 월 예산 안에 드는 가장 큰 원금과 가격을 구합니다."""
    return _solved(largest_principal(given.terms(), given.monthly_budget_won))


@router.post("/shortest-terms", summary="월 예산으로 가장 짧은 기간")
def solve_shortest_term(given: ShortestTermInput) -> SolvedAnswer:
    """모든 회차 납입금이 월 예산 안에 드는 가장 짧은 기간을 구합니다."""
    return _solved(shortest_term(given.terms(), given.monthly_budget_won))


@router.post("/implied-rates", summary="총 납입액에 숨은 이율")
def solve_implied_rate(given: ImpliedRateInput) -> SolvedAnswer:
    """총 납입액이 그 금액 이상이 되는 가장 낮은 연 이율을 백만분의 1%까지 구합니다."""
    return _solved(implied_rate(given.terms(), given.total_payment_won))


def _solved(schedule: Schedule) -> SolvedAnswer:
    rates = disclose(schedule)
    return SolvedAnswer(
        price_won=schedule.terms.price_won,
        principal_won=schedule.terms.principal_won,
        months=schedule.terms.months,
        annual_rate_percent=schedule.terms.annual_rate_percent,
        level_payment_won=schedule.level_payment_won,
        highest_payment_won=schedule.highest_payment_won,
        last_payment_won=schedule.rows[-1].payment_won,
        totals=TotalsAnswer.model_validate(schedule.totals),
        nominal_apr_percent=rates.nominal_apr_percent,
        effective_rate_percent=rates.effective_rate_percent,
    )


@router.post("/installment-schedules/batch", summary="여러 할부 한꺼번에 계산")
def make_batch(given: BatchInput) -> BatchAnswer:
    """10,000건까지, 회차도 받으면 50,000회차까지 계산합니다. 계산할 수 없는 건은 refused에 답합니다."""
    refused: list[RefusedItemAnswer] = []
    contracts: list[tuple[int, Terms]] = []
    for index, item in enumerate(given.items):
        try:
            contracts.append((index, item.terms()))
        except TermsError as refusal:
            refused.append(_refused(index, refusal))
    if given.detail is Detail.ROWS and sum(terms.months for _, terms in contracts) > MOST_ROWS:
        raise TermsError("batch_rows_too_many", "/items", most=f"{MOST_ROWS:,}")
    items = []
    quotes = quote_all([terms for _, terms in contracts])
    for (index, terms), quote in zip(contracts, quotes, strict=True):
        if isinstance(quote, TermsError):
            refused.append(_refused(index, quote))
        else:
            items.append(_batch_item(index, quote, terms if given.detail is Detail.ROWS else None))
    return BatchAnswer(items=items, refused=sorted(refused, key=lambda each: each.index))


def _refused(index: int, refusal: TermsError) -> RefusedItemAnswer:
    return RefusedItemAnswer(
        index=index,
        code=refusal.code,
        pointer=f"/items/{index}{refusal.pointer}",
        message=sentence(refusal.code, **refusal.values),
    )


def _batch_item(index: int, quote: Quote, terms: Terms | None) -> BatchItemAnswer:
    return BatchItemAnswer(
        index=index,
        level_payment_won=quote.level_payment_won,
        last_payment_won=quote.last_payment_won,
        totals=TotalsAnswer.model_validate(quote.totals),
        rows=None if terms is None else row_answers(build_schedule(terms)),
        warnings=warning_answers(quote.warnings),
    )


@router.post("/overdue-schedules", summary="연체했을 때 내야 할 금액")
def compute_arrears(given: ArrearsInput) -> ArrearsAnswer:
    """미납 회차의 지연배상금을, 기한의 이익을 잃은 뒤에는 남은 원금 전체의 지연배상금을 계산합니다."""
    schedule = build_schedule(given.terms())
    check_legal_cap(schedule)
    owed = arrears_on(
        schedule,
        given.as_of,
        first_missed=given.first_missed_number,
        addon_percent=given.addon_percent,
        accelerated_on=given.accelerated_on,
        cap=given.cap_percent,
    )
    return ArrearsAnswer.model_validate(owed)


@router.post("/grants", summary="정부지원금과 자부담")
def compute_grant(given: GrantQuery, session: DbSession) -> GrantSharesAnswer:
    """연도와 수준별 공고의 비율과 한도로 지원금과 자부담을 계산합니다. 자부담을 할부로 낼 수 있습니다."""
    row = find_grant_row(
        grant_rows(session, given.programme), given.programme, given.year, given.level, given.track
    )
    shares = share_cost(row, given.cost_won)
    return GrantSharesAnswer(
        programme=given.programme,
        year=row.year,
        track=row.track,
        level=row.level,
        cost_won=given.cost_won,
        government_won=shares.government_won,
        host_won=shares.host_won,
        own_won=shares.own_won,
        source=dict(row.source),
        note=sentence("grant_note"),
    )
