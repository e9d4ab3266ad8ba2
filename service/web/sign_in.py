"""Signing in and out, and the pages behind mailed links.

A form that arrives after the session has ended is not lost: its fields (never a password) wait in the
sign-in form, and after signing in its page is one click away from being sent again.
"""

from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.accounts.actor import ANONYMOUS, Role
from service.accounts.audit import record_event
from service.accounts.operations import confirm_email, reset_password
from service.accounts.schemas import EmailInput, LinkInput, NewPasswordInput
from service.accounts.sessions import get_own_session, revoke_session
from service.accounts.sign_in_endpoints import mail_if_known, sign_in_here
from service.colleagues.operations import accept_invitation
from service.colleagues.schemas import InvitationInput
from service.db.session import DbSession
from service.db.tables import LinkPurpose
from service.messages.consents import CURRENT, TEXTS
from service.web.forms import Form, Pairs, Posted
from service.web.rendering import go_to, page, same_site_path
from service.web.visitor import HOMES, AnyVisitor, Visitor, forget, remember

router = APIRouter()

KEPT = "kept."
"""Before the names of the fields that wait in the sign-in form."""


def escaped(path: str) -> str:
    """A path as the value of a query."""
    return quote(path, safe="/")


def ask_again(visitor: Visitor, pairs: Pairs) -> HTMLResponse:
    """The sign-in form in the place of a page whose form arrived without a session."""
    kept = [(KEPT + name, value) for name, value in pairs if "password" not in name]
    return _sign_in_page(visitor, Form(), visitor.address, kept, status=401)


@router.get("/sign-in")
def show_sign_in(visitor: AnyVisitor, next: str = "") -> Response:  # noqa: A002 - the word of the address
    """The form; who is signed in already is sent on."""
    if visitor.signed_in:
        return go_to(same_site_path(next, HOMES[visitor.actor.role]))
    return _sign_in_page(visitor, Form(), next)


@router.post("/sign-in")
def sign_in(request: Request, visitor: AnyVisitor, form: Posted, session: DbSession) -> Response:
    """Open a session and come back to where the person wanted to go."""
    kept = [(name, value) for name, value in form.values.multi_items() if name.startswith(KEPT)]
    with form.trying(session):
        account, opened = sign_in_here(request, session, form.text("email"), form.text("password"))
        target = same_site_path(form.text("next"), HOMES[Role(account.role)])
        response = _send_again(visitor, target, kept) if kept else go_to(target)
        remember(request, response, account, opened)
        return response
    return _sign_in_page(visitor, form, form.text("next"), kept, status=422)


@router.post("/sign-out")
def sign_out(visitor: AnyVisitor, session: DbSession) -> RedirectResponse:
    """End the session of this browser."""
    actor = visitor.actor
    if actor.session_id is not None:
        revoke_session(session, get_own_session(session, visitor.account_id, actor.session_id))
        record_event(session, actor, "session.revoked", actor.session_id)
    response = go_to("/", done="signed_out")
    forget(response)
    return response


@router.get("/password-reset")
def show_password_request(visitor: AnyVisitor) -> HTMLResponse:
    """Where to ask for a link to set a new password."""
    return page(visitor, "sign_in/mail.html", form=Form(), purpose="reset")


@router.post("/password-reset")
def request_password(request: Request, visitor: AnyVisitor, form: Posted, session: DbSession) -> Response:
    """Mail the link; the answer does not tell whether anyone has the address."""
    with form.trying(session):
        mail_if_known(request, session, form.read(EmailInput).email, LinkPurpose.RESET)
        return go_to("/sign-in", done="mail_sent")
    return page(visitor, "sign_in/mail.html", status=422, form=form, purpose="reset")


@router.get("/email-confirmation")
def show_confirmation_request(visitor: AnyVisitor) -> HTMLResponse:
    """Where to ask for another confirmation mail."""
    known = [("email", visitor.email)] if visitor.signed_in else []
    return page(visitor, "sign_in/mail.html", form=Form(known), purpose="confirmation")


@router.post("/email-confirmation")
def request_confirmation(request: Request, visitor: AnyVisitor, form: Posted, session: DbSession) -> Response:
    """Mail the confirmation link again."""
    with form.trying(session):
        mail_if_known(request, session, form.read(EmailInput).email, LinkPurpose.CONFIRMATION)
        return go_to(HOMES[visitor.actor.role] if visitor.signed_in else "/sign-in", done="mail_sent")
    return page(visitor, "sign_in/mail.html", status=422, form=form, purpose="confirmation")


@router.get("/auth/password-reset")
def show_new_password(visitor: AnyVisitor, token: str = "") -> HTMLResponse:
    """Behind the mailed link. Opening it uses nothing up."""
    return page(visitor, "sign_in/new_password.html", form=Form([("token", token)]))


@router.post("/auth/password-reset")
def set_new_password(request: Request, visitor: AnyVisitor, form: Posted, session: DbSession) -> Response:
    """Set the password; every session of the account ends."""
    with form.trying(session):
        data = form.read(NewPasswordInput)
        reset_password(session, data.token, data.password.get_secret_value(), _key(request))
        return go_to("/sign-in", done="password_changed")
    return page(visitor, "sign_in/new_password.html", status=422, form=form)


@router.get("/auth/email-confirmation")
def show_confirmation(visitor: AnyVisitor, token: str = "") -> HTMLResponse:
    """Behind the mailed link; a click confirms, not the opening, which mail scanners do too."""
    return page(visitor, "sign_in/confirmation.html", form=Form([("token", token)]))


@router.post("/auth/email-confirmation")
def confirm(request: Request, visitor: AnyVisitor, form: Posted, session: DbSession) -> Response:
    """Note that the address is its owner's."""
    with form.trying(session):
        confirm_email(session, form.read(LinkInput).token, _key(request))
        return go_to(HOMES[visitor.actor.role] if visitor.signed_in else "/sign-in", done="email_confirmed")
    return page(visitor, "sign_in/confirmation.html", status=422, form=form)


@router.get("/auth/invitation")
def show_invitation(visitor: AnyVisitor, token: str = "") -> HTMLResponse:
    """Behind the mailed link: choose a password, answer the consents."""
    return _invitation_page(visitor, Form([("token", token)]))


@router.post("/auth/invitation")
def accept(request: Request, visitor: AnyVisitor, form: Posted, session: DbSession) -> Response:
    """Open the invited account."""
    with form.trying(session):
        accept_invitation(session, form.read(InvitationInput), _key(request))
        return go_to("/sign-in", done="joined")
    return _invitation_page(visitor, form, status=422)


def _sign_in_page(
    visitor: Visitor, form: Form, target: str, kept: Sequence[tuple[str, str]] = (), status: int = 200
) -> HTMLResponse:
    return page(visitor, "sign_in/sign_in.html", status=status, form=form, next=target, kept=kept)


def _send_again(visitor: Visitor, target: str, kept: Pairs) -> HTMLResponse:
    fields = [(name.removeprefix(KEPT), value) for name, value in kept]
    return page(Visitor(ANONYMOUS, visitor.path), "sign_in/send_again.html", target=target, fields=fields)


def _invitation_page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    texts = TEXTS[CURRENT]
    return page(visitor, "sign_in/invitation.html", status=status, form=form, consent_texts=texts)


def _key(request: Request) -> str:
    key: str = request.app.state.signing_key
    return key
