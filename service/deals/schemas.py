"""Ways to pay for a need, on the wire."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from service.financing.answers import Answer, FundLoanAnswer, OutlayAnswer, ScheduleAnswer
from service.financing.conventions import Method
from service.financing.schemas import FundLoanInput, Input, VatInput
from service.financing.wire import Count, Day, Rate, Won
from service.kit.texts import Name
from service.programmes.schemas import EligibilityAnswer, MissingField


class FundingStackInput(Input):
    """무엇을 어떤 할부로 사려는지. annual_rate_percent만 꼭 필요합니다."""

    price_won: Won | None = Field(None, description="공급가액. 비우면 수요의 예산")
    annual_rate_percent: Rate
    months: Count = Field(36, description="36개월까지")
    down_payment_won: Won = 0
    method: Method = Method.LEVEL_PAYMENT
    grace_months: Count = 0
    start_date: Day | None = Field(None, description="비우면 오늘. 이날 유효한 지원금을 찾습니다.")
    payment_day: Count | None = None
    vat: VatInput | None = None
    level: Name | None = Field(None, description="지원금 공고의 구축 수준. 비우면 모든 수준")
    grants_on: Day | None = Field(
        None, description="이날의 공고가 지금도 유효하다면 어떤지 어림잡습니다. 비우면 시작일"
    )
    grant: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="지원금 하나만 봅니다(끝난 공고도). 사업 코드/연도/유형/수준"
    )
    discount_rate_percent: Rate | None = Field(None, description="회사의 할인율. 비우면 할부 이율")
    fund_loan: FundLoanInput | None = Field(
        None, description="공급기업이 만드는 비용을 상생협력펀드로 빌린다면 그 조건"
    )


class GrantedAnswer(Answer):
    """이 방법에 든 지원금 하나."""

    programme: str
    name: str
    year: int
    track: str
    level: str
    government_won: int
    host_won: int
    in_force: bool = Field(description="시작일에 유효한 공고인지. 아니면 어림잡는 데만 씁니다.")
    missing: list[MissingField] = Field(description="채워야 받을 수 있는지 알 수 있는 항목")
    to_confirm: list[str]
    source: dict[str, Any]


class FundingOptionAnswer(OutlayAnswer):
    """한 가지 방법: 지원금과 할부 또는 일시불, 자부담과 그 상환표."""

    grants: list[GrantedAnswer]
    own_won: int = Field(description="지원금을 뺀 공급가액. 할부 원금과 선납금으로 나뉩니다.")
    schedule: ScheduleAnswer | None = Field(description="할부일 때의 상환표")


class LeftOutProgrammeAnswer(EligibilityAnswer):
    """쓰지 못한 지원사업과 까닭."""

    programme: str
    name: str
    reason: str


class NotCombinedAnswer(Answer):
    """함께 받을 수 없는 두 지원사업. 이름이 같으면 그 사업의 여러 조건 가운데 하나만 받습니다."""

    names: tuple[str, str]
    reason: str


class FundingStackAnswer(Answer):
    """현재가치로 가장 적게 드는 방법부터."""

    price_won: int
    discount_rate_percent: Rate
    options: list[FundingOptionAnswer]
    left_out: list[LeftOutProgrammeAnswer]
    not_combined: list[NotCombinedAnswer]
    supplier_fund_loan: FundLoanAnswer | None
