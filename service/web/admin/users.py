"""Accounts of staff and people of companies."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.accounts.schemas import StaffAccountInput, StaffAccountPatch
from service.accounts.sessions import list_own_sessions
from service.accounts.staff import (
    STAFF_ROLES,
    change_account,
    end_sessions_of,
    list_staff,
    lock_account_of_any,
    open_staff_account,
)
from service.db.session import DbSession
from service.db.tables import Account, Supplier
from service.kit.etags import require_match
from service.kit.problems import Problem, field_problem
from service.privacy.access_log import Address, Purpose, log_reading
from service.privacy.access_log import Form as Shown
from service.privacy.people import person_of, search_people
from service.privacy.record_endpoints import PEOPLE
from service.suppliers.queries import find_by_business_number
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.searches import cursor_of, query_of
from service.web.visitor import AdminVisitor, Visitor

router = APIRouter()

PAGE_LENGTH = 50
MOST_STAFF = 100
LONGEST_SEARCH = 100


@router.get("/admin/users")
def show_users(visitor: AdminVisitor, asked: Asked, address: Address, session: DbSession) -> HTMLResponse:
    """All staff and, when somebody is looked for, people of companies, masked."""
    staff, _ = list_staff(session, MOST_STAFF, None)
    words = asked.text("q").strip()[:LONGEST_SEARCH]
    people = search_people(session, words, PAGE_LENGTH, cursor_of(asked)) if words else None
    if people is not None:
        log_reading(session, visitor.actor, address, PEOPLE, people.items, Purpose.LIST, form=Shown.MASKED)
    shown: dict[str, Any] = {"staff": staff, "people": people, "query": query_of(asked)}
    return page(visitor, "admin/users.html", form=asked, **shown)


@router.get("/admin/users/new")
def show_new_user(visitor: AdminVisitor) -> HTMLResponse:
    """The form for another member of staff."""
    return page(visitor, "admin/user_form.html", form=Form([("role", "account_manager")]))


@router.post("/admin/users/new")
def add_user(visitor: AdminVisitor, form: Posted, session: DbSession) -> Response:
    """Open the account."""
    with form.trying(session):
        account = open_staff_account(session, visitor.actor, form.read(StaffAccountInput))
        return go_to(f"/admin/users/{account.id}", done="saved")
    return page(visitor, "admin/user_form.html", status=422, form=form)


@router.get("/admin/users/{account_id}")
def show_user(visitor: AdminVisitor, account_id: UUID, address: Address, session: DbSession) -> HTMLResponse:
    """One person, with what an administrator may change."""
    account = _account(session, account_id)
    return _user_page(visitor, session, account, _held(session, account), address)


@router.post("/admin/users/{account_id}")
def change_user(
    visitor: AdminVisitor, account_id: UUID, address: Address, form: Posted, session: DbSession
) -> Response:
    """Change the role and the stake of a member of staff."""
    with form.trying(session):
        account = _locked(session, account_id, form)
        change = form.read(StaffAccountPatch, stake_supplier_id=_stake(session, form.text("stake")))
        change_account(session, visitor.actor, account, change)
        return go_to(f"/admin/users/{account_id}", done="saved")
    return _user_page(visitor, session, _account(session, account_id), form, address, status=422)


@router.post("/admin/users/{account_id}/activity")
def switch_user(
    visitor: AdminVisitor, account_id: UUID, address: Address, form: Posted, session: DbSession
) -> Response:
    """Close an account or open it again."""
    with form.trying(session):
        account = _locked(session, account_id, form)
        change_account(session, visitor.actor, account, form.read(StaffAccountPatch))
        return go_to(f"/admin/users/{account_id}", done="saved")
    return _user_page(visitor, session, _account(session, account_id), form, address, status=422)


@router.post("/admin/users/{account_id}/sessions")
def sign_user_out(visitor: AdminVisitor, account_id: UUID, session: DbSession) -> Response:
    """End every session of that person."""
    end_sessions_of(session, visitor.actor, lock_account_of_any(session, account_id))
    return go_to(f"/admin/users/{account_id}", done="person_signed_out")


def _user_page(
    visitor: Visitor, session: Session, account: Account, form: Form, address: str, status: int = 200
) -> HTMLResponse:
    person = None if account.role in STAFF_ROLES else person_of(session, account)
    if person is not None:
        log_reading(session, visitor.actor, address, PEOPLE, [person], Purpose.SINGLE)
    sessions, _ = list_own_sessions(session, account.id, MOST_STAFF, None)
    stake = session.get(Supplier, account.stake_supplier_id) if account.stake_supplier_id else None
    shown: dict[str, Any] = {"account": account, "person": person, "sessions": sessions, "stake": stake}
    return page(visitor, "admin/user.html", status=status, form=form, **shown)


def _held(session: Session, account: Account) -> Form:
    stake = session.get(Supplier, account.stake_supplier_id) if account.stake_supplier_id else None
    return Form([("role", account.role), ("stake", stake.business_number if stake else "")])


def _account(session: Session, account_id: UUID) -> Account:
    account = session.get(Account, account_id)
    if account is None:
        raise Problem(404, "not_found")
    return account


def _locked(session: Session, account_id: UUID, form: Form) -> Account:
    """The account, as the page that sent the form showed it."""
    account = lock_account_of_any(session, account_id)
    require_match(f'"{form.text("version")}"', account.version)
    return account


def _stake(session: Session, typed: str) -> UUID | None:
    """The supplier of a typed business number. Raises `Problem` 422 beside the field."""
    if not typed.strip():
        return None
    supplier = find_by_business_number(session, typed)
    if supplier is None:
        raise field_problem("/stake", "supplier_unknown")
    return supplier.id
