"""The people of one's own company: inviting and removing them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.colleagues.operations import invite, list_colleagues, lock_colleague, remove
from service.colleagues.schemas import ColleagueInput
from service.db.session import DbSession
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import CompanyVisitor, Visitor

router = APIRouter()


@router.get("/me/colleagues")
def show_colleagues(visitor: CompanyVisitor, session: DbSession, cursor: str | None = None) -> HTMLResponse:
    """Everyone of the company, and where to invite more."""
    return _colleagues_page(visitor, session, Form(), cursor=cursor)


@router.post("/me/colleagues")
def invite_colleague(visitor: CompanyVisitor, form: Posted, session: DbSession) -> Response:
    """Mail an invitation."""
    with form.trying(session):
        invite(session, visitor.actor, form.read(ColleagueInput))
        return go_to("/me/colleagues", done="invited")
    return _colleagues_page(visitor, session, form, status=422)


@router.post("/me/colleagues/{account_id}/removal")
def remove_colleague(account_id: UUID, visitor: CompanyVisitor, form: Posted, session: DbSession) -> Response:
    """Close a colleague's account, or take an invitation back."""
    with form.trying(session):
        remove(session, visitor.actor, lock_colleague(session, visitor.actor, account_id))
        return go_to("/me/colleagues", done="colleague_removed")
    return _colleagues_page(visitor, session, form, status=422)


def _colleagues_page(
    visitor: Visitor, session: Session, form: Form, *, cursor: str | None = None, **values: Any
) -> HTMLResponse:
    rows, next_cursor = list_colleagues(session, visitor.actor, 50, cursor)
    return page(visitor, "me/colleagues.html", form=form, colleagues=rows, cursor=next_cursor, **values)
