"""Keys of other systems. A key is shown by the answer to the form that made it, and nowhere else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from service.accounts.api_keys import (
    get_api_key,
    issue_api_key,
    list_api_keys,
    revoke_api_key,
    rotate_api_key,
)
from service.accounts.schemas import ApiKeyInput, RotationInput
from service.accounts.scopes import Scope
from service.db.session import DbSession
from service.kit import clock
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.searches import cursor_of
from service.web.visitor import AdminVisitor, Visitor

router = APIRouter()

PAGE_LENGTH = 50
SCOPES = [scope.value for scope in Scope]
OVERLAPS = ("24", "0", "72", "168")


@router.get("/admin/keys")
def show_keys(visitor: AdminVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """Every key, revoked ones too."""
    keys, next_cursor = list_api_keys(session, visitor.actor, PAGE_LENGTH, cursor_of(asked))
    return page(visitor, "admin/keys.html", keys=keys, next_cursor=next_cursor, now=clock.now())


@router.get("/admin/keys/new")
def show_new_key(visitor: AdminVisitor) -> HTMLResponse:
    """The form for a key; it starts with the right to read only."""
    return _form_page(visitor, Form([("role", "account_manager"), ("scopes", Scope.READ.value)]))


@router.post("/admin/keys/new")
def make_key(visitor: AdminVisitor, form: Posted, session: DbSession) -> Response:
    """Make the key and show it: the answer is kept by no cache and has no address of its own."""
    with form.trying(session):
        record, text = issue_api_key(session, visitor.actor, form.read(ApiKeyInput))
        return page(visitor, "admin/new_key.html", status=201, record=record, secret=text)
    return _form_page(visitor, form, status=422)


@router.get("/admin/keys/{key_id}")
def show_key(visitor: AdminVisitor, key_id: UUID, session: DbSession) -> HTMLResponse:
    """One key, to rotate or revoke it."""
    record = get_api_key(session, visitor.actor, key_id)
    form = Form([("overlap_hours", OVERLAPS[0])])
    return page(visitor, "admin/key.html", record=record, form=form, overlaps=OVERLAPS, now=clock.now())


@router.post("/admin/keys/{key_id}/rotation")
def rotate_key(visitor: AdminVisitor, key_id: UUID, form: Posted, session: DbSession) -> Response:
    """A new text for the key, shown once; the one before stays good for the hours that were chosen."""
    with form.trying(session):
        record = get_api_key(session, visitor.actor, key_id, lock=True)
        overlap = timedelta(hours=form.read(RotationInput).overlap_hours)
        text = rotate_api_key(session, visitor.actor, record, overlap)
        return page(visitor, "admin/new_key.html", status=201, record=record, secret=text)
    record = get_api_key(session, visitor.actor, key_id)
    shown: dict[str, Any] = {"record": record, "form": form, "overlaps": OVERLAPS, "now": clock.now()}
    return page(visitor, "admin/key.html", status=422, **shown)


@router.post("/admin/keys/{key_id}/revocation")
def revoke_key(visitor: AdminVisitor, key_id: UUID, session: DbSession) -> Response:
    """End the key at once."""
    revoke_api_key(session, visitor.actor, get_api_key(session, visitor.actor, key_id, lock=True))
    return go_to("/admin/keys", done="key_revoked")


def _form_page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    return page(visitor, "admin/key_form.html", status=status, form=form, scopes=SCOPES)
