"""Installment contracts on the wire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import Field
from sqlmodel import Session

from service.accounts.schemas import ContactAnswer
from service.db.tables import ContractPayment, ContractReminder, ContractState, ReminderChannel
from service.deals.contracts.installment_account import (
    InstallmentAccount,
    InstallmentState,
    Line,
    LineKind,
    Settlement,
)
from service.deals.contracts.queries import ContractRecord, LateContract, StateTotals, accounts_of, terms_of
from service.financing.answers import Answer, ScheduleAnswer, schedule_answer
from service.financing.schedule import build_schedule
from service.financing.schemas import InstallmentInput
from service.messages import sentence
from service.messages.contracts import CHANNELS, LINE_STATES, STATES


class ContractAnswer(Answer):
    """할부 계약 하나. 납입 일정은 /v1/contracts/{contract_id}/schedule에서 봅니다."""

    id: UUID
    need_id: UUID
    need_title: str
    supplier_id: UUID
    supplier_name: str
    manufacturer_id: UUID
    manufacturer_name: str
    programme: str
    state: ContractState
    state_text: str
    state_reason: str | None
    terms: InstallmentInput
    overdue_addon_percent: str
    price_won: int
    grant_won: int
    quoted_on: date
    valid_until: date = Field(description="견적을 수락할 수 있는 마지막 날")
    accepted_on: date | None
    delivered_on: date | None
    closed_on: date | None = Field(description="모두 갚거나 취소되거나 기한이 지난 날")
    next_due_on: date | None = Field(description="다 내지 않은 가장 오래된 회차의 납입일")
    match_to_record: bool | None = Field(
        description="수락했지만 담당자가 매칭을 계약으로 기록하지 않았는지 (담당자만)"
    )
    version: int
    created_at: datetime
    updated_at: datetime


class SharesAnswer(Answer):
    """금액을 갚는 순서대로 나눈 것."""

    overdue_charge_won: int
    fee_won: int
    interest_won: int
    principal_won: int
    vat_won: int


class ContractSettlementAnswer(Answer):
    """그날 모두 갚는 금액: 그날까지 낼 것(due)과 나머지를 한 번에 갚을 것(closing)에서 미리 낸 것을 뺌."""

    day: date
    due_won: int
    due: SharesAnswer
    closing: SharesAnswer
    paid_in_advance_won: int
    total_won: int


class ContractLineAnswer(Answer):
    """한 번에 낼 것과 낸 것. 인도할 때의 원금은 선납금입니다. 지연배상금은 as_of까지 계산한 것입니다."""

    number: int
    kind: LineKind
    due_date: date
    payment_date: date
    principal_won: int
    interest_won: int
    fee_won: int
    vat_won: int
    owed_won: int = Field(description="지연배상금을 뺀 낼 금액")
    overdue_charge_won: int
    paid: SharesAnswer
    paid_won: int
    unpaid_won: int = Field(description="지연배상금을 포함해 남은 금액")
    paid_on: date | None = Field(description="마지막으로 낸 날")
    state: InstallmentState
    state_text: str
    days_late: int


class ContractPaymentAnswer(Answer):
    """받은 돈 한 건. 취소한 것은 음수인 줄이 더해지고, 두 줄 모두 남습니다."""

    id: UUID
    contract_id: UUID
    number: int
    received_on: date
    amount_won: int
    reference: str | None
    reversal_of: UUID | None
    reason: str | None
    recorded_at: datetime


class ContractScheduleAnswer(Answer):
    """약정한 상환표(schedule)와, 인도한 뒤에는 회차마다 낸 것(lines)."""

    contract_id: UUID
    state: ContractState
    as_of: date
    schedule: ScheduleAnswer
    lines: list[ContractLineAnswer]
    paid: SharesAnswer
    outstanding_won: int | None = Field(description="지연배상금을 뺀, 앞으로 낼 모든 금액")
    settlement: ContractSettlementAnswer | None
    payments: list[ContractPaymentAnswer]
    rule: str


class ReminderAnswer(Answer):
    """연체한 수요기업에 연락한 것. 담당자만 봅니다."""

    id: UUID
    contract_id: UUID
    made_on: date
    channel: ReminderChannel
    channel_text: str
    agreed: str | None
    promised_on: date | None = Field(description="내기로 했거나 다시 연락할 날")
    recorded_at: datetime


class LateManufacturer(Answer):
    """연체한 수요기업과 그 담당자의 연락처."""

    id: UUID
    company_name: str
    contact: ContactAnswer | None


class LateContractAnswer(Answer):
    """연체한 계약과 그 회차들."""

    id: UUID
    need_title: str
    supplier_id: UUID
    supplier_name: str
    manufacturer: LateManufacturer
    overdue_since: date
    days_late: int
    late_won: int
    lines: list[ContractLineAnswer]
    last_reminder: ReminderAnswer | None = Field(description="마지막으로 연락한 것")


class StateTotalsAnswer(Answer):
    """한 상태의 계약들."""

    state: ContractState
    state_text: str
    count: int
    price_won: int
    outstanding_won: int
    late_count: int
    late_won: int


class ContractTotalsAnswer(Answer):
    """상태별 합계. to_record는 매칭을 계약으로 기록해야 하는 계약의 수입니다."""

    as_of: date
    states: list[StateTotalsAnswer]
    to_record: int


@dataclass(frozen=True)
class ContractStanding:
    """A contract of a list with what is to be paid of it today: nothing before its delivery."""

    contract: ContractAnswer
    next_won: int | None
    outstanding_won: int | None
    late_won: int | None


def standings_of(
    session: Session, records: Sequence[ContractRecord], day: date, *, for_staff: bool
) -> list[ContractStanding]:
    """The contracts with what is to be paid: one query however many they are."""
    running = [each.contract for each in records if each.contract.state == ContractState.DELIVERED.value]
    accounts = accounts_of(session, running)
    standings = []
    for record in records:
        account = accounts.get(record.contract.id)
        late = account.late_on(day) if account else []
        following = next((line for line in account.lines if line.unpaid.total_won), None) if account else None
        standings.append(
            ContractStanding(
                contract=contract_answer(record, for_staff=for_staff),
                next_won=following.unpaid.total_won if following else None,
                outstanding_won=account.outstanding_won if account else None,
                late_won=sum(line.unpaid.total_won for line in late) if account else None,
            )
        )
    return standings


def contract_answer(record: ContractRecord, *, for_staff: bool) -> ContractAnswer:
    """A contract with the names of its companies."""
    contract = record.contract
    return ContractAnswer(
        **contract.model_dump(exclude={"terms"}),
        terms=terms_of(contract),
        need_title=record.need_title,
        supplier_name=record.supplier_name,
        manufacturer_name=record.manufacturer_name,
        state_text=STATES[contract.state],
        match_to_record=record.to_record if for_staff else None,
    )


def contract_schedule_answer(
    record: ContractRecord,
    account: InstallmentAccount | None,
    payments: Sequence[ContractPayment],
    day: date,
) -> ContractScheduleAnswer:
    """The agreed schedule and, once there is an account, what was paid on it as of that day."""
    contract = record.contract
    given = terms_of(contract)
    settlement = None
    if account and not account.is_settled:
        settlement = settlement_answer(account.settlement_on(day))
    return ContractScheduleAnswer(
        contract_id=contract.id,
        state=ContractState(contract.state),
        as_of=day,
        schedule=schedule_answer(given, account.schedule if account else build_schedule(given.terms())),
        lines=[line_answer(line, day) for line in account.lines] if account else [],
        paid=SharesAnswer.model_validate(account.paid) if account else SharesAnswer(**_NOTHING),
        outstanding_won=account.outstanding_won if account else None,
        settlement=settlement,
        payments=[ContractPaymentAnswer.model_validate(each) for each in payments],
        rule=sentence("contract_payment_order"),
    )


_NOTHING = dict.fromkeys(SharesAnswer.model_fields, 0)


def settlement_answer(settlement: Settlement) -> ContractSettlementAnswer:
    """What settles a contract."""
    return ContractSettlementAnswer.model_validate(settlement)


def line_answer(line: Line, day: date) -> ContractLineAnswer:
    """A line as it stands on the day up to which its charge was counted."""
    state = line.state_on(day)
    return ContractLineAnswer(
        number=line.number,
        kind=line.kind,
        due_date=line.due_date,
        payment_date=line.payment_date,
        **line.owed._asdict(),
        owed_won=line.owed.total_won - line.owed.overdue_charge_won,
        paid=SharesAnswer.model_validate(line.paid),
        paid_won=line.paid.total_won,
        unpaid_won=line.unpaid.total_won,
        paid_on=line.paid_on,
        state=state,
        state_text=LINE_STATES[state],
        days_late=line.days_late_on(day),
    )


def reminder_answer(reminder: ContractReminder) -> ReminderAnswer:
    """A reminder with the name of its channel."""
    return ReminderAnswer(**reminder.model_dump(), channel_text=CHANNELS[reminder.channel])


def late_answer(
    late: LateContract, contact: ContactAnswer | None, reminder: ContractReminder | None, day: date
) -> LateContractAnswer:
    """A contract in arrears, as of that day."""
    contract = late.record.contract
    return LateContractAnswer(
        id=contract.id,
        need_title=late.record.need_title,
        supplier_id=contract.supplier_id,
        supplier_name=late.record.supplier_name,
        manufacturer=LateManufacturer(
            id=contract.manufacturer_id, company_name=late.record.manufacturer_name, contact=contact
        ),
        overdue_since=late.lines[0].payment_date,
        days_late=max(line.days_late_on(day) for line in late.lines),
        late_won=sum(line.unpaid.total_won for line in late.lines),
        lines=[line_answer(line, day) for line in late.lines],
        last_reminder=reminder_answer(reminder) if reminder else None,
    )


def totals_answer(totals: Sequence[StateTotals], to_record: int, day: date) -> ContractTotalsAnswer:
    """The totals with the names of the states."""
    states = [
        StateTotalsAnswer(
            state=each.state,
            state_text=STATES[each.state],
            count=each.count,
            price_won=each.price_won,
            outstanding_won=each.outstanding_won,
            late_count=each.late_count,
            late_won=each.late_won,
        )
        for each in totals
    ]
    return ContractTotalsAnswer(as_of=day, states=states, to_record=to_record)
