"""What everyone who is signed in was told, and how often it is mailed to them."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import Request

from service.db.session import DbSession
from service.db.tables import MailFrequency
from service.kit.pages import Cursor
from service.notifications.mail import choose_mail, lock_mail_choice, mail_choice_of
from service.notifications.operations import mark_read
from service.notifications.places import place_of
from service.notifications.queries import notifications_of
from service.notifications.schemas import MailChoicePatch, ReadingInput, notification_answer
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import SignedInVisitor, Visitor

router = APIRouter()

PATH = "/me/notifications"
MOST_NEW = 50
"""So many unread ones are shown together; the rest follows when these were marked as read."""
SHOWN = 20
FREQUENCIES = [frequency.value for frequency in MailFrequency]


@router.get(PATH)
def show_notifications(visitor: SignedInVisitor, session: DbSession, cursor: Cursor = None) -> HTMLResponse:
    """The unread ones before the read ones, and the present choice. Looking marks nothing as read: that
    counts for others too."""
    choice = mail_choice_of(session, visitor.account_id)
    return _shown(visitor, session, Form([("frequency", choice.frequency)]), cursor)


@router.post(PATH)
def change_choice(visitor: SignedInVisitor, form: Posted, session: DbSession) -> Response:
    """Choose; the last choice counts, as only one person makes it."""
    with form.trying(session):
        wanted = form.read(MailChoicePatch).frequency
        choose_mail(session, visitor.actor, lock_mail_choice(session, visitor.account_id), wanted)
        return go_to(PATH, done="saved")
    return _shown(visitor, session, form, status=422)


@router.post(f"{PATH}/reading")
def read_notifications(visitor: SignedInVisitor, form: Posted, session: DbSession) -> Response:
    """Mark those as read whose numbers the form holds."""
    with form.trying(session):
        mark_read(session, visitor.actor, form.read(ReadingInput).ids)
        return go_to(PATH, done="notifications_read")
    return _shown(visitor, session, form, status=422)


def _moved(_request: Request) -> RedirectResponse:
    return RedirectResponse(PATH, 308)


# Where suppliers had their list until everyone got one; older mails link there.
router.add_route("/supplier/notifications", _moved, include_in_schema=False)


def _shown(
    visitor: Visitor, session: DbSession, form: Form, cursor: str | None = None, status: int = 200
) -> HTMLResponse:
    actor = visitor.actor
    new = [] if cursor else notifications_of(session, actor, MOST_NEW, unread=True)[0]
    old, next_cursor = notifications_of(session, actor, SHOWN, cursor, unread=False)
    new_rows, old_rows = (
        [(notification_answer(row), place_of(row.code, actor.role.value, row.facts)) for row in rows]
        for rows in (new, old)
    )
    return page(
        visitor,
        "me/notifications.html",
        status=status,
        form=form,
        frequencies=FREQUENCIES,
        new=new_rows,
        old=old_rows,
        path=PATH,
        cursor=next_cursor,
        further=cursor is not None,
    )
