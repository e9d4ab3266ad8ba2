"""Installment contracts over HTTP."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from sqlmodel import Session

from service.accounts.actor import Actor, Role, SignedIn, Staff, require
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Contract, ContractState
from service.deals.contracts import operations, payments
from service.deals.contracts.answers import (
    ContractAnswer,
    ContractPaymentAnswer,
    ContractScheduleAnswer,
    ContractTotalsAnswer,
    LateContractAnswer,
    ReminderAnswer,
    contract_answer,
    contract_schedule_answer,
    late_answer,
    reminder_answer,
    totals_answer,
)
from service.deals.contracts.files import accepted_form, in_form
from service.deals.contracts.queries import (
    LateContract,
    get_contract,
    late_contracts,
    make_account,
    payments_of,
    records_of,
    search_contracts,
    to_record,
    totals_by_state,
)
from service.deals.contracts.reminders import last_reminders, record_reminder, reminders_of
from service.deals.contracts.schemas import (
    ContractCancellationInput,
    DeliveryInput,
    PaymentInput,
    PaymentReversalInput,
    QuoteInput,
    QuotePatch,
    ReminderInput,
    SettlementInput,
)
from service.financing.wire import Day
from service.kit import clock
from service.kit.etags import IfMatch, etag, require_match
from service.kit.file_forms import FileForm
from service.kit.pages import Cursor, Limit, Page
from service.manufacturers.endpoints import KIND as MANUFACTURER
from service.manufacturers.queries import contacts_of
from service.privacy.access_log import Address, Form, Purpose, log_reading
from service.privacy.contacts import shown_contact

router = APIRouter(tags=["할부 계약"], route_class=IdempotentRoute)

Quoting = Annotated[Actor, Depends(require(Role.SUPPLIER, Role.ACCOUNT_MANAGER, Role.ADMIN))]
Accepting = Annotated[Actor, Depends(require(Role.MANUFACTURER, Role.ACCOUNT_MANAGER, Role.ADMIN))]
Accept = Annotated[str | None, Header(include_in_schema=False)]
AsOf = Annotated[Day | None, Query(description="이날 기준. 없으면 오늘")]


_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "상환표와 납입. Accept 헤더로 CSV, XLSX도 받을 수 있습니다.",
        "content": {
            FileForm.CSV.value: {"schema": {"type": "string"}},
            FileForm.XLSX.value: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/needs/{need_id}/contracts", status_code=201, summary="할부 견적 내기")
def create_contract(
    need_id: UUID, data: QuoteInput, actor: Quoting, session: DbSession, response: Response
) -> ContractAnswer:
    """소개받은 공급기업이 자기 견적을 내거나 담당자가 대신 냅니다. 조건은 할부 계산기와 같습니다."""
    contract = operations.quote(session, actor, need_id, data)
    response.headers["Location"] = f"/v1/contracts/{contract.id}"
    return _answer(session, actor, contract, response)


@router.get("/contracts", summary="할부 계약 목록")
def list_contracts(
    actor: SignedIn,
    session: DbSession,
    state: Annotated[ContractState | None, Query(description="상태")] = None,
    late: Annotated[bool | None, Query(description="참이면 연체한 것만, 거짓이면 아닌 것만")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[ContractAnswer]:
    """두 회사는 자기 계약을, 담당자는 모두 봅니다. 새것부터 나옵니다."""
    records, next_cursor = search_contracts(session, actor, limit, cursor, state=state, late=late)
    items = [contract_answer(each, for_staff=actor.is_staff) for each in records]
    return Page[ContractAnswer](items=items, next_cursor=next_cursor)


@router.get("/contracts/dunning", summary="연체한 할부 계약")
def list_late_contracts(
    actor: Staff,
    session: DbSession,
    address: Address,
    as_of: AsOf = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[LateContractAnswer]:
    """가장 오래된 회차가 연체한 계약부터, 연체한 회차와 수요기업의 연락처를 봅니다."""
    day = as_of or clock.today()
    found, next_cursor = late_contracts(session, day, limit, cursor)
    items = late_answers(session, found, day)
    shown = [each.manufacturer for each in items]
    log_reading(session, actor, address, MANUFACTURER, shown, Purpose.LIST)
    return Page[LateContractAnswer](items=items, next_cursor=next_cursor)


def late_answers(session: Session, late: Sequence[LateContract], day: date) -> list[LateContractAnswer]:
    """Contracts in arrears with whom to call and when somebody did last: whoever shows them logs it."""
    contacts = contacts_of(session, [each.record.contract.manufacturer_id for each in late])
    reminders = last_reminders(session, [each.record.contract.id for each in late])
    return [
        late_answer(
            each,
            shown_contact(contacts.get(each.record.contract.manufacturer_id), Form.FULL),
            reminders.get(each.record.contract.id),
            day,
        )
        for each in late
    ]


@router.get("/contracts/totals", summary="할부 계약의 합계")
def read_totals(_: Staff, session: DbSession) -> ContractTotalsAnswer:
    """상태마다 몇 건인지, 얼마인지, 얼마가 남고 얼마가 연체했는지 오늘 기준으로 봅니다."""
    day = clock.today()
    return totals_answer(totals_by_state(session, day), to_record(session), day)


@router.get("/contracts/{contract_id}", summary="할부 계약 보기")
def read_contract(
    contract_id: UUID, actor: SignedIn, session: DbSession, response: Response
) -> ContractAnswer:
    """계약의 두 회사와 담당자만 볼 수 있습니다."""
    return _answer(session, actor, get_contract(session, actor, contract_id), response)


@router.patch("/contracts/{contract_id}", summary="할부 견적 고치기")
def update_contract(
    contract_id: UUID,
    patch: QuotePatch,
    actor: Quoting,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ContractAnswer:
    """수락하기 전에 공급기업이나 담당자가 조건과 기한을 고칩니다."""
    contract = get_contract(session, actor, contract_id, lock=True)
    require_match(if_match, contract.version)
    return _answer(session, actor, operations.change_quote(session, actor, contract, patch), response)


@router.post("/contracts/{contract_id}/acceptance", summary="할부 견적 수락")
def accept_contract(
    contract_id: UUID, actor: Accepting, session: DbSession, response: Response, if_match: IfMatch = None
) -> ContractAnswer:
    """수요기업이 수락하거나 담당자가 대신 수락합니다.

    If-Match에 본 견적의 ETag를 넣으면 그사이 고쳐진 견적을 수락하지 않습니다.
    """
    contract = _locked(session, actor, contract_id, if_match)
    return _answer(session, actor, operations.accept(session, actor, contract), response)


@router.post("/contracts/{contract_id}/delivery", summary="인도 기록")
def deliver_contract(
    contract_id: UUID,
    data: DeliveryInput,
    actor: Staff,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ContractAnswer:
    """인도한 날부터 납입 일정과 부가가치세의 공급시기가 정해집니다."""
    contract = _locked(session, actor, contract_id, if_match)
    return _answer(session, actor, operations.deliver(session, actor, contract, data), response)


@router.post("/contracts/{contract_id}/cancellation", summary="할부 계약 취소")
def cancel_contract(
    contract_id: UUID,
    data: ContractCancellationInput,
    actor: Staff,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ContractAnswer:
    """인도하기 전의 견적이나 계약을 끝냅니다. 매칭의 단계는 그대로 두므로 따로 바꿔 주세요."""
    contract = _locked(session, actor, contract_id, if_match)
    return _answer(session, actor, operations.cancel(session, actor, contract, data.reason), response)


@router.post("/contracts/{contract_id}/payments", status_code=201, summary="납입 기록")
def create_payment(
    contract_id: UUID,
    data: PaymentInput,
    actor: Staff,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ContractPaymentAnswer:
    """받은 돈을 오래된 회차부터 갚습니다. 그날 모두 갚는 금액을 내면 계약이 끝납니다."""
    contract = _locked(session, actor, contract_id, if_match)
    return _paid(payments.record_payment(session, actor, contract, data), response)


@router.post("/contracts/{contract_id}/settlement", status_code=201, summary="모두 갚기")
def settle_contract(
    contract_id: UUID,
    data: SettlementInput,
    actor: Staff,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ContractPaymentAnswer:
    """그날 모두 갚는 금액을 기록하고 계약을 끝냅니다. 조기상환이면 약정한 수수료가 들어 있습니다."""
    contract = _locked(session, actor, contract_id, if_match)
    return _paid(payments.settle(session, actor, contract, data), response)


@router.get("/contracts/{contract_id}/payments/{payment_id}", summary="납입 보기")
def read_payment(
    contract_id: UUID, payment_id: UUID, actor: SignedIn, session: DbSession
) -> ContractPaymentAnswer:
    """받은 돈 한 건을 봅니다. 회차마다 나눈 것은 납입 일정에 있습니다."""
    contract = get_contract(session, actor, contract_id)
    found = payments.find_payment(payments_of(session, contract), payment_id)
    return ContractPaymentAnswer.model_validate(found)


@router.post(
    "/contracts/{contract_id}/payments/{payment_id}/reversal", status_code=201, summary="납입 기록 취소"
)
def reverse_payment(
    contract_id: UUID,
    payment_id: UUID,
    data: PaymentReversalInput,
    actor: Staff,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ContractPaymentAnswer:
    """잘못 기록한 납입을 되돌리는 줄을 더합니다. 가장 나중에 기록한 것부터 취소할 수 있습니다."""
    contract = _locked(session, actor, contract_id, if_match)
    return _paid(payments.reverse_payment(session, actor, contract, payment_id, data.reason), response)


@router.get("/contracts/{contract_id}/reminders", summary="연체 연락 목록")
def list_reminders(
    contract_id: UUID, actor: Staff, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[ReminderAnswer]:
    """밀린 할부금에 대해 수요기업에 연락한 것을 나중에 기록한 것부터 봅니다."""
    contract = get_contract(session, actor, contract_id)
    found, next_cursor = reminders_of(session, contract, limit, cursor)
    return Page[ReminderAnswer](items=[reminder_answer(each) for each in found], next_cursor=next_cursor)


@router.post("/contracts/{contract_id}/reminders", status_code=201, summary="연체 연락 기록")
def create_reminder(
    contract_id: UUID,
    data: ReminderInput,
    actor: Staff,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ReminderAnswer:
    """언제 어떻게 연락했고 무엇을 정했는지 적습니다. 두 회사의 이력에는 연락했다는 것만 남습니다."""
    contract = _locked(session, actor, contract_id, if_match)
    response.headers["Location"] = f"/v1/contracts/{contract_id}/reminders"
    return reminder_answer(record_reminder(session, actor, contract, data))


@router.get(
    "/contracts/{contract_id}/schedule",
    summary="할부 계약의 상환표와 납입",
    response_model=ContractScheduleAnswer,
    responses=_FORMS,
)
def read_schedule(
    contract_id: UUID, actor: SignedIn, session: DbSession, as_of: AsOf = None, accept: Accept = None
) -> ContractScheduleAnswer | Response:
    """회차마다 낼 것과 낸 것, 늦은 날수와 지연배상금, 그날 모두 갚는 금액을 봅니다.

    파일은 인도한 뒤에 받을 수 있습니다.
    """
    form = accepted_form(accept)
    contract = get_contract(session, actor, contract_id)
    answer = schedule_of(session, contract, as_of or clock.today())
    if form is FileForm.JSON:
        return answer
    operations.require_state(contract, ContractState.DELIVERED, ContractState.SETTLED)
    return in_form(form, answer.lines)


def schedule_of(session: Session, contract: Contract, day: date) -> ContractScheduleAnswer:
    """The schedule as of that day, or as of the last payment where that is later."""
    made = payments_of(session, contract)
    account = None
    if contract.delivered_on is not None:
        account = make_account(contract, made)
        day = max(day, account.earliest_day)
        account.charge_until(day)
    return contract_schedule_answer(records_of(session, [contract])[0], account, made, day)


def _locked(session: Session, actor: Actor, contract_id: UUID, if_match: str | None) -> Contract:
    """The contract, held to the commit; in the version that the caller saw if it names one."""
    contract = get_contract(session, actor, contract_id, lock=True)
    if if_match is not None:
        require_match(if_match, contract.version)
    return contract


def _answer(session: Session, actor: Actor, contract: Contract, response: Response) -> ContractAnswer:
    response.headers["ETag"] = etag(contract.version)
    return contract_answer(records_of(session, [contract])[0], for_staff=actor.is_staff)


def _paid(payment: object, response: Response) -> ContractPaymentAnswer:
    answer = ContractPaymentAnswer.model_validate(payment)
    response.headers["Location"] = f"/v1/contracts/{answer.contract_id}/payments/{answer.id}"
    return answer
