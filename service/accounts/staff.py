"""Accounts as an administrator keeps them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from service.accounts.actor import Actor, Role
from service.accounts.audit import record_event
from service.accounts.operations import deactivate, open_account, reactivate
from service.accounts.passwords import ERASED_HASH
from service.accounts.schemas import StaffAccountInput, StaffAccountPatch
from service.accounts.sessions import end_sessions
from service.db.tables import Account, AccountClosure, Supplier
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem, field_problem

STAFF_ROLES = (Role.ACCOUNT_MANAGER.value, Role.ADMIN.value)


def list_staff(session: Session, limit: int, cursor: str | None) -> tuple[Sequence[Account], str | None]:
    """One page of the accounts of staff, closed ones too, the oldest first."""
    statement = select(Account).where(col(Account.role).in_(STAFF_ROLES))
    if cursor is not None:
        statement = statement.where(col(Account.id) > decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(Account.id)).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: ("", str(row.id)))


def open_staff_account(session: Session, actor: Actor, data: StaffAccountInput) -> Account:
    """An account for another account manager or administrator. Raises `Problem` 409 `email_taken`."""
    account = open_account(
        session,
        email=data.email,
        password=data.password.get_secret_value(),
        name=data.name,
        role=Role(data.role),
    )
    record_event(session, actor, "account.created", account.id, after={"role": account.role})
    return account


def lock_account_of_any(session: Session, account_id: UUID) -> Account:
    """That account and every active administrator's, held in one order: two administrators may close
    each other's account at once. Raises `Problem` 404.
    """
    admins = and_(col(Account.role) == Role.ADMIN.value, col(Account.active).is_(True))
    statement = select(Account).where(or_(col(Account.id) == account_id, admins)).order_by(col(Account.id))
    statement = statement.with_for_update().execution_options(populate_existing=True)
    found = next((one for one in session.exec(statement).all() if one.id == account_id), None)
    if found is None:
        raise Problem(404, "not_found")
    return found


def change_account(session: Session, actor: Actor, account: Account, patch: StaffAccountPatch) -> None:
    """Change the role or stake of a locked account, open or close it.

    Raises `Problem` 409 `last_admin`, `role_of_company` or `closed_for_good`, 422 for a stake that cannot be.
    """
    _refuse_impossible(session, account, patch)
    changes = patch.model_dump(exclude_unset=True, exclude={"active"})
    before = {name: _storable(getattr(account, name)) for name in changes}
    for name, value in changes.items():
        setattr(account, name, value)
    if changes:
        account.version += 1
        after = {name: _storable(value) for name, value in changes.items()}
        record_event(session, actor, "account.changed", account.id, before=before, after=after)
    if patch.active is False and not account.closed_by_alliance:
        deactivate(session, actor, account)
    elif patch.active and not account.active:
        reactivate(session, actor, account, "account.activated")
    session.flush()


def end_sessions_of(session: Session, actor: Actor, account: Account) -> None:
    """Sign a person out everywhere, at once."""
    end_sessions(session, account.id)
    record_event(session, actor, "session.all_revoked", account.id)


def _refuse_impossible(session: Session, account: Account, patch: StaffAccountPatch) -> None:
    is_staff = account.role in STAFF_ROLES
    if patch.role is not None and not is_staff:
        raise field_problem("/role", "role_of_company", 409)
    if patch.stake_supplier_id is not None:
        if not is_staff:
            raise field_problem("/stake_supplier_id", "stake_of_staff_only")
        if session.get(Supplier, patch.stake_supplier_id) is None:
            raise field_problem("/stake_supplier_id", "supplier_unknown")
    if patch.active and not account.active and _is_closed_for_good(session, account):
        raise field_problem("/active", "closed_for_good", 409)
    if patch.active is False or patch.role == Role.ACCOUNT_MANAGER.value:
        _refuse_losing_last_admin(session, account)


def _is_closed_for_good(session: Session, account: Account) -> bool:
    """Its person asked for everything to be erased, or that has been done already."""
    return session.get(AccountClosure, account.id) is not None or account.password_hash == ERASED_HASH


def _refuse_losing_last_admin(session: Session, account: Account) -> None:
    statement = select(Account.id).where(Account.role == Role.ADMIN.value, col(Account.active).is_(True))
    if list(session.exec(statement).all()) == [account.id]:
        raise Problem(409, "last_admin")


def _storable(value: object) -> object:
    return value if isinstance(value, bool | None) else str(value)
