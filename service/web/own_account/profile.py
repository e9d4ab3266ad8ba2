"""Name, telephone and password."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from service.accounts.operations import change_own_account, lock_account
from service.accounts.own_endpoints import require_present_password
from service.accounts.schemas import OwnAccountPatch
from service.db.session import DbSession
from service.db.tables import Account
from service.messages import sentence
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import SignedInVisitor, Visitor, admit

router = APIRouter()


@router.get("/me")
def show_account(visitor: SignedInVisitor, session: DbSession) -> HTMLResponse:
    """The own account."""
    account = session.get_one(Account, visitor.account_id)
    return _account_page(visitor, account, _form_of(account))


@router.post("/me")
def change_account(visitor: SignedInVisitor, form: Posted, session: DbSession) -> Response:
    """Change name and telephone; whoever saves last has the word, as only one person does."""
    account = lock_account(session, visitor.account_id)
    with form.trying(session):
        # A password is never changed here: that asks for the present one.
        patch = form.read(OwnAccountPatch).model_copy(update={"password": None})
        change_own_account(session, visitor.actor, account, patch)
        return go_to("/me", done="saved")
    return _account_page(visitor, account, form, status=422)


@router.post("/me/password")
def change_password(request: Request, visitor: SignedInVisitor, form: Posted, session: DbSession) -> Response:
    """Set a new password with the present one; only this browser stays signed in."""
    account = lock_account(session, visitor.account_id)
    with form.trying(session):
        patch = form.read(OwnAccountPatch)
        _refuse_what_was_mistyped(form)
        if not form.is_refused:
            require_present_password(request, session, account, patch)
            change_own_account(session, visitor.actor, account, patch)
            response = go_to("/me", done="password_new")
            admit(request, session, response, account.email)
            return response
    kept = _form_of(account)
    kept.errors, kept.refusals = form.errors, form.refusals
    return _account_page(visitor, account, kept, status=422)


def _refuse_what_was_mistyped(form: Form) -> None:
    if not form.text("present_password"):
        form.errors["present_password"] = sentence("present_password_needed")
    if form.text("password") != form.text("password_again"):
        form.errors["password_again"] = sentence("passwords_differ")


def _form_of(account: Account) -> Form:
    return Form.holding({"name": account.name, "phone": account.phone})


def _account_page(visitor: Visitor, account: Account, form: Form, status: int = 200) -> HTMLResponse:
    return page(visitor, "me/account.html", status=status, form=form, account=account)
