"""What the planning calculators take and answer: solved backwards, in batches, in arrears, with a grant."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from service.financing.answers import Answer, RowAnswer, TotalsAnswer, WarningAnswer
from service.financing.arrears import OverdueBase
from service.financing.charges import MOST_OVERDUE_POINTS
from service.financing.schemas import ContractInput, Input, InstallmentInput, SaleInput
from service.financing.terms import LEGAL_CAP_PERCENT, MOST_MONTHS, MOST_WON, Terms
from service.financing.wire import Count, Day, Rate, SolvedRate, Won
from service.kit.texts import Clean, Name

MOST_QUOTES = 10_000
MOST_ROWS = 50_000


class AffordablePriceInput(ContractInput):
    """매달 낼 수 있는 금액으로 살 수 있는 가격을 물을 때."""

    monthly_budget_won: Won
    annual_rate_percent: Rate

    def terms(self) -> Terms:
        """The terms with the largest principal in place of the one that is asked for."""
        return self.terms_at(MOST_WON, self.annual_rate_percent, self.day_count)


class ShortestTermInput(InstallmentInput):
    """매달 낼 수 있는 금액으로 가장 빨리 갚는 기간을 물을 때. months는 넘지 않을 기간입니다."""

    months: Count = MOST_MONTHS
    monthly_budget_won: Won


class ImpliedRateInput(SaleInput):
    """총 납입액에 숨은 이율을 물을 때."""

    total_payment_won: Won

    def terms(self) -> Terms:
        """The terms at no rate in place of the one that is asked for. Raises TermsError."""
        return self.terms_at(self.financed(), LEGAL_CAP_PERCENT * 0, self.day_count)


class SolvedAnswer(Answer):
    """구한 값과 그 값으로 계산한 할부."""

    price_won: int
    principal_won: int
    months: int
    annual_rate_percent: Rate
    level_payment_won: int | None
    highest_payment_won: int
    last_payment_won: int
    totals: TotalsAnswer
    nominal_apr_percent: SolvedRate
    effective_rate_percent: SolvedRate


class Detail(StrEnum):
    """Whether a batch answers totals or every row too."""

    TOTALS = "totals"
    ROWS = "rows"


class BatchInput(Input):
    """여러 할부 조건."""

    items: Annotated[list[InstallmentInput], Field(min_length=1, max_length=MOST_QUOTES)]
    detail: Detail = Detail.TOTALS


class BatchItemAnswer(Answer):
    """한 조건의 합계, 원하면 회차까지. index는 요청에서의 순서(0부터)입니다."""

    index: int
    level_payment_won: int | None
    last_payment_won: int
    totals: TotalsAnswer
    rows: list[RowAnswer] | None
    warnings: list[WarningAnswer]


class RefusedItemAnswer(Answer):
    """계산하지 않은 조건과 까닭."""

    index: int
    code: str
    pointer: str
    message: str


class BatchAnswer(Answer):
    """계산한 것과 계산하지 않은 것."""

    items: list[BatchItemAnswer]
    refused: list[RefusedItemAnswer]


class ArrearsInput(InstallmentInput):
    """납입하지 않은 회차가 있을 때. 기한의 이익을 잃은 날이 있으면 accelerated_on에 넣습니다."""

    start_date: Day
    first_missed_number: Count
    as_of: Day
    accelerated_on: Day | None = None
    addon_percent: Rate = MOST_OVERDUE_POINTS
    cap_percent: Rate = LEGAL_CAP_PERCENT


class OverdueRowAnswer(Answer):
    """한 금액에 한 기간 동안 붙은 지연배상금."""

    base: OverdueBase
    number: int | None
    base_won: int
    since: date
    until: date
    days: int
    charge_won: int


class ArrearsAnswer(Answer):
    """그날 내야 할 금액."""

    applied_rate_percent: Rate
    accelerated: bool
    missed_won: int
    outstanding_principal_won: int
    accrued_interest_won: int
    charge_won: int
    owed_won: int
    rows: list[OverdueRowAnswer]


class GrantQuery(Input):
    """지원금을 물을 때. programme은 /v1/programmes의 코드입니다."""

    programme: Annotated[str, StringConstraints(max_length=50), Clean]
    year: Count
    level: Name
    track: Name | None = None
    cost_won: Won


class GrantSharesAnswer(Answer):
    """사업비를 정부, 주관기업, 도입기업이 나누어 내는 금액. own_won을 할부로 낼 수 있습니다."""

    programme: str
    year: int
    track: str
    level: str
    cost_won: int
    government_won: int
    host_won: int
    own_won: int
    source: dict[str, Any]
    note: str
