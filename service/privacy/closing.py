"""Closing one's own account: no more signing in from this moment, erased when the time has come."""

from sqlalchemy import delete
from sqlmodel import Session, col

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.operations import deactivate
from service.db.tables import Account, AccountClosure
from service.kit.problems import Problem


def close_account(session: Session, actor: Actor, account: Account) -> AccountClosure:
    """End a locked account and have the nightly purge erase the person. It cannot be undone from outside.

    Raises `Problem` 401 when it was closed a moment ago.
    """
    if not account.active:
        raise Problem(401, "token_invalid", headers={"WWW-Authenticate": "Bearer"})
    closure = AccountClosure(account_id=account.id)
    session.add(closure)
    record_event(
        session, actor, "account.closed", account.supplier_id or account.manufacturer_id or account.id
    )
    deactivate(session, actor, account)
    return closure


def withdraw_closure(session: Session, account: Account) -> None:
    """Whoever comes back by their own will is not erased."""
    session.execute(delete(AccountClosure).where(col(AccountClosure.account_id) == account.id))
