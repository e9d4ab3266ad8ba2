"""Reading needs: seen by their manufacturer and by staff."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, tuple_
from sqlmodel import Session, col, select, true

from service.accounts.actor import Actor
from service.db.rows import one_row
from service.db.tables import Manufacturer, Need, NeedStatus
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Staff see every need, a manufacturer its own."""
    if actor.is_staff:
        return true()
    if actor.manufacturer_id is not None:
        return col(Need.manufacturer_id) == actor.manufacturer_id
    return false()


def get_need(session: Session, need_id: UUID, actor: Actor, *, lock: bool = False) -> Need:
    """That need, if the actor may see it; held against other writers with `lock`. Raises `Problem` 404."""
    return one_row(session, select(Need).where(Need.id == need_id, visible_to(actor)), lock=lock)


def count_by_status(session: Session) -> Mapping[NeedStatus, int]:
    """How many needs there are in each state: figures that tell nothing of whose they are."""
    counted = dict(session.exec(select(Need.status, func.count()).group_by(col(Need.status))).all())
    return {status: counted.get(status.value, 0) for status in NeedStatus}


def own_manufacturer(session: Session, manufacturer_id: UUID, actor: Actor) -> Manufacturer:
    """The manufacturer for which the actor may write needs. Raises `Problem` 404."""
    manufacturer = session.get(Manufacturer, manufacturer_id)
    if manufacturer is None or not (actor.is_staff or actor.manufacturer_id == manufacturer_id):
        raise Problem(404, "not_found")
    return manufacturer


def confirmed_needs(session: Session) -> Sequence[Need]:
    """Needs whose own people said what they call for, in the order in which they were written."""
    confirmed = col(Need.categories_confirmed_at).is_not(None)
    return session.exec(select(Need).where(confirmed).order_by(col(Need.id))).all()


def list_visible(
    session: Session, actor: Actor, status: NeedStatus | None, limit: int, cursor: str | None
) -> tuple[Sequence[Need], str | None]:
    """One page, the newest first: an id is time-ordered (UUIDv7)."""
    statement = select(Need).where(visible_to(actor))
    if status is not None:
        statement = statement.where(Need.status == status.value)
    if cursor is not None:
        _, last_id = decode_uuid_cursor(cursor)
        statement = statement.where(tuple_(col(Need.id)) < tuple_(last_id))
    statement = statement.order_by(col(Need.id).desc()).limit(limit + 1)
    return cut_page(session.exec(statement).all(), limit, lambda row: ("", str(row.id)))
