"""Closing one's own account: no more signing in from this moment, erased when the time has come."""

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.db.tables import Account, AccountClosure


def close_account(session: Session, actor: Actor, account: Account) -> AccountClosure:
    """End the account and have the nightly purge erase the person. It cannot be undone from outside."""
    account.active = False
    closure = AccountClosure(account_id=account.id)
    session.add(closure)
    session.flush()
    record_event(
        session, actor, "account.closed", account.supplier_id or account.manufacturer_id or account.id
    )
    return closure
