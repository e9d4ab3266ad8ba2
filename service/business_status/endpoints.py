"""Checking a business number over HTTP, for a form that somebody is filling in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from limits import parse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.business_status.queries import notice_of
from service.kit import clock
from service.kit.addresses import subscriber_behind
from service.kit.business_number import BusinessNumberError, parse_business_number
from service.kit.business_register import BusinessRegister, BusinessState, RegisterUnavailableError
from service.kit.problems import field_problem
from service.kit.rate_limits import RateLimits
from service.kit.texts import Clean

router = APIRouter(prefix="/business-numbers", tags=["사업자등록번호"])

CHECKS = parse("30/minute")


class BusinessNumberInput(BaseModel):
    """The number as somebody types it."""

    model_config = ConfigDict(extra="forbid")

    business_number: Annotated[str, StringConstraints(max_length=40), Clean]


class BusinessNumberAnswer(BaseModel):
    """What the tax service says of a number; nothing of what the alliance knows."""

    valid_checksum: bool
    status: BusinessState
    checked_at: datetime | None
    source: str | None = Field(description="nts: 국세청, demo: 시연용 모의 응답")
    notice: str | None = Field(None, description="시연용 모의 응답이면 그 사실")


@router.post("/check", summary="사업자등록번호 확인")
def check_business_number(data: BusinessNumberInput, request: Request) -> BusinessNumberAnswer:
    """검사 숫자와 국세청 상태를 확인합니다. 국세청이 답하지 않으면 unknown입니다.

    얼라이언스에 등록된 번호인지는 답하지 않습니다.
    """
    limits: RateLimits = request.app.state.rate_limits
    limits.count(CHECKS, "business-number", subscriber_behind(request))
    try:
        number = parse_business_number(data.business_number)
    except BusinessNumberError as error:
        if error.code != "business_number_check_digit":
            raise field_problem("/business_number", error.code) from error
        return _unknown(valid_checksum=False)
    return look_up(request.app.state.register, number)


def look_up(register: BusinessRegister, number: str) -> BusinessNumberAnswer:
    """Asked of the register each time: what we keep would tell by its age who is registered with us."""
    try:
        entries = register.look_up([number])
    except RegisterUnavailableError:
        entries = []
    if not entries:
        return _unknown(valid_checksum=True)
    return BusinessNumberAnswer(
        valid_checksum=True,
        status=entries[0].state,
        checked_at=clock.now(),
        source=register.source,
        notice=notice_of(register.source),
    )


def _unknown(*, valid_checksum: bool) -> BusinessNumberAnswer:
    return BusinessNumberAnswer(
        valid_checksum=valid_checksum, status=BusinessState.UNKNOWN, checked_at=None, source=None
    )
