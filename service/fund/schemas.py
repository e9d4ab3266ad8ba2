"""What is sent to the fund's ledger. Bounds and the law are checked by the calculators, shapes here."""

from fractions import Fraction
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from service.codes.types import PositiveWon
from service.financing.conventions import Method, PrepaymentEffect
from service.financing.wire import Count, Day, Rate
from service.kit.texts import Clean, Name, OneLine, ShortText, not_null

LoanMethod = Literal[Method.LEVEL_PAYMENT, Method.LEVEL_PRINCIPAL, Method.BULLET]
BankReference = Annotated[str, StringConstraints(min_length=1, max_length=60), Clean, OneLine]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=300), Clean, OneLine]


class Input(BaseModel):
    """A request; names that we do not know are refused."""

    model_config = ConfigDict(extra="forbid")


class TermsInput(Input):
    """한 펀드의 조건. 시작하는 날부터 앞의 조건을 대신합니다. 앞서 신청한 대출의 조건은 바뀌지 않습니다."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]{1,50}$")]
    name: Name
    valid_from: Day = Field(description="오늘이거나 앞으로 올 날")
    ceiling_won: PositiveWon
    per_company_limit_won: PositiveWon | None = None
    rate_reduction_percent_min: Rate = Fraction(0)
    rate_reduction_percent_max: Rate
    floor_rate_percent: Rate = Fraction(0)
    max_months: Annotated[int, Field(strict=True, ge=1, le=480)] | None = None
    application_days: Annotated[int, Field(strict=True, ge=1, le=366)] = 60
    overdue_addon_percent: Rate = Fraction(3)
    note: ShortText | None = None


class TermsPatch(Input):
    """What to change of terms; what is left out stays. `valid_to` is their last day, null for no end."""

    name: Name | None = None
    valid_to: Day | None = None
    ceiling_won: PositiveWon | None = None
    per_company_limit_won: PositiveWon | None = None
    rate_reduction_percent_min: Rate | None = None
    rate_reduction_percent_max: Rate | None = None
    floor_rate_percent: Rate | None = None
    max_months: Annotated[int, Field(strict=True, ge=1, le=480)] | None = None
    application_days: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None
    overdue_addon_percent: Rate | None = None
    note: ShortText | None = None

    _required = field_validator(
        "name",
        "ceiling_won",
        "rate_reduction_percent_min",
        "rate_reduction_percent_max",
        "floor_rate_percent",
        "application_days",
        "overdue_addon_percent",
        mode="before",
    )(not_null)


class LoanInput(Input):
    """상생협력펀드 대출 신청."""

    supplier_id: UUID
    principal_won: PositiveWon
    months: Count = Field(description="대출 기간(개월). 펀드 조건의 max_months까지")
    method: LoanMethod = Method.LEVEL_PAYMENT
    grace_months: Count = Field(0, description="이자만 내는 거치기간(개월)")
    payment_day: Count | None = Field(None, description="매달 내는 날(1~31). 없으면 실행일과 같은 날")
    purpose: ShortText | None = Field(None, description="자금의 쓰임. 개인정보는 적지 말아 주세요.")


class LoanPatch(Input):
    """What to change of an application before the bank has decided; what is left out stays."""

    principal_won: PositiveWon | None = None
    months: Count | None = None
    method: LoanMethod | None = None
    grace_months: Count | None = None
    payment_day: Count | None = None
    purpose: ShortText | None = None

    _required = field_validator("principal_won", "months", "method", "grace_months", mode="before")(not_null)


class BankDecisionInput(Input):
    """은행이 밖에서 한 심사의 결과. 이 서비스는 심사하지 않고 기록만 합니다."""

    decision: Literal["approved", "declined"]
    bank: Name = Field(description="결정한 은행과 지점")
    reference: BankReference = Field(description="은행의 심사 번호")
    decided_on: Day
    bank_rate_percent: Rate | None = Field(
        None, description="감면 전 은행 금리(연 %). 승인이면 꼭 필요합니다."
    )
    rate_reduction_percent: Rate | None = Field(
        None, description="감면금리(%포인트). 없으면 펀드 조건의 가장 큰 감면"
    )
    reason: ShortText | None = Field(None, description="거절한 까닭. 신청한 회사가 봅니다.")


class DisbursementInput(Input):
    """은행이 돈을 내준 날. 없으면 오늘입니다."""

    disbursed_on: Day | None = None


class BadLoanInput(Input):
    """은행이 밖에서 내린 결정: 기한이익 상실 또는 대손상각. 이 서비스는 판단하지 않고 기록만 합니다."""

    decided_on: Day | None = Field(None, description="은행이 결정한 날. 없으면 오늘")
    reason: Reason = Field(description="은행이 알린 까닭과 문서 번호. 빌린 회사가 봅니다.")


class CancellationInput(Input):
    """신청을 거두는 까닭."""

    reason: Reason


class RepaymentInput(Input):
    """은행이 받은 돈 한 건."""

    amount_won: PositiveWon
    paid_on: Day | None = Field(None, description="은행이 받은 날. 없으면 오늘")
    effect: PrepaymentEffect | None = Field(
        None,
        description="낼 것보다 많이 낸 돈의 쓰임. shorten은 원금을 미리 갚아 기간을 줄이고, lower는 남은 "
        "회차의 납입금을 줄입니다. 없으면 다음 회차까지만 미리 낼 수 있습니다.",
    )
    reference: BankReference | None = Field(
        None, description="은행의 거래 번호. 같은 번호는 두 번 기록하지 않습니다."
    )


class ReversalInput(Input):
    """상환 기록을 되돌리는 까닭."""

    reason: Reason
