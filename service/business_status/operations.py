"""Keeping what the register says of our companies' numbers; nothing else waits for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, union
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from service.business_status.nts import batches
from service.db.session import Database
from service.db.tables import BusinessStatus, Manufacturer, Supplier
from service.jobs.names import CHECK_BUSINESS_NUMBERS
from service.jobs.queue import Priority, enqueue
from service.kit import clock
from service.kit.business_register import BusinessRegister, RegisterEntry

NUMBERS_A_JOB = 1000
"""More are left to a following job, so that other work gets its turn between."""


def have_numbers_checked(session: Session, due_before: datetime | None = None) -> None:
    """Have the numbers that were never checked, or not since `due_before`, looked up after the commit."""
    enqueue(
        session,
        CHECK_BUSINESS_NUMBERS,
        once=f"business_status:{'due' if due_before else 'new'}",
        priority=Priority.BULK,
        due_before=due_before.isoformat() if due_before else None,
    )


def check_numbers(database: Database, register: BusinessRegister, due_before: datetime | None) -> int:
    """Look up the numbers that are due, the longest unchecked first; how many there were.

    Each hundred is kept at once and looked up outside a transaction. Raises `RegisterUnavailableError`; what
    was kept before stays. A full load leaves the rest to another job.
    """
    with database.transaction() as session:
        numbers = _due_numbers(session, due_before)
    for batch in batches(numbers):
        entries = {entry.number: entry for entry in register.look_up(batch)}
        with database.transaction() as session:
            _keep(session, register.source, batch, entries)
    if len(numbers) == NUMBERS_A_JOB:
        with database.transaction() as session:
            have_numbers_checked(session, due_before)
    return len(numbers)


def _due_numbers(session: Session, due_before: datetime | None) -> list[str]:
    companies = union(select(Supplier.business_number), select(Manufacturer.business_number)).subquery()
    number, checked_at = companies.c.business_number, col(BusinessStatus.checked_at)
    due = checked_at.is_(None) if due_before is None else or_(checked_at.is_(None), checked_at < due_before)
    return list(
        session.scalars(
            select(number)
            .outerjoin(BusinessStatus, col(BusinessStatus.business_number) == number)
            .where(due)
            .order_by(checked_at.asc().nulls_first(), number)
            .limit(NUMBERS_A_JOB)
        )
    )


def _keep(session: Session, source: str, numbers: Sequence[str], entries: dict[str, RegisterEntry]) -> None:
    now = clock.now()
    rows = [_row(number, entries.get(number)) | {"checked_at": now, "source": source} for number in numbers]
    statement = insert(BusinessStatus).values(rows)
    names = [name for name in rows[0] if name != "business_number"]
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["business_number"], set_={name: statement.excluded[name] for name in names}
        )
    )


def _row(number: str, entry: RegisterEntry | None) -> dict[str, object]:
    return {
        "business_number": number,
        "status_code": entry.status_code if entry else None,
        "status_name": entry.status_name if entry else None,
        "tax_type": entry.tax_type if entry else None,
        "closed_on": entry.closed_on if entry else None,
    }
