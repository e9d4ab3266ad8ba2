"""What is sent about installment contracts. The calculator checks the terms, shapes are checked here."""

from fractions import Fraction
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from service.codes.types import PositiveWon
from service.db.tables import ReminderChannel
from service.financing.charges import MOST_OVERDUE_POINTS
from service.financing.conventions import VatTiming
from service.financing.schemas import Input, InstallmentInput
from service.financing.wire import Day, Rate
from service.kit.texts import Clean, OneLine, ShortText, not_null

Reference = Annotated[str, StringConstraints(min_length=1, max_length=60), Clean, OneLine]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=300), Clean, OneLine]
Programme = Literal["INSTALLMENT_36"]


class QuoteInput(Input):
    """할부 견적. terms는 할부 계산기가 받는 조건 그대로이고, 36개월까지입니다."""

    supplier_id: UUID
    programme: Programme = "INSTALLMENT_36"
    terms: InstallmentInput
    valid_until: Day | None = Field(None, description="견적이 유효한 마지막 날. 없으면 30일 뒤")
    overdue_addon_percent: Rate = Field(
        Fraction(MOST_OVERDUE_POINTS), description="연체할 때 약정 이율에 더하는 금리(%포인트). 3까지"
    )


class QuotePatch(Input):
    """What to change of a quote; what is left out stays."""

    terms: InstallmentInput | None = None
    valid_until: Day | None = None
    overdue_addon_percent: Rate | None = None

    _required = field_validator("terms", "valid_until", "overdue_addon_percent", mode="before")(not_null)


class DeliveryInput(Input):
    """인도한 날. 이자와 납입일은 이날부터 정해집니다."""

    delivered_on: Day | None = Field(None, description="없으면 오늘")
    vat_timing: VatTiming | None = Field(
        None,
        description="부가가치세를 회차마다(per_installment) 또는 인도할 때(at_delivery). 없으면 견적대로",
    )


class ContractCancellationInput(Input):
    """계약을 취소하는 까닭. 두 회사가 봅니다."""

    reason: Reason


class PaymentInput(Input):
    """받은 돈 한 건."""

    amount_won: PositiveWon
    received_on: Day | None = Field(None, description="받은 날. 없으면 오늘")
    reference: Reference | None = Field(
        None, description="입금의 거래 번호. 같은 번호는 두 번 기록하지 않습니다."
    )


class SettlementInput(PaymentInput):
    """모두 갚은 돈. amount_won은 그날 모두 갚는 금액과 같아야 합니다."""


class PaymentReversalInput(Input):
    """납입 기록을 되돌리는 까닭."""

    reason: Reason


class ReminderInput(Input):
    """연체한 수요기업에 연락한 것."""

    channel: ReminderChannel = Field(description="전화(telephone), 전자우편(mail), 우편(letter)")
    made_on: Day | None = Field(None, description="연락한 날. 없으면 오늘")
    agreed: ShortText | None = Field(None, description="서로 정한 것. 사람의 이름과 연락처는 적지 않습니다.")
    promised_on: Day | None = Field(None, description="내기로 했거나 다시 연락할 날")
