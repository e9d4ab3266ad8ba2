"""How often notifications are mailed; administrators read theirs here too."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from service.db.session import DbSession
from service.db.tables import MailFrequency
from service.kit.pages import Cursor
from service.notifications.mail import choose_mail, lock_mail_choice, mail_choice_of
from service.notifications.operations import mark_read
from service.notifications.places import list_of, place_of
from service.notifications.queries import notifications_of
from service.notifications.schemas import MailChoicePatch, notification_answer
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import SignedInVisitor, Visitor

router = APIRouter()

PATH = "/me/notifications"
SHOWN = 20
FREQUENCIES = [frequency.value for frequency in MailFrequency]


@router.get(PATH)
def show_choice(visitor: SignedInVisitor, session: DbSession, cursor: Cursor = None) -> HTMLResponse:
    """The present choice, and what was told where there is no other page for it; shown is read."""
    choice = mail_choice_of(session, visitor.account_id)
    return _choice_page(visitor, session, Form([("frequency", choice.frequency)]), cursor)


@router.post(PATH)
def change_choice(visitor: SignedInVisitor, form: Posted, session: DbSession) -> Response:
    """Choose; the last choice counts, as only one person makes it."""
    with form.trying(session):
        wanted = form.read(MailChoicePatch).frequency
        choose_mail(session, visitor.actor, lock_mail_choice(session, visitor.account_id), wanted)
        return go_to(PATH, done="saved")
    return _choice_page(visitor, session, form, status=422)


def _choice_page(
    visitor: Visitor, session: DbSession, form: Form, cursor: str | None = None, status: int = 200
) -> HTMLResponse:
    role = visitor.actor.role.value
    here = list_of(role) == PATH
    rows, next_cursor = notifications_of(session, visitor.actor, SHOWN, cursor) if here else ([], None)
    answers = [(notification_answer(row), place_of(row.code, role)) for row in rows]
    mark_read(session, visitor.actor, [row.id for row in rows])
    shown: dict[str, Any] = {"told": answers, "cursor": next_cursor, "here": here, "list": list_of(role)}
    return page(visitor, "me/notifications.html", status=status, form=form, frequencies=FREQUENCIES, **shown)
