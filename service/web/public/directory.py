"""The directory of suppliers and the page of each: what anyone may know of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlmodel import Session

from service.accounts.actor import Actor
from service.codes.types import CategoryCode, IndustryCode, RegionCode
from service.db.session import DbSession
from service.db.tables import SupplierStatus
from service.kit.texts import ShortText
from service.suppliers.answers import public_answer
from service.suppliers.queries import (
    DirectoryFilter,
    count_directory,
    get_supplier,
    search_directory,
    visible_to,
    with_parts,
)
from service.suppliers.schemas import PublicSupplierAnswer
from service.web.forms import Asked
from service.web.public import choices
from service.web.rendering import page
from service.web.searches import cursor_of, query_of
from service.web.visitor import AnyVisitor

router = APIRouter()

SHOWN = 24


class DirectoryQuery(BaseModel):
    """What the address of the directory asks for."""

    category: CategoryCode | None = None
    industry: IndustryCode | None = None
    region: RegionCode | None = None
    serves: RegionCode | None = None
    words: ShortText | None = None
    status: SupplierStatus | None = None


@dataclass(frozen=True)
class Loosened:
    """A condition, and how many suppliers there would be without it."""

    name: str
    count: int


@dataclass(frozen=True)
class Listing:
    """A part of the directory. `loosened` says of an empty one which conditions are in the way."""

    suppliers: Sequence[PublicSupplierAnswer] = ()
    total: int = 0
    next_cursor: str | None = None
    loosened: Sequence[Loosened] = ()


@router.get("/suppliers")
def show_directory(visitor: AnyVisitor, form: Asked, session: DbSession) -> HTMLResponse:
    """Suppliers by what they offer, where they are, where they work, and words."""
    listing, status = Listing(), 422
    with form.trying(session):
        wanted = DirectoryFilter(**form.read(DirectoryQuery).model_dump())
        listing = _listing(session, visitor.actor, wanted, cursor_of(form))
        status = 200
    return page(
        visitor,
        "public/directory.html",
        status=status,
        form=form,
        query=query_of(form),
        listing=listing,
        categories=choices.categories(),
        industries=choices.industries(also=form.text("industry")),
        regions=choices.regions(),
    )


@router.get("/suppliers/{supplier_id}")
def show_supplier(supplier_id: UUID, visitor: AnyVisitor, session: DbSession) -> HTMLResponse:
    """The public part of a supplier, for staff and itself too: no person is shown, so no reading is kept."""
    found = get_supplier(session, supplier_id, visible_to(visitor.actor))
    supplier = public_answer(with_parts(session, [found])[0])
    own = visitor.actor.supplier_id == supplier.id
    return page(visitor, "public/supplier.html", supplier=supplier, own=own)


def _listing(session: Session, actor: Actor, wanted: DirectoryFilter, cursor: str | None) -> Listing:
    found, next_cursor = search_directory(session, actor, wanted, SHOWN, cursor)
    suppliers = [public_answer(record) for record in with_parts(session, found)]
    total = count_directory(session, actor, wanted)
    return Listing(suppliers, total, next_cursor, () if total else _loosened(session, actor, wanted))


def _loosened(session: Session, actor: Actor, wanted: DirectoryFilter) -> list[Loosened]:
    """Each condition that was asked for, those first whose absence lets most suppliers in."""
    set_ones = [name for name in DirectoryQuery.model_fields if getattr(wanted, name)]
    counted = [
        Loosened(name, count_directory(session, actor, replace(wanted, **{name: None}))) for name in set_ones
    ]
    return sorted(counted, key=lambda each: -each.count)
