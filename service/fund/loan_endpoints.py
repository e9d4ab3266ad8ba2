"""Loans from the win-win fund over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlmodel import Session

from service.accounts.actor import Actor, Role, SignedIn, Staff, require
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import FundLoan, LoanStatus
from service.financing.wire import Day
from service.fund.answers import EntryAnswer, entry_answer
from service.fund.bad_loans import accelerate, write_off
from service.fund.loan_answers import (
    LoanAnswer,
    LoanScheduleAnswer,
    RepaymentAnswer,
    SettlementAnswer,
    loan_answer,
    repayment_answer,
    schedule_answer,
    settlement_answer,
)
from service.fund.operations import (
    apply_for_loan,
    cancel,
    change_application,
    disburse,
    record_bank_decision,
    require_status,
)
from service.fund.queries import (
    account_of,
    entries_of,
    get_loan,
    get_repayment,
    lock_loan,
    repayments_of,
    search_loans,
    with_balances,
)
from service.fund.repayments import record_repayment, reverse_repayment, settlement_of
from service.fund.schemas import (
    BadLoanInput,
    BankDecisionInput,
    CancellationInput,
    DisbursementInput,
    LoanInput,
    LoanPatch,
    RepaymentInput,
    ReversalInput,
)
from service.kit import clock
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page

router = APIRouter(prefix="/loans", route_class=IdempotentRoute)

Applicant = Annotated[Actor, Depends(require(Role.SUPPLIER, Role.ACCOUNT_MANAGER, Role.ADMIN))]
AsOf = Annotated[Day | None, Query(description="이날 기준. 없으면 오늘")]


@router.post("", status_code=201, summary="대출 신청")
def create_loan(data: LoanInput, actor: Applicant, session: DbSession, response: Response) -> LoanAnswer:
    """승인된 공급기업이 신청하거나 담당자가 대신 신청합니다. 원금만큼 펀드의 한도를 예약합니다."""
    loan = apply_for_loan(session, actor, data)
    response.headers["Location"] = f"/v1/fund/loans/{loan.id}"
    return _answer(session, loan, response)


@router.get("", summary="대출 목록")
def list_loans(
    actor: SignedIn,
    session: DbSession,
    status: Annotated[LoanStatus | None, Query(description="상태")] = None,
    supplier_id: Annotated[UUID | None, Query(description="이 공급기업의 대출만")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[LoanAnswer]:
    """새로 신청한 것부터 봅니다. 공급기업은 자기 대출만 봅니다."""
    records, next_cursor = search_loans(session, actor, limit, cursor, status=status, supplier_id=supplier_id)
    return Page[LoanAnswer](items=[loan_answer(record) for record in records], next_cursor=next_cursor)


@router.get("/{loan_id}", summary="대출 보기")
def read_loan(loan_id: UUID, actor: SignedIn, session: DbSession, response: Response) -> LoanAnswer:
    """그 회사와 담당자만 볼 수 있습니다."""
    return _answer(session, get_loan(session, actor, loan_id), response)


@router.patch("/{loan_id}", summary="대출 신청 고치기")
def update_loan(
    loan_id: UUID,
    patch: LoanPatch,
    actor: SignedIn,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> LoanAnswer:
    """은행이 결정하기 전에 금액과 조건을 고칩니다. 은행이 적게 승인했다면 먼저 금액을 줄여 주세요."""
    loan = lock_loan(session, actor, loan_id)
    require_match(if_match, loan.version)
    return _answer(session, change_application(session, actor, loan, patch), response)


@router.post("/{loan_id}/bank-decision", summary="은행의 결정 기록")
def record_decision(
    loan_id: UUID, data: BankDecisionInput, actor: Staff, session: DbSession, response: Response
) -> LoanAnswer:
    """은행의 승인이나 거절을 기록합니다. 거절이면 예약이 풀립니다.

    승인은 실행하기 전까지 다시 기록할 수 있습니다.
    """
    loan = lock_loan(session, actor, loan_id)
    return _answer(session, record_bank_decision(session, actor, loan, data), response)


@router.post("/{loan_id}/disbursement", summary="대출 실행 기록")
def disburse_loan(
    loan_id: UUID, data: DisbursementInput, actor: Staff, session: DbSession, response: Response
) -> LoanAnswer:
    """은행이 돈을 내준 것을 기록합니다. 이자는 이날부터 붙고, 첫 납입일은 한 달 뒤입니다."""
    loan = lock_loan(session, actor, loan_id)
    day = data.disbursed_on or clock.today()
    return _answer(session, disburse(session, actor, loan, day), response)


@router.post("/{loan_id}/acceleration", summary="기한이익 상실 기록")
def accelerate_loan(
    loan_id: UUID, data: BadLoanInput, actor: Staff, session: DbSession, response: Response
) -> LoanAnswer:
    """은행이 정한 기한이익 상실을 기록합니다. 남은 원금과 그날까지의 이자를 모두 낼 때가 됩니다.

    그 뒤의 지연배상금은 내지 않은 원금에 붙습니다.
    """
    loan = lock_loan(session, actor, loan_id)
    return _answer(session, accelerate(session, actor, loan, data), response)


@router.post("/{loan_id}/write-off", summary="대손상각 기록")
def write_loan_off(
    loan_id: UUID, data: BadLoanInput, actor: Staff, session: DbSession, response: Response
) -> LoanAnswer:
    """은행이 기한이익을 잃은 대출을 상각한 것을 기록합니다. 그 원금은 펀드의 한도로 돌아오지 않습니다.

    뒤에 받은 돈은 상환으로 기록하고, 그 원금만큼 한도가 돌아옵니다.
    """
    loan = lock_loan(session, actor, loan_id)
    return _answer(session, write_off(session, actor, loan, data), response)


@router.post("/{loan_id}/cancellation", summary="대출 신청 취소")
def cancel_loan(
    loan_id: UUID, data: CancellationInput, actor: SignedIn, session: DbSession, response: Response
) -> LoanAnswer:
    """실행하기 전의 신청을 그 회사나 담당자가 거둡니다. 예약이 풀립니다."""
    loan = lock_loan(session, actor, loan_id)
    return _answer(session, cancel(session, actor, loan, data.reason), response)


@router.get("/{loan_id}/schedule", summary="상환 예정과 실제")
def read_schedule(
    loan_id: UUID, actor: SignedIn, session: DbSession, as_of: AsOf = None
) -> LoanScheduleAnswer:
    """회차마다 낼 것과 낸 것, 늦은 날수와 지연배상금을 나란히 봅니다."""
    loan = get_loan(session, actor, loan_id)
    require_status(loan, LoanStatus.DISBURSED, LoanStatus.REPAID)
    account = account_of(session, loan)
    return schedule_answer(loan.id, account, max(as_of or clock.today(), account.earliest_day))


@router.get("/{loan_id}/settlement", summary="모두 갚는 금액")
def read_settlement(
    loan_id: UUID,
    actor: SignedIn,
    session: DbSession,
    day: Annotated[Day | None, Query(description="갚을 날. 없으면 오늘")] = None,
) -> SettlementAnswer:
    """그날 한 번에 갚으면 얼마인지, 그때까지 더 내는 것이 없을 때의 금액을 봅니다."""
    loan = get_loan(session, actor, loan_id)
    return settlement_answer(settlement_of(session, loan, day or clock.today()))


@router.post("/{loan_id}/repayments", status_code=201, summary="상환 기록")
def create_repayment(
    loan_id: UUID, data: RepaymentInput, actor: Staff, session: DbSession, response: Response
) -> RepaymentAnswer:
    """은행이 받은 돈을 지연배상금, 이자, 원금의 순서로 나눕니다. 원금은 펀드의 한도로 돌아옵니다."""
    loan = lock_loan(session, actor, loan_id)
    repayment = record_repayment(session, actor, loan, data)
    response.headers["Location"] = f"/v1/fund/loans/{loan.id}/repayments/{repayment.id}"
    return repayment_answer(repayment)


@router.get("/{loan_id}/repayments", summary="상환 목록")
def list_repayments(loan_id: UUID, actor: SignedIn, session: DbSession) -> Page[RepaymentAnswer]:
    """기록한 순서로 봅니다. 취소한 상환도 남습니다."""
    loan = get_loan(session, actor, loan_id)
    items = [repayment_answer(repayment) for repayment in repayments_of(session, loan)]
    return Page[RepaymentAnswer](items=items, next_cursor=None)


@router.get("/{loan_id}/repayments/{repayment_id}", summary="상환 보기")
def read_repayment(loan_id: UUID, repayment_id: UUID, actor: SignedIn, session: DbSession) -> RepaymentAnswer:
    """받은 돈을 어떻게 나누었는지 봅니다."""
    loan = get_loan(session, actor, loan_id)
    return repayment_answer(get_repayment(session, loan, repayment_id))


@router.post("/{loan_id}/repayments/{repayment_id}/reversal", summary="상환 기록 취소")
def reverse(
    loan_id: UUID, repayment_id: UUID, data: ReversalInput, actor: Staff, session: DbSession
) -> RepaymentAnswer:
    """잘못 기록한 상환을 되돌리는 전표를 남깁니다. 가장 나중에 기록한 것부터 취소할 수 있습니다."""
    loan = lock_loan(session, actor, loan_id)
    repayment = get_repayment(session, loan, repayment_id)
    return repayment_answer(reverse_repayment(session, actor, loan, repayment, data.reason))


@router.get("/{loan_id}/entries", summary="대출의 전표")
def list_entries(loan_id: UUID, actor: SignedIn, session: DbSession) -> Page[EntryAnswer]:
    """장부에 남은 순서로 봅니다. 전표마다 증감의 합이 0입니다."""
    loan = get_loan(session, actor, loan_id)
    items = [
        entry_answer(entry, amounts, for_staff=actor.is_staff) for entry, amounts in entries_of(session, loan)
    ]
    return Page[EntryAnswer](items=items, next_cursor=None)


def _answer(session: Session, loan: FundLoan, response: Response) -> LoanAnswer:
    response.headers["ETag"] = etag(loan.version)
    return loan_answer(with_balances(session, [loan])[0])
