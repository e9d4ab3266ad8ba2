"""Telling of instalments: the manufacturer before one is due, everyone when one is late.

What was told stands in the contract's row, so that a night without a worker is made up for and none tells
twice. A lateness is told once, from the first late instalment until nothing is late any more.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from service.db.tables import Contract, ContractState, NotificationCode
from service.deals.contracts.operations import facts_of, tell
from service.financing.schedule import KOREAN_CALENDAR
from service.kit import clock
from service.notifications.operations import notify, notify_account_managers

BANK_DAYS_AHEAD = 3


def remind_of_instalments(session: Session) -> int:
    """Tell manufacturers whose next instalment is due within the next bank days; how many there were."""
    today = clock.today()
    next_due = col(Contract.next_due_on)
    soon = _running(
        session,
        next_due >= today,
        next_due <= _bank_days_after(today, BANK_DAYS_AHEAD),
        or_(col(Contract.reminded_of).is_(None), col(Contract.reminded_of) < next_due),
    )
    for contract in soon:
        contract.reminded_of = contract.next_due_on
        told = facts_of(session, contract)
        notify(
            session,
            NotificationCode.INSTALMENT_DUE_SOON,
            supplier_id=None,
            manufacturer_id=contract.manufacturer_id,
            due_on=str(contract.next_due_on),
            **told,
        )
    return len(soon)


def tell_of_late_instalments(session: Session) -> int:
    """Tell both companies and account managers of contracts that have become late; how many there were."""
    late = _running(session, col(Contract.next_due_on) < clock.today(), col(Contract.late_told_of).is_(None))
    for contract in late:
        contract.late_told_of = contract.next_due_on
        due_on = str(contract.next_due_on)
        tell(session, contract, NotificationCode.INSTALMENT_LATE, due_on=due_on)
        facts = facts_of(session, contract)
        notify_account_managers(session, NotificationCode.CONTRACT_LATE, due_on=due_on, **facts)
    return len(late)


def _running(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Contract]:
    """Delivered contracts, held; those that somebody is changing wait for the next night."""
    statement = select(Contract).where(Contract.state == ContractState.DELIVERED.value, *conditions)
    return session.exec(statement.order_by(col(Contract.id)).with_for_update(skip_locked=True)).all()


def _bank_days_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= KOREAN_CALENDAR.is_business_day(day)
    return day
