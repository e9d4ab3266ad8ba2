"""Reading programmes, and companies against their rules."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.db.tables import FundTerm, Manufacturer, Programme, Supplier, SupplierStatus
from service.kit import clock
from service.kit.pages import decode_uuid_cursor, encode_cursor
from service.kit.problems import Problem
from service.manufacturers.queries import get_manufacturer
from service.programmes.eligibility import (
    MANUFACTURER,
    OPEN,
    SUPPLIER,
    ProgrammeFinding,
    facts_of_manufacturer,
    facts_of_supplier,
    judge,
    judge_programmes,
)
from service.programmes.rules import Eligibility, Facts
from service.programmes.schemas import FittingCompanyAnswer, eligibility_parts
from service.suppliers.queries import editable_by, get_supplier, with_parts

READ_AT_ONCE = 500
MOST_READ = 20_000
"""Companies that one request looks through; a page may be short, its cursor goes on from there."""


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


def fitting_companies(
    session: Session, programme: Programme, wanted: Eligibility, limit: int, cursor: str | None
) -> tuple[list[FittingCompanyAnswer], str | None]:
    """Companies of whom the rule says so, suppliers first, each kind by id; approved suppliers only."""
    found: list[FittingCompanyAnswer] = []
    companies = _companies(session, programme.terms.get("audience", ()), cursor)
    for read, (kind, company, facts) in enumerate(companies, start=1):
        finding = judge(programme, facts)
        if finding.answer is wanted:
            found.append(
                FittingCompanyAnswer(
                    **eligibility_parts(finding),
                    id=company.id,
                    kind=kind,
                    company_name=company.company_name,
                    region=company.region,
                )
            )
        if len(found) == limit or read == MOST_READ:
            return found, encode_cursor((kind, str(company.id)))
    return found, None


def _companies(
    session: Session, audience: Sequence[str], cursor: str | None
) -> Iterator[tuple[str, Any, Facts]]:
    """Each company after the cursor with its facts, a few hundred read at a time."""
    after_kind, after_id = decode_uuid_cursor(cursor) if cursor else ("", UUID(int=0))
    for kind in (SUPPLIER, MANUFACTURER):
        if kind not in audience or (after_kind == MANUFACTURER and kind == SUPPLIER):
            continue
        last = after_id if kind == after_kind else UUID(int=0)
        while rows := _read(session, kind, last):
            for company, facts in rows:
                yield kind, company, facts
            last = rows[-1][0].id


def _read(session: Session, kind: str, after: UUID) -> list[tuple[Any, Facts]]:
    if kind == MANUFACTURER:
        manufacturers = session.exec(
            select(Manufacturer)
            .where(col(Manufacturer.id) > after)
            .order_by(col(Manufacturer.id))
            .limit(READ_AT_ONCE)
        )
        return [(each, facts_of_manufacturer(each)) for each in manufacturers]
    suppliers = session.exec(
        select(Supplier)
        .where(col(Supplier.id) > after, Supplier.status == SupplierStatus.APPROVED.value)
        .order_by(col(Supplier.id))
        .limit(READ_AT_ONCE)
    )
    today = clock.today()
    return [(record.supplier, facts_of_supplier(record, today)) for record in with_parts(session, suppliers)]
