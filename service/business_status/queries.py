"""What is known of companies' numbers, for account managers."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from service.business_status.nts import DEMO
from service.db.tables import BusinessStatus
from service.kit.business_register import CODES, BusinessState
from service.messages import sentence

WORTH_A_WARNING = (BusinessState.SUSPENDED, BusinessState.CLOSED, BusinessState.UNREGISTERED)


class BusinessStatusAnswer(BaseModel):
    """What the tax service last said of a company; account managers see it."""

    status: BusinessState
    status_name: str | None = Field(None, description="국세청이 부르는 이름")
    tax_type: str | None = Field(None, description="과세 유형, 또는 국세청이 남긴 말")
    closed_on: date | None = None
    checked_at: datetime | None = Field(None, description="마지막으로 확인한 때. 아직이면 null")
    source: str | None = Field(None, description="nts: 국세청, demo: 시연용 모의 응답")
    warning: str | None = Field(None, description="소개하기 전에 확인할 일")
    notice: str | None = Field(None, description="시연용 모의 응답이면 그 사실")


def statuses_of(session: Session, numbers: Iterable[str]) -> dict[str, BusinessStatusAnswer]:
    """The status of each of these numbers, in one query; one that was never checked is unknown."""
    wanted = set(numbers)
    rows = session.exec(select(BusinessStatus).where(col(BusinessStatus.business_number).in_(wanted)))
    kept = {row.business_number: _answer(row) for row in rows}
    never_checked = BusinessStatusAnswer(status=BusinessState.UNKNOWN)
    return {number: kept.get(number, never_checked) for number in wanted}


def in_state(business_number: Any, state: BusinessState) -> ColumnElement[bool]:
    """Whether the number in that column is in that state."""
    code = col(BusinessStatus.status_code)
    if state is BusinessState.UNKNOWN:
        return ~_has_row(business_number, code.in_(CODES))
    return _has_row(business_number, code.in_([key for key, value in CODES.items() if value is state]))


def notice_of(source: str | None) -> str | None:
    """The sentence that marks an invented answer."""
    return sentence("business_status_demo") if source == DEMO else None


def _has_row(business_number: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    same = col(BusinessStatus.business_number) == business_number
    return select(BusinessStatus.business_number).where(same, condition).exists()


def _answer(row: BusinessStatus) -> BusinessStatusAnswer:
    known = row.status_code is not None
    state = CODES.get(row.status_code or "", BusinessState.UNKNOWN) if known else BusinessState.UNKNOWN
    return BusinessStatusAnswer(
        **row.model_dump(exclude={"business_number", "status_code"}),
        status=state,
        warning=sentence(f"business_{state.value}") if state in WORTH_A_WARNING else None,
        notice=notice_of(row.source),
    )
