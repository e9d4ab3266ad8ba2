"""Reading manufacturers: never public."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, false, tuple_
from sqlmodel import Session, col, select, true

from service.accounts.actor import Actor
from service.business_status.queries import in_state
from service.db.rows import one_row
from service.db.tables import Account, Manufacturer
from service.kit.business_register import BusinessState
from service.kit.pages import cut_page, decode_uuid_cursor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Staff see every manufacturer, a manufacturer sees itself."""
    if actor.is_staff:
        return true()
    if actor.manufacturer_id is not None:
        return col(Manufacturer.id) == actor.manufacturer_id
    return false()


def get_manufacturer(
    session: Session, manufacturer_id: UUID, actor: Actor, *, lock: bool = False
) -> Manufacturer:
    """That manufacturer, if the actor may see it; held against other writers with `lock`.

    Raises `Problem` 404.
    """
    return one_row(
        session, select(Manufacturer).where(Manufacturer.id == manufacturer_id, visible_to(actor)), lock=lock
    )


def contacts_of(session: Session, manufacturer_ids: Sequence[UUID]) -> dict[UUID, Account]:
    """The first person with an open account of each manufacturer: one query however many they are."""
    statement = select(Account).where(col(Account.manufacturer_id).in_(manufacturer_ids), col(Account.active))
    newest_first = statement.order_by(col(Account.created_at).desc(), col(Account.id).desc())
    return {
        account.manufacturer_id: account
        for account in session.exec(newest_first)
        if account.manufacturer_id is not None
    }


def list_visible(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None,
    business_status: BusinessState | None = None,
) -> tuple[Sequence[Manufacturer], str | None]:
    """One page, by company name."""
    statement = select(Manufacturer).where(visible_to(actor))
    if business_status is not None:
        statement = statement.where(in_state(col(Manufacturer.business_number), business_status))
    if cursor is not None:
        name, last_id = decode_uuid_cursor(cursor)
        statement = statement.where(
            tuple_(col(Manufacturer.company_name), col(Manufacturer.id)) > tuple_(name, last_id)
        )
    statement = statement.order_by(col(Manufacturer.company_name), col(Manufacturer.id)).limit(limit + 1)
    return cut_page(session.exec(statement).all(), limit, lambda row: (row.company_name, str(row.id)))
