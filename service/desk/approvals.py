"""Suppliers that wait for approval."""

from sqlmodel import Session, col, func, select

from service.db.tables import Supplier, SupplierStatus
from service.kit.pages import cut_page, decode_uuid_cursor
from service.suppliers.queries import SupplierRecord, with_parts


def pending_suppliers(
    session: Session, limit: int, cursor: str | None
) -> tuple[list[SupplierRecord], int, str | None]:
    """One page, who has waited longest first, and how many wait in all: an id is time-ordered (UUIDv7)."""
    pending = col(Supplier.status) == SupplierStatus.PENDING.value
    total = session.exec(select(func.count()).select_from(Supplier).where(pending)).one()
    statement = select(Supplier).where(pending)
    if cursor is not None:
        statement = statement.where(col(Supplier.id) > decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(Supplier.id)).limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda row: ("", str(row.id)))
    return with_parts(session, shown), total, next_cursor
