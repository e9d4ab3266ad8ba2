"""Reminding those who pay late: what staff did, what was agreed, and when it is looked at again."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.own_company import refuse_own_company
from service.db.tables import Contract, ContractReminder, ContractState
from service.deals.contracts.operations import changed, check_day, note, require_state
from service.deals.contracts.schemas import ReminderInput
from service.kit import clock
from service.kit.pages import cut_page, decode_id_cursor

LONGEST_PROMISE_DAYS = 366


def record_reminder(
    session: Session, actor: Actor, contract: Contract, data: ReminderInput
) -> ContractReminder:
    """Write down that staff reminded the manufacturer of a locked, delivered contract.

    The companies find in their history that it was done, not what was noted of the talk. Raises `Problem`
    409 `own_company` or `status_transition`, 422 for a day to come or a promise for before it.
    """
    refuse_own_company(session, actor, contract.supplier_id)
    require_state(contract, ContractState.DELIVERED)
    assert contract.delivered_on is not None
    today = clock.today()
    made_on = data.made_on or today
    check_day(made_on, "/made_on", contract.delivered_on, today)
    if data.promised_on is not None:
        check_day(data.promised_on, "/promised_on", made_on, today + timedelta(days=LONGEST_PROMISE_DAYS))
    reminder = ContractReminder(
        contract_id=contract.id,
        made_on=made_on,
        channel=data.channel.value,
        agreed=data.agreed or None,
        promised_on=data.promised_on,
    )
    session.add(reminder)
    changed(session, contract)
    told = reminder.model_dump(mode="json", include={"made_on", "channel", "promised_on"})
    note(session, actor, contract, "reminded", after={"reminder_id": str(reminder.id)} | told)
    return reminder


def reminders_of(
    session: Session, contract: Contract, limit: int, cursor: str | None = None
) -> tuple[list[ContractReminder], str | None]:
    """One page of the reminders of a contract, the one recorded last first. Only for staff."""
    own = select(ContractReminder).where(ContractReminder.contract_id == contract.id)
    if cursor is not None:
        own = own.where(col(ContractReminder.id) < decode_id_cursor(cursor))
    rows = session.exec(own.order_by(col(ContractReminder.id).desc()).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda reminder: (str(reminder.id),))


def last_reminders(session: Session, contract_ids: Sequence[UUID]) -> dict[UUID, ContractReminder]:
    """The last reminder of each of these contracts that has one: one query however many they are."""
    own, number = col(ContractReminder.contract_id), col(ContractReminder.id)
    newest = (
        select(ContractReminder)
        .where(own.in_(contract_ids))
        .ext(distinct_on(own))
        .order_by(own, number.desc())
    )
    return {each.contract_id: each for each in session.exec(newest)}
