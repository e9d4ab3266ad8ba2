"""One contract for staff: its state, its schedule beside what was paid, and what staff records about it."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from service.accounts.own_company import own_companies
from service.db.session import DbSession
from service.db.tables import Contract
from service.deals.contracts.operations import accept, cancel, deliver
from service.deals.contracts.payments import record_payment, reverse_payment, settle
from service.deals.contracts.queries import get_contract
from service.deals.contracts.reminders import record_reminder, reminders_of
from service.deals.contracts.schemas import (
    DeliveryInput,
    PaymentInput,
    Reason,
    ReminderInput,
    SettlementInput,
)
from service.kit import clock
from service.kit.file_forms import FileForm
from service.messages.contracts import CHANNELS
from service.web.contracts.view import schedule_file, shown, view_of
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.stale_forms import require_present
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()

REMINDERS_SHOWN = 20

Record = Callable[[Contract], object]


class Cancellation(BaseModel):
    """Named apart from the reason of a reversal, which is asked for on the same page."""

    cancellation_reason: Reason


class Reversal(BaseModel):
    """Likewise."""

    reversal_reason: Reason


@router.get("/desk/contracts/{contract_id}")
def show_contract(visitor: StaffVisitor, contract_id: UUID, asked: Asked, session: DbSession) -> HTMLResponse:
    """All about it; `day` asks what settles it then."""
    return _contract_page(visitor, session, contract_id, _today(), asked)


@router.post("/desk/contracts/{contract_id}/acceptance")
def accept_quote(visitor: StaffVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """The manufacturer accepted elsewhere: on the telephone, on paper."""

    def record(contract: Contract) -> object:
        return accept(session, visitor.actor, contract)

    return _recorded(visitor, session, contract_id, form, record, "contract_accepted")


@router.post("/desk/contracts/{contract_id}/delivery")
def record_delivery(visitor: StaffVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """The day from which the schedule runs."""

    def record(contract: Contract) -> object:
        return deliver(session, visitor.actor, contract, form.read(DeliveryInput))

    return _recorded(visitor, session, contract_id, form, record, "contract_delivered")


@router.post("/desk/contracts/{contract_id}/cancellation")
def end(visitor: StaffVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """Nothing will come of it."""

    def record(contract: Contract) -> object:
        return cancel(session, visitor.actor, contract, form.read(Cancellation).cancellation_reason)

    return _recorded(visitor, session, contract_id, form, record, "contract_cancelled")


@router.post("/desk/contracts/{contract_id}/payments")
def pay(visitor: StaffVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """Money that came in."""

    def record(contract: Contract) -> object:
        return record_payment(session, visitor.actor, contract, form.read(PaymentInput))

    return _recorded(visitor, session, contract_id, form, record, "payment_recorded")


@router.post("/desk/contracts/{contract_id}/reminders")
def remind(visitor: StaffVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """That somebody called or wrote because of what is late, and what came of it."""

    def record(contract: Contract) -> object:
        return record_reminder(session, visitor.actor, contract, form.read(ReminderInput))

    return _recorded(visitor, session, contract_id, form, record, "reminder_recorded")


@router.post("/desk/contracts/{contract_id}/settlement")
def settle_early(visitor: StaffVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """The amount that was quoted for that day, which ends the contract."""

    def record(contract: Contract) -> object:
        return settle(session, visitor.actor, contract, form.read(SettlementInput))

    return _recorded(visitor, session, contract_id, form, record, "contract_settled")


@router.post("/desk/contracts/{contract_id}/payments/{payment_id}/reversal")
def reverse(
    visitor: StaffVisitor, contract_id: UUID, payment_id: UUID, form: Posted, session: DbSession
) -> Response:
    """A payment that was entered wrongly."""

    def record(contract: Contract) -> object:
        reason = form.read(Reversal).reversal_reason
        return reverse_payment(session, visitor.actor, contract, payment_id, reason)

    return _recorded(visitor, session, contract_id, form, record, "payment_reversed")


@router.get("/desk/contracts/{contract_id}/schedule.csv")
def download_csv(visitor: StaffVisitor, contract_id: UUID, session: DbSession) -> Response:
    """The lines, the same file as the API's."""
    return schedule_file(session, visitor.actor, contract_id, FileForm.CSV)


@router.get("/desk/contracts/{contract_id}/schedule.xlsx")
def download_xlsx(visitor: StaffVisitor, contract_id: UUID, session: DbSession) -> Response:
    """Likewise."""
    return schedule_file(session, visitor.actor, contract_id, FileForm.XLSX)


def _recorded(
    visitor: Visitor, session: Session, contract_id: UUID, form: Form, record: Record, done: str
) -> Response:
    """Record it on the contract as the page showed it, so that nothing is entered twice."""
    with form.trying(session):
        contract = get_contract(session, visitor.actor, contract_id, lock=True)
        require_present(form, contract.version)
        record(contract)
        return go_to(f"/desk/contracts/{contract_id}", done=done)
    return _contract_page(visitor, session, contract_id, form, Form(), status=422)


def _contract_page(
    visitor: Visitor, session: Session, contract_id: UUID, form: Form, asked: Form, status: int = 200
) -> HTMLResponse:
    view = view_of(session, visitor.actor, contract_id, asked)
    supplier = view.contract.supplier_id
    contract = get_contract(session, visitor.actor, contract_id)
    return page(
        visitor,
        "contracts/contract.html",
        status=422 if asked.is_refused else status,
        form=form,
        asked=asked,
        channels=list(CHANNELS.items()),
        reminders=reminders_of(session, contract, REMINDERS_SHOWN)[0],
        is_own=bool(own_companies(session, visitor.actor, [supplier])),
        **shown(view),
    )


def _today() -> Form:
    """Forms in which the day is today."""
    today = clock.today().isoformat()
    return Form([("delivered_on", today), ("received_on", today), ("made_on", today)])
