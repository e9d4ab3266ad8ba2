"""Making accounts, signing in, changing what belongs to a person."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from service.accounts.actor import Actor, Role
from service.accounts.audit import record_event
from service.accounts.company_people import leave_company, mark_company
from service.accounts.links import redeem_link, use_up_links
from service.accounts.passwords import hash_password, verify_password
from service.accounts.schemas import OwnAccountPatch
from service.accounts.sessions import end_sessions
from service.db.tables import Account, LinkPurpose
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.kit.texts import clean


def open_account(
    session: Session,
    *,
    email: str,
    password: str,
    name: str,
    role: Role,
    phone: str | None = None,
    supplier_id: UUID | None = None,
    manufacturer_id: UUID | None = None,
    pointer: str = "/email",
) -> Account:
    """A new account. Raises `Problem` 409 `email_taken`, also when two arrive at the same moment."""
    account = Account(
        email=email,
        password_hash=hash_password(password),
        name=name,
        phone=phone,
        role=role.value,
        supplier_id=supplier_id,
        manufacturer_id=manufacturer_id,
    )
    session.add(account)
    try:
        session.flush()
    except IntegrityError as error:
        if "account_email_key" in str(error.orig):
            raise field_problem(pointer, "email_taken", 409) from error
        raise
    return account


def account_by_email(session: Session, email: str) -> Account | None:
    """The account of that address, however it is capitalised."""
    return session.exec(select(Account).where(func.lower(col(Account.email)) == email.lower())).first()


def sign_in(session: Session, email: str, password: str) -> Account:
    """The account that this address and password belong to; an outdated hash is renewed.

    Raises `Problem` 401 `sign_in_failed`, the same for a wrong password, an unknown address and
    an account that was closed.
    """
    account = account_by_email(session, clean(email))
    right, upgraded = verify_password(password, account.password_hash if account else None)
    if account is None or not right or not account.active:
        raise Problem(401, "sign_in_failed", headers={"WWW-Authenticate": "Bearer"})
    if upgraded:
        account.password_hash = upgraded
    return account


def change_own_account(session: Session, actor: Actor, account: Account, patch: OwnAccountPatch) -> None:
    """Apply a patch to one's own, locked account; a new password ends every session.

    Whether the present password is right has been seen to before.
    """
    changes = patch.model_dump(exclude_unset=True, include={"name", "phone"})
    for name, value in changes.items():
        setattr(account, name, value)
    account.version += 1
    record_event(session, actor, "account.changed", account.id, after={"fields": sorted(changes)})
    if patch.password is not None:
        set_password(session, actor, account, patch.password.get_secret_value())
    session.flush()


def set_password(session: Session, actor: Actor, account: Account, password: str) -> None:
    """A new password: sessions that the old one opened end, and so do open links to set one."""
    account.password_hash = hash_password(password)
    end_sessions(session, account.id)
    use_up_links(session, account.id, LinkPurpose.RESET)
    session.flush()
    record_event(session, actor, "account.password_changed", account.id)


def reset_password(session: Session, token: str, password: str, key: str) -> None:
    """Set a password by the right of a mailed link, which proves the address too.

    Raises `Problem` 422 `link_invalid`, also when the account was closed after the link was mailed.
    """
    account = redeem_link(session, token, LinkPurpose.RESET, key)
    if not account.active:
        raise field_problem("/token", "link_invalid")
    account.email_confirmed_at = account.email_confirmed_at or clock.now()
    set_password(session, actor_of(account), account, password)


def confirm_email(session: Session, token: str, key: str) -> None:
    """Note that the address is its owner's. Raises `Problem` 422 `link_invalid`."""
    account = redeem_link(session, token, LinkPurpose.CONFIRMATION, key)
    account.email_confirmed_at = account.email_confirmed_at or clock.now()
    session.flush()
    record_event(session, actor_of(account), "account.email_confirmed", account.id)


def deactivate(session: Session, actor: Actor, account: Account) -> None:
    """Close a locked account: no sign-in, no session, no link is good any more."""
    account.active = False
    account.closed_by_alliance = actor.is_staff
    account.version += 1
    end_sessions(session, account.id)
    use_up_links(session, account.id)
    session.flush()
    record_event(session, actor, "account.deactivated", account.id)
    leave_company(session, actor, account)


def reactivate(session: Session, actor: Actor, account: Account, action: str) -> None:
    """Open a locked account again, under that name of what happened."""
    account.active = True
    account.closed_by_alliance = False
    account.version += 1
    session.flush()
    record_event(session, actor, action, account.id)
    mark_company(session, account)


def lock_account(session: Session, account_id: UUID) -> Account:
    """That account, held against other changes. Raises `Problem` 404."""
    statement = select(Account).where(Account.id == account_id).with_for_update()
    found = session.exec(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise Problem(404, "not_found")
    return found


def actor_of(account: Account) -> Actor:
    """The person of that account, who acts without being signed in."""
    return Actor(Role(account.role), account.id, account.supplier_id, account.manufacturer_id)
