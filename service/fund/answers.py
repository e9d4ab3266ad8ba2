"""What a fund answers: its ceiling and how it is used, its conditions, the entries of its ledger."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.db.tables import FundEntry, LoanStatus
from service.fund.ledger import Account, Balances, EntryKind
from service.fund.queries import FundOverview
from service.messages.fund import ENTRIES


class Answer(BaseModel):
    """A part of an answer, read off a row or a result."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")


class FundAnswer(Answer):
    """펀드의 한도와 쓰임. available_won = ceiling_won - reserved_won - outstanding_won - written_off_won
    (0보다 작지 않음). outstanding_won에는 기한이익을 잃은 accelerated_won이 들어 있습니다.
    """

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    ceiling_won: int
    outstanding_won: int
    accelerated_won: int
    written_off_won: int
    reserved_won: int
    available_won: int
    per_company_limit_won: int | None
    rate_reduction_percent_min: str | None
    rate_reduction_percent_max: str | None
    floor_rate_percent: str | None
    max_months: int | None
    application_days: int
    overdue_addon_percent: str
    demo: bool
    note: str | None
    interest_received_won: int
    overdue_charges_received_won: int
    interest_saved_won: int = Field(
        description="은행 금리로 빌렸을 때보다 덜 내는 이자. 실행한 모든 대출의 처음부터 끝까지"
    )
    loans: dict[LoanStatus, int] = Field(description="상태별 대출 수")
    overdue_loans: int


class TermsAnswer(Answer):
    """한 펀드의 한 기간의 조건."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    ceiling_won: int
    per_company_limit_won: int | None
    rate_reduction_percent_min: str | None
    rate_reduction_percent_max: str | None
    floor_rate_percent: str | None
    max_months: int | None
    application_days: int
    overdue_addon_percent: str
    note: str | None
    version: int


class PostingAnswer(Answer):
    """한 계정의 증감."""

    account: Account
    amount_won: int


class EntryAnswer(Answer):
    """전표 하나. postings의 합은 0입니다."""

    number: int
    kind: EntryKind
    text: str
    loan_id: UUID | None
    repayment_id: UUID | None
    occurred_on: date
    booked_on: date
    recorded_at: datetime
    actor: str | None = Field(description="누가 기록했는지 (담당자만)")
    postings: list[PostingAnswer]


def fund_answer(overview: FundOverview) -> FundAnswer:
    """A fund on a day."""
    terms, won = overview.terms, overview.balances
    ceiling = terms.ceiling_won or 0
    return FundAnswer(
        **terms.model_dump(exclude={"ceiling_won"}),
        ceiling_won=ceiling,
        outstanding_won=won.lent_won,
        accelerated_won=won[Account.CALLED],
        written_off_won=won[Account.WRITTEN_OFF],
        reserved_won=won[Account.RESERVED],
        available_won=max(ceiling - won.promised_won, 0),
        interest_received_won=won[Account.INTEREST_RECEIVED],
        overdue_charges_received_won=won[Account.OVERDUE_CHARGES_RECEIVED],
        interest_saved_won=overview.interest_saved_won,
        loans={LoanStatus(status): count for status, count in overview.loans.items()},
        overdue_loans=overview.overdue_loans,
    )


def entry_answer(entry: FundEntry, amounts: Balances, *, for_staff: bool) -> EntryAnswer:
    """An entry with its postings; who made it is told to staff."""
    return EntryAnswer(
        **entry.model_dump(exclude={"actor"}),
        text=ENTRIES[entry.kind],
        actor=entry.actor if for_staff else None,
        postings=[
            PostingAnswer(account=account, amount_won=amounts[account])
            for account in Account
            if amounts[account]
        ],
    )
