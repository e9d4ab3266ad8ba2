"""No one decides about their own company.

A member of staff counts as of a supplier when an administrator wrote down a stake in it, or when one
of its contacts (closed accounts too) has the same mailbox or the same telephone number. A mailbox is
compared without the part behind "+" and without capitals. Addresses of one domain are not compared:
most small companies share the domains of public mail services.
"""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.db.tables import Account, ApiKey
from service.kit.problems import Problem


def refuse_own_company(session: Session, actor: Actor, supplier_id: UUID) -> None:
    """Raises `Problem` 409 `own_company`. A key counts as the person who made it."""
    if own_companies(session, actor, [supplier_id]):
        raise Problem(409, "own_company")


def own_companies(session: Session, actor: Actor, supplier_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these suppliers are the actor's own: three queries however many they are."""
    person = _person_behind(session, actor)
    if person is None:
        return set()
    contacts = session.exec(select(Account).where(col(Account.supplier_id).in_(supplier_ids))).all()
    same = {contact.supplier_id for contact in contacts if _is_same_person(person, contact)}
    return {one for one in supplier_ids if one in same | {person.stake_supplier_id, person.supplier_id}}


def _person_behind(session: Session, actor: Actor) -> Account | None:
    account_id = actor.account_id
    if actor.api_key_id is not None:
        key = session.get(ApiKey, actor.api_key_id)
        account_id = key.created_by if key else None
    return session.get(Account, account_id) if account_id else None


def _is_same_person(one: Account, other: Account) -> bool:
    same_phone = bool(one.phone and other.phone) and _digits(one.phone) == _digits(other.phone)
    return same_phone or mailbox(one.email) == mailbox(other.email)


def mailbox(email: str) -> str:
    """The mailbox that an address leads to: kim+mes@hanbit.example is kim@hanbit.example."""
    local, _, domain = email.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _digits(phone: str | None) -> str:
    """A Korean number in one form: +82 10-1234-5678 is 01012345678."""
    return re.sub(r"^82", "0", re.sub(r"\D", "", phone or ""))
