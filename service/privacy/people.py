"""The people of companies, for administrators who look for somebody; masked in the list."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select

from service.accounts.schemas import ContactAnswer
from service.db.tables import Account, Manufacturer, Supplier
from service.kit.pages import Page, cut_page, decode_uuid_cursor
from service.privacy.access_log import Form
from service.privacy.contacts import shown_contact

COMPANY_ROLES = ("supplier", "manufacturer")


class PersonAnswer(BaseModel):
    """A company's person, as an administrator sees it."""

    id: UUID
    role: str
    active: bool
    contact: ContactAnswer | None
    company_id: UUID
    company_name: str
    created_at: datetime


PersonPage = Page[PersonAnswer]


def search_people(session: Session, words: str, limit: int, cursor: str | None) -> PersonPage:
    """People of companies whose name, address or company holds every word, the newest first, masked."""
    company_name = func.coalesce(col(Supplier.company_name), col(Manufacturer.company_name))
    statement = (
        select(Account, company_name)
        .outerjoin(Supplier, col(Supplier.id) == col(Account.supplier_id))
        .outerjoin(Manufacturer, col(Manufacturer.id) == col(Account.manufacturer_id))
        .where(col(Account.role).in_(COMPANY_ROLES), *_hold(words, company_name))
    )
    if cursor is not None:
        statement = statement.where(col(Account.id) < decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(Account.id).desc()).limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda row: ("", str(row[0].id)))
    return PersonPage(items=[_answer(*row, Form.MASKED) for row in shown], next_cursor=next_cursor)


def person_of(session: Session, account: Account) -> PersonAnswer:
    """One person of a company, whole."""
    company: Supplier | Manufacturer = (
        session.get_one(Supplier, account.supplier_id)
        if account.supplier_id
        else session.get_one(Manufacturer, account.manufacturer_id)
    )
    return _answer(account, company.company_name, Form.FULL)


def _hold(words: str, company_name: ColumnElement[str]) -> list[ColumnElement[bool]]:
    searched = (func.lower(col(Account.name)), func.lower(col(Account.email)), func.lower(company_name))
    return [
        or_(*(each.contains(word, autoescape=True) for each in searched)) for word in words.lower().split()
    ]


def _answer(account: Account, company_name: str, form: Form) -> PersonAnswer:
    company_id = account.supplier_id or account.manufacturer_id
    assert company_id is not None
    return PersonAnswer(
        id=account.id,
        role=account.role,
        active=account.active,
        contact=shown_contact(account, form),
        company_id=company_id,
        company_name=company_name,
        created_at=account.created_at,
    )
