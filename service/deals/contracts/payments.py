"""Money for a delivered contract: recorded, reversed when it was wrong, and the payment that settles it.

Whoever records holds the contract's row to the commit, so that two payments at once are both counted.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.own_company import refuse_own_company
from service.db.tables import Contract, ContractPayment, ContractState, NotificationCode
from service.deals.contracts.installment_account import (
    InstallmentAccount,
    PaymentRefusedError,
    Receipt,
    Settlement,
)
from service.deals.contracts.operations import changed, check_day, note, require_move, require_state, tell
from service.deals.contracts.queries import account_of, make_account, payments_of, standing
from service.deals.contracts.schemas import PaymentInput, SettlementInput
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.notifications.operations import note_done

_AT_FAULT = {
    "contract_payment_over_settlement": "/amount_won",
    "contract_payment_out_of_order": "/received_on",
}


def record_payment(session: Session, actor: Actor, contract: Contract, data: PaymentInput) -> ContractPayment:
    """Enter money that came in for a locked, delivered contract; the amount that settles it closes it.

    Raises `Problem` 409 `own_company`, `status_transition` or `contract_reference_taken`, 422 for a day to
    come or before the last payment, and for more than can be laid, naming what settles.
    """
    refuse_own_company(session, actor, contract.supplier_id)
    require_state(contract, ContractState.DELIVERED)
    before = payments_of(session, contract)
    if data.reference and any(each.reference == data.reference for each in standing(before)):
        raise field_problem("/reference", "contract_reference_taken", 409)
    account = make_account(contract, before)
    receipt = Receipt(data.received_on or clock.today(), data.amount_won)
    check_day(receipt.received_on, "/received_on", account.delivered_on, clock.today())
    try:
        account.refuse_excess(receipt)
    except PaymentRefusedError as refusal:
        raise _refused(refusal, _AT_FAULT[refusal.code]) from refusal
    account.take(receipt)
    payment = ContractPayment(
        contract_id=contract.id, number=len(before) + 1, reference=data.reference, **receipt._asdict()
    )
    session.add(payment)
    session.flush()
    note(session, actor, contract, "payment", after=_told(payment))
    _follow(session, actor, contract, account)
    return payment


def settle(session: Session, actor: Actor, contract: Contract, data: SettlementInput) -> ContractPayment:
    """Enter the payment that settles a locked contract, early or at its end.

    Raises what recording raises, and `Problem` 422 `contract_settlement_differs` for another amount.
    """
    require_move(contract, ContractState.SETTLED)
    day = data.received_on or clock.today()
    owed = settlement_on(session, contract, day, "/received_on").total_won
    if data.amount_won != owed:
        raise field_problem(
            "/amount_won", "contract_settlement_differs", day=day.isoformat(), settlement=f"{owed:,}"
        )
    return record_payment(session, actor, contract, data)


def settlement_on(session: Session, contract: Contract, day: date, pointer: str) -> Settlement:
    """What settles a delivered contract on that day. Raises `Problem` 422 for one before the last payment."""
    try:
        return account_of(session, contract).settlement_on(day)
    except PaymentRefusedError as refusal:
        raise _refused(refusal, pointer) from refusal


def reverse_payment(
    session: Session, actor: Actor, contract: Contract, payment_id: UUID, reason: str
) -> ContractPayment:
    """Take a wrong entry back by one that mirrors it: the last one first, as the later ones build on it.

    Raises `Problem` 404 for no payment of this locked contract, 409 `own_company`, `status_transition`,
    `contract_payment_reversed` or `contract_payment_not_last`.
    """
    refuse_own_company(session, actor, contract.supplier_id)
    before = payments_of(session, contract)
    payment = find_payment(before, payment_id)
    require_state(contract, ContractState.DELIVERED, ContractState.SETTLED)
    counted = standing(before)
    if payment not in counted:
        raise Problem(409, "contract_payment_reversed")
    if counted[-1].id != payment.id:
        raise Problem(409, "contract_payment_not_last")
    mirror = ContractPayment(
        contract_id=contract.id,
        number=len(before) + 1,
        received_on=payment.received_on,
        amount_won=-payment.amount_won,
        reference=payment.reference,
        reversal_of=payment.id,
        reason=reason,
    )
    session.add(mirror)
    session.flush()
    note(session, actor, contract, "reversal", after=_told(payment) | {"reason": reason})
    _follow(session, actor, contract, make_account(contract, [*before, mirror]))
    return mirror


def find_payment(payments: Sequence[ContractPayment], payment_id: UUID) -> ContractPayment:
    """That one of a contract's payments. Raises `Problem` 404."""
    found = next((each for each in payments if each.id == payment_id), None)
    if found is None:
        raise Problem(404, "not_found")
    return found


def _refused(refusal: PaymentRefusedError, pointer: str) -> Problem:
    return field_problem(pointer, refusal.code, 422, **refusal.values)


def _follow(session: Session, actor: Actor, contract: Contract, account: InstallmentAccount) -> None:
    """The contract's row says what its running account says."""
    was = contract.state
    state = ContractState.SETTLED if account.is_settled else ContractState.DELIVERED
    contract.state, contract.next_due_on = state.value, account.next_due_on
    contract.closed_on = account.last_received_on if account.is_settled else None
    if account.next_due_on is None or account.next_due_on >= clock.today():
        contract.late_told_of = None  # nothing is late: a later lateness is told anew
        note_done(session, NotificationCode.CONTRACT_LATE, contract_id=str(contract.id))
    changed(session, contract)
    if account.is_settled and was != state.value:
        note(session, actor, contract, "settled", after={"state": state.value})
        tell(session, contract, NotificationCode.CONTRACT_SETTLED)


def _told(payment: ContractPayment) -> dict[str, object]:
    return {
        "payment_id": str(payment.id),
        "received_on": payment.received_on.isoformat(),
        "amount_won": payment.amount_won,
    }
