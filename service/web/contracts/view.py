"""What the pages show of one contract, whoever looks at it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel
from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.tables import ContractState
from service.deals.contracts.answers import (
    ContractAnswer,
    ContractLineAnswer,
    ContractScheduleAnswer,
    ContractSettlementAnswer,
    contract_answer,
    settlement_answer,
)
from service.deals.contracts.endpoints import schedule_of
from service.deals.contracts.files import in_form
from service.deals.contracts.installment_account import InstallmentState
from service.deals.contracts.payments import settlement_on
from service.deals.contracts.queries import get_contract, records_of, terms_of
from service.financing import forms
from service.financing.schedule import build_schedule
from service.financing.wire import Day
from service.kit import clock
from service.kit.file_forms import FileForm
from service.privacy.history import HistoryItem, history_of
from service.web.forms import Form

HISTORY_SHOWN = 50


class AskedDay(BaseModel):
    """The day of a settlement."""

    day: Day | None = None


@dataclass(frozen=True)
class ContractView:
    """A contract with its schedule of today, what settles it on the day asked for, and its history."""

    contract: ContractAnswer
    schedule: ContractScheduleAnswer
    settlement: ContractSettlementAnswer | None
    history: list[HistoryItem]

    @property
    def monthly_won(self) -> int:
        """What the usual instalment comes to with its tax."""
        row = self.schedule.schedule.rows[min(1, len(self.schedule.schedule.rows) - 1)]
        return row.payment_won + row.vat_won

    @property
    def total_won(self) -> int:
        """Everything that is to be paid as agreed, with its tax; the down payment is paid besides."""
        totals = self.schedule.schedule.totals
        return totals.payment_won + totals.vat_won + self.contract.terms.down_payment_won

    @property
    def paid_won(self) -> int:
        """What was paid so far."""
        return sum(each.amount_won for each in self.schedule.payments)

    @property
    def next_line(self) -> ContractLineAnswer | None:
        """What is to be paid next."""
        return next((line for line in self.schedule.lines if line.unpaid_won), None)

    @property
    def late_lines(self) -> list[ContractLineAnswer]:
        """What should have been paid."""
        return [line for line in self.schedule.lines if line.state is InstallmentState.LATE]

    @property
    def ever_late(self) -> list[ContractLineAnswer]:
        """What was or is paid late."""
        return [line for line in self.schedule.lines if line.days_late]

    @property
    def can_be_reversed(self) -> UUID | None:
        """The payment that was entered last and stands."""
        mirrored = {each.reversal_of for each in self.schedule.payments}
        standing = [
            each.id for each in self.schedule.payments if each.reversal_of is None and each.id not in mirrored
        ]
        return standing[-1] if standing else None


def view_of(session: Session, actor: Actor, contract_id: UUID, asked: Form) -> ContractView:
    """That contract, if the actor may see it; what cannot be asked for is refused in `asked`.

    Raises `Problem` 404.
    """
    contract = get_contract(session, actor, contract_id)
    settlement = None
    if contract.state == ContractState.DELIVERED.value:
        with asked.trying(session):
            day: date = asked.read(AskedDay).day or clock.today()
            settlement = settlement_answer(settlement_on(session, contract, day, "/day"))
    company = actor.manufacturer_id or contract.supplier_id
    history = history_of(
        session, actor, company, HISTORY_SHOWN, None, about={"contract_id": str(contract.id)}
    )
    return ContractView(
        contract=contract_answer(records_of(session, [contract])[0], for_staff=actor.is_staff),
        schedule=schedule_of(session, contract, clock.today()),
        settlement=settlement,
        history=history.items,
    )


def schedule_file(session: Session, actor: Actor, contract_id: UUID, form: FileForm) -> Response:
    """The lines as the API's file has them; before the delivery the calculator's file of what is agreed."""
    contract = get_contract(session, actor, contract_id)
    if contract.delivered_on is None:
        return forms.in_form(form, build_schedule(terms_of(contract).terms()))
    return in_form(form, schedule_of(session, contract, clock.today()).lines)


def shown(view: ContractView) -> dict[str, Any]:
    """The names under which every template finds it."""
    return {"view": view, "contract": view.contract, "today": clock.today()}
