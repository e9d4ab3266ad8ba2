"""What follows for a company when one of its people leaves or comes back."""

from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.api_keys import revoke_api_key
from service.accounts.audit import record_event
from service.db.tables import Account, ApiKey, Manufacturer, Supplier


def mark_company(session: Session, account: Account) -> None:
    """Hold the company's row and mark it as changed: who can answer for a supplier is part of its profile."""
    if _company_of(account) is None:
        return
    company = Supplier if account.supplier_id else Manufacturer
    row = col(company.id) == _company_of(account)
    values = {"changed_in": Supplier.changed_in} if company is Supplier else {"version": Manufacturer.version}
    session.execute(update(company).where(row).values(values))


def leave_company(session: Session, actor: Actor, account: Account) -> None:
    """After somebody left: a company without anyone keeps no key, and its history tells of it."""
    company_id = _company_of(account)
    if company_id is None:
        return
    mark_company(session, account)
    if session.exec(select(Account.id).where(_of_company(account, Account), col(Account.active))).first():
        return
    keys = select(ApiKey).where(_of_company(account, ApiKey), col(ApiKey.revoked_at).is_(None))
    for key in session.exec(keys.with_for_update()).all():
        revoke_api_key(session, actor, key)
    record_event(session, actor, f"{account.role}.unattended", company_id)


def _company_of(account: Account) -> UUID | None:
    return account.supplier_id or account.manufacturer_id


def _of_company(account: Account, table: type[Account] | type[ApiKey]) -> ColumnElement[bool]:
    if account.supplier_id is not None:
        return col(table.supplier_id) == account.supplier_id
    return col(table.manufacturer_id) == account.manufacturer_id
