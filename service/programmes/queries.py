"""Reading programmes, and what they are for one company."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.db.tables import FundTerm, Programme
from service.kit import clock
from service.kit.problems import Problem
from service.manufacturers.queries import get_manufacturer
from service.programmes.eligibility import (
    MANUFACTURER,
    OPEN,
    SUPPLIER,
    ProgrammeFinding,
    facts_of_manufacturer,
    facts_of_supplier,
    judge_programmes,
)
from service.suppliers.queries import editable_by, get_supplier, with_parts


def list_programmes(session: Session, audience: str | None = None) -> Sequence[Programme]:
    """By code; only those for suppliers or for manufacturers when `audience` names them."""
    statement = select(Programme).order_by(col(Programme.code))
    if audience is not None:
        terms: Any = col(Programme.terms)
        statement = statement.where(terms.contains({"audience": [audience]}))
    return session.exec(statement).all()


def get_programme(session: Session, code: str) -> Programme:
    """That programme. Raises `Problem` 404."""
    programme = session.get(Programme, code)
    if programme is None:
        raise Problem(404, "not_found")
    return programme


def is_open(programme: Programme, day: date) -> bool:
    """Whether it is open as far as is known, and its period has not ended by that day."""
    return programme.status == OPEN and (programme.valid_to is None or programme.valid_to >= day)


def split_by_state(
    found: Sequence[ProgrammeFinding],
) -> tuple[list[ProgrammeFinding], list[ProgrammeFinding]]:
    """The programmes that are open today, and those that are over, each in its order."""
    today = clock.today()
    are_open = [each for each in found if is_open(each.programme, today)]
    return are_open, [each for each in found if not is_open(each.programme, today)]


def list_fund_terms(session: Session) -> Sequence[FundTerm]:
    """The terms of all funds, the earliest first."""
    return session.exec(select(FundTerm).order_by(col(FundTerm.valid_from), col(FundTerm.code))).all()


def programmes_of_supplier(session: Session, actor: Actor, supplier_id: UUID) -> list[ProgrammeFinding]:
    """Every programme for suppliers as it concerns this one. Raises `Problem` 404 for one of others."""
    supplier = get_supplier(session, supplier_id, editable_by(actor))
    facts = facts_of_supplier(with_parts(session, [supplier])[0], clock.today())
    return judge_programmes(list_programmes(session, SUPPLIER), facts)


def programmes_of_manufacturer(
    session: Session, actor: Actor, manufacturer_id: UUID
) -> list[ProgrammeFinding]:
    """Every programme for manufacturers as it concerns this one. Raises `Problem` 404 for one of others."""
    facts = facts_of_manufacturer(get_manufacturer(session, manufacturer_id, actor))
    return judge_programmes(list_programmes(session, MANUFACTURER), facts)
