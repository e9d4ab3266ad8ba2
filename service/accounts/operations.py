"""Making accounts and keys, and signing in."""

import secrets
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from service.accounts.actor import Role, hash_key
from service.accounts.passwords import hash_password, verify_password
from service.db.tables import Account, ApiKey
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.kit.texts import clean

KEY_PREFIX_LENGTH = 12


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


def issue_api_key(session: Session, name: str, role: Role) -> tuple[ApiKey, str]:
    """A new key for a system, and its text, which is kept nowhere."""
    key = f"ak_{secrets.token_urlsafe(32)}"
    record = ApiKey(name=name, prefix=key[:KEY_PREFIX_LENGTH], key_hash=hash_key(key), role=role.value)
    session.add(record)
    session.flush()
    return record, key


def revoke_api_key(session: Session, key_id: UUID) -> ApiKey:
    """End a key at once. Raises `Problem` 404."""
    record = session.get(ApiKey, key_id)
    if record is None:
        raise Problem(404, "not_found")
    record.revoked_at = record.revoked_at or clock.now()
    session.flush()
    return record
