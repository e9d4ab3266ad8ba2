"""Changing the own profile without losing what somebody else changed meanwhile, and its history."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import Supplier
from service.kit.pages import Cursor
from service.privacy.history import history_of
from service.recommendations.endpoints import Engine
from service.recommendations.matching_engine import MatchingEngine
from service.suppliers.answers import whole_answer
from service.suppliers.operations import change_supplier
from service.suppliers.schemas import SupplierPatch
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.stale_forms import VERSION
from service.web.supplier.choices import CHOICES
from service.web.supplier.company import TABS, locked_supplier, own_record, own_supplier
from service.web.supplier.profile_words import also_changed, changes_between, without_order
from service.web.supplier.reading import reading_of_form
from service.web.supplier.rows import Wish, more_rows, wish_of, without_removed
from service.web.visitor import SupplierVisitor, Visitor

router = APIRouter()

HISTORY_LIMIT = 20


@router.get("/supplier/edit")
def show_edit(visitor: SupplierVisitor, session: DbSession, engine: Engine) -> HTMLResponse:
    """The profile as it stands, in the fields of the registration."""
    supplier = own_supplier(session, visitor.actor)
    form = Form.holding(_stored(session, supplier).model_dump(mode="json"))
    return _edit_page(visitor, engine, supplier, form, supplier.version)


@router.post("/supplier/edit")
def edit(
    request: Request, visitor: SupplierVisitor, form: Posted, session: DbSession, engine: Engine
) -> Response:
    """Save it, if nobody else changed it since it was read; otherwise show both and save nothing."""
    wish = wish_of(request.state.posted)
    if wish.stays:
        form = Form(without_removed(request.state.posted, wish))
        supplier = own_supplier(session, visitor.actor)
        return _edit_page(visitor, engine, supplier, form, form.text(VERSION), wish)
    with form.trying(session):
        supplier = locked_supplier(session, visitor.actor)
        typed, stored = form.read(SupplierPatch), _stored(session, supplier)
        if form.text(VERSION) != str(supplier.version):
            differing = changes_between(_plain(stored), _plain(typed))
            return _edit_page(visitor, engine, supplier, form, supplier.version, differing=differing)
        changed = _only_changed(typed, stored)
        if changed.model_fields_set:
            change_supplier(session, visitor.actor, supplier, changed)
        return go_to("/supplier", done="saved")
    supplier = own_supplier(session, visitor.actor)
    return _edit_page(visitor, engine, supplier, form, form.text(VERSION))


@router.get("/supplier/history")
def show_history(visitor: SupplierVisitor, session: DbSession, cursor: Cursor = None) -> HTMLResponse:
    """What was changed, the newest first."""
    supplier = own_supplier(session, visitor.actor)
    found = history_of(session, visitor.actor, supplier.id, HISTORY_LIMIT, cursor)
    events = [
        (item, changes_between(item.before or {}, item.after or {}), also_changed(item.after or {}))
        for item in found.items
    ]
    cursor = found.next_cursor
    return page(visitor, "supplier/history.html", tabs=TABS, events=events, cursor=cursor)


def _edit_page(
    visitor: Visitor,
    engine: MatchingEngine,
    supplier: Supplier,
    form: Form,
    version: int | str,
    wish: Wish | None = None,
    differing: Any = (),
) -> HTMLResponse:
    status = 409 if differing else 422 if form.is_refused else 200
    return page(
        visitor,
        "supplier/edit.html",
        status=status,
        tabs=TABS,
        supplier=supplier,
        form=form,
        version=version,
        differing=differing,
        more=more_rows(wish or Wish("next")),
        panel=reading_of_form(engine, form),
        **CHOICES,
    )


def _stored(session: Session, supplier: Supplier) -> SupplierPatch:
    answer = whole_answer(own_record(session, supplier))
    document = answer.model_dump(mode="json", include=set(SupplierPatch.model_fields))
    for part in (*document["solutions"], *document["references"]):
        part.pop("id")
    return SupplierPatch.model_validate(document)


def _plain(patch: SupplierPatch) -> dict[str, Any]:
    return patch.model_dump(mode="json", exclude_unset=True)


def _only_changed(typed: SupplierPatch, stored: SupplierPatch) -> SupplierPatch:
    """So that the history tells what was changed and not what was on the page."""
    before, after = without_order(_plain(stored)), without_order(_plain(typed))
    same = {name for name, value in after.items() if before.get(name) == value}
    changed = {name: value for name, value in _plain(typed).items() if name not in same}
    return SupplierPatch.model_validate(changed)
