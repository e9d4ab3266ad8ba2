"""The companies of a programme: whom it fits, whom not and by which condition, of whom a field is missing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from service.db.tables import Manufacturer, Programme, Supplier, SupplierStatus
from service.kit import clock
from service.kit.pages import decode_uuid_cursor, encode_cursor
from service.programmes.eligibility import (
    MANUFACTURER,
    SUPPLIER,
    facts_of_manufacturer,
    facts_of_supplier,
    judgement_of,
)
from service.programmes.rules import Eligibility, Facts, Finding
from service.suppliers.queries import with_parts

READ_AT_ONCE = 1000
MOST_READ = 20_000
"""Companies that one request looks through; a page may be short, its cursor goes on from there."""

Kind = Literal["supplier", "manufacturer"]

_SHOWN: tuple[Any, ...] = tuple(
    getattr(Manufacturer, name)
    for name in (
        "id", "company_name", "region", "industry", "employee_count", "annual_revenue_won", "smart_level",
        "existing_systems",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Among:
    """The companies that are looked through; None bounds nothing."""

    kind: Kind | None = None
    region: str | None = None


@dataclass(frozen=True)
class Sought:
    """Which answer is sought: of whom all that is said, by that condition, for want of that field."""

    eligibility: Eligibility = Eligibility.ELIGIBLE
    failed: str | None = None
    missing: str | None = None

    def is_met_by(self, finding: Finding) -> bool:
        """Whether that company is one of those sought."""
        return (
            finding.answer is self.eligibility
            and (self.failed is None or self.failed in finding.failed)
            and (self.missing is None or self.missing in finding.missing)
        )


@dataclass(frozen=True)
class Judged:
    """A company and what the rule says of it."""

    kind: Kind
    id: UUID
    company_name: str
    region: str
    finding: Finding

    @property
    def cursor(self) -> str:
        """Where a list goes on after it."""
        return encode_cursor((self.kind, str(self.id)))


@dataclass
class Survey:
    """How the answers are spread, and over what: `is_whole` is False where not every company was read."""

    answers: Counter[Eligibility] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    is_whole: bool = True


def fitting_companies(
    session: Session, programme: Programme, sought: Sought, among: Among, limit: int, cursor: str | None
) -> tuple[list[Judged], str | None]:
    """Companies of whom the rule says so, suppliers first, each kind by id; approved suppliers only."""
    found: list[Judged] = []
    for read, company in enumerate(_judged(session, programme, among, cursor), start=1):
        if sought.is_met_by(company.finding):
            found.append(company)
        if len(found) == limit or read == MOST_READ:
            return found, company.cursor
    return found, None


def survey(session: Session, programme: Programme, among: Among) -> Survey:
    """How many companies a programme fits, and what stands in the way of the others."""
    found = Survey()
    read = 0
    for company in islice(_judged(session, programme, among, None), MOST_READ):
        read += 1
        found.answers[company.finding.answer] += 1
        found.failed.update(company.finding.failed)
        found.missing.update(company.finding.missing)
    found.is_whole = read < MOST_READ
    return found


def _judged(session: Session, programme: Programme, among: Among, cursor: str | None) -> Iterator[Judged]:
    """Each company after the cursor with the answer, a few hundred read at a time."""
    after_kind, after_id = decode_uuid_cursor(cursor) if cursor else ("", UUID(int=0))
    judge = judgement_of(programme)
    kinds: tuple[Kind, ...] = ("supplier", "manufacturer")
    for kind in kinds:
        if kind not in programme.terms.get("audience", ()) or among.kind not in (None, kind):
            continue
        if after_kind == MANUFACTURER and kind == SUPPLIER:
            continue
        last = after_id if kind == after_kind else UUID(int=0)
        while rows := _read(session, kind, among.region, last):
            for company, facts in rows:
                yield Judged(kind, company.id, company.company_name, company.region, judge(facts))
            last = rows[-1][0].id


def _read(session: Session, kind: Kind, region: str | None, after: UUID) -> list[tuple[Any, Facts]]:
    if kind == MANUFACTURER:
        # What a rule reads and a list shows: whole rows take more than twice as long.
        manufacturers = select_columns(*_SHOWN).where(col(Manufacturer.id) > after)
        if region is not None:
            manufacturers = manufacturers.where(col(Manufacturer.region) == region)
        rows: Any = session.execute(manufacturers.order_by(col(Manufacturer.id)).limit(READ_AT_ONCE)).all()
        return [(each, facts_of_manufacturer(each)) for each in rows]
    suppliers = select(Supplier).where(
        col(Supplier.id) > after, Supplier.status == SupplierStatus.APPROVED.value
    )
    if region is not None:
        suppliers = suppliers.where(Supplier.region == region)
    found = session.exec(suppliers.order_by(col(Supplier.id)).limit(READ_AT_ONCE)).all()
    today = clock.today()
    return [(record.supplier, facts_of_supplier(record, today)) for record in with_parts(session, found)]
