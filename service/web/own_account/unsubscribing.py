"""Stopping the mail by the link in it, without signing in: RFC 8058 for mail programs, a page for people.

A mail program posts from no page of ours and with no cookie, so its router stands outside the guard against
forms from elsewhere. Nothing is lost by that: what it does rests on the token in its address alone, and
whoever could forge that form would hold the mail.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.notifications.mail import unsubscribe
from service.notifications.places import UNSUBSCRIBE
from service.web.forms import Posted
from service.web.rendering import page
from service.web.visitor import AnyVisitor

router = APIRouter()
from_mail_programs = APIRouter()


@router.get(UNSUBSCRIBE)
def show_unsubscribing(visitor: AnyVisitor, token: str = "") -> HTMLResponse:
    """A button: opening the link changes nothing, as mail scanners open links too."""
    return page(visitor, "me/unsubscribe.html", token=token, done=False, refusal=None)


@from_mail_programs.post(UNSUBSCRIBE)
def stop_mail(
    request: Request, visitor: AnyVisitor, form: Posted, session: DbSession, token: str = ""
) -> HTMLResponse:
    """Stop it and say so; no redirect, which mail programs need not follow."""
    with form.trying(session):
        unsubscribe(session, token, request.app.state.signing_key)
        return page(visitor, "me/unsubscribe.html", token=token, done=True, refusal=None)
    return page(
        visitor, "me/unsubscribe.html", status=422, token=token, done=False, refusal=form.error("token")
    )
