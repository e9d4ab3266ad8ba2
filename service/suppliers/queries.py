"""Reading suppliers: who may see which, the directory, and their parts without a query a row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, tuple_
from sqlmodel import Session, col, select, true

from service.accounts.actor import Actor, Role
from service.business_status.queries import in_state
from service.db.tables import Account, Reference, Solution, Supplier, SupplierStatus
from service.kit.business_number import BusinessNumberError, parse_business_number
from service.kit.business_register import BusinessState
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem


@dataclass(frozen=True)
class SupplierRecord:
    """A supplier with its parts. `unattended`: it had people with an account, and all of them have left."""

    supplier: Supplier
    solutions: tuple[Solution, ...]
    references: tuple[Reference, ...]
    contact: Account | None
    unattended: bool = False


@dataclass(frozen=True)
class DirectoryFilter:
    """What the directory is asked for; None asks for everything."""

    category: str | None = None
    industry: str | None = None
    region: str | None = None
    serves: str | None = None
    words: str | None = None
    status: SupplierStatus | None = None
    business_status: BusinessState | None = None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Approved suppliers are public; a pending or stopped one is seen by staff and by itself."""
    if actor.is_staff:
        return true()
    approved = col(Supplier.status) == SupplierStatus.APPROVED.value
    if actor.supplier_id is not None:
        return or_(approved, col(Supplier.id) == actor.supplier_id)
    return approved


def editable_by(actor: Actor) -> ColumnElement[bool]:
    """A supplier is edited by its own people and by staff."""
    if actor.is_staff:
        return true()
    if actor.role is Role.SUPPLIER and actor.supplier_id is not None:
        return col(Supplier.id) == actor.supplier_id
    return false()


def get_supplier(session: Session, supplier_id: UUID, allowed: ColumnElement[bool]) -> Supplier:
    """That supplier, if it exists and the condition lets the actor have it. Raises `Problem` 404."""
    found = session.exec(select(Supplier).where(Supplier.id == supplier_id, allowed)).first()
    if found is None:
        raise Problem(404, "not_found")
    return found


def find_by_business_number(session: Session, typed: str) -> Supplier | None:
    """The supplier of that number, however it is written."""
    try:
        digits = parse_business_number(typed)
    except BusinessNumberError:
        return None
    return session.exec(select(Supplier).where(Supplier.business_number == digits)).first()


def lock_supplier(session: Session, supplier_id: UUID, allowed: ColumnElement[bool]) -> Supplier:
    """The same, held against other writers until the end of the transaction."""
    statement = select(Supplier).where(Supplier.id == supplier_id, allowed).with_for_update()
    found = session.exec(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise Problem(404, "not_found")
    return found


def is_registered(session: Session, business_number: str) -> bool:
    """Whether a supplier has that number, in whatever state."""
    return (
        session.exec(select(Supplier.id).where(Supplier.business_number == business_number)).first()
        is not None
    )


def with_parts(session: Session, suppliers: Iterable[Supplier]) -> list[SupplierRecord]:
    """The suppliers with solutions, references and contact: three queries however many they are."""
    listed = list(suppliers)
    ids = [supplier.id for supplier in listed]
    solutions: dict[UUID, list[Solution]] = defaultdict(list)
    statement = select(Solution).where(col(Solution.supplier_id).in_(ids)).order_by(col(Solution.position))
    for solution in session.exec(statement):
        solutions[solution.supplier_id].append(solution)
    references: dict[UUID, list[Reference]] = defaultdict(list)
    for reference in session.exec(
        select(Reference).where(col(Reference.supplier_id).in_(ids)).order_by(col(Reference.position))
    ):
        references[reference.supplier_id].append(reference)
    contacts: dict[UUID | None, Account | None] = {}
    people = select(Account).where(col(Account.supplier_id).in_(ids))
    for account in session.exec(people.order_by(col(Account.created_at).desc(), col(Account.id).desc())):
        contacts[account.supplier_id] = account if account.active else contacts.get(account.supplier_id)
    return [
        SupplierRecord(
            supplier=each,
            solutions=tuple(solutions[each.id]),
            references=tuple(references[each.id]),
            contact=contacts.get(each.id),
            unattended=each.id in contacts and contacts[each.id] is None,
        )
        for each in listed
    ]


def search_directory(
    session: Session, actor: Actor, wanted: DirectoryFilter, limit: int, cursor: str | None
) -> tuple[Sequence[Supplier], str | None]:
    """One page of the directory, by company name."""
    statement = select(Supplier).where(visible_to(actor), *_conditions(wanted, actor))
    if cursor is not None:
        name, last_id = decode_uuid_cursor(cursor)
        statement = statement.where(
            tuple_(col(Supplier.company_name), col(Supplier.id)) > tuple_(name, last_id)
        )
    statement = statement.order_by(col(Supplier.company_name), col(Supplier.id)).limit(limit + 1)
    return cut_page(session.exec(statement).all(), limit, lambda row: (row.company_name, str(row.id)))


def count_directory(session: Session, actor: Actor, wanted: DirectoryFilter) -> int:
    """How many suppliers of the directory fit."""
    statement = select(func.count()).select_from(Supplier)
    return session.exec(statement.where(visible_to(actor), *_conditions(wanted, actor))).one()


@dataclass(frozen=True)
class DirectoryCounts:
    """Approved suppliers: in all, by solution category and by the province that they are in."""

    suppliers: int
    by_category: Mapping[str, int]
    by_region: Mapping[str, int]


def count_approved(session: Session) -> DirectoryCounts:
    """What the directory holds. A supplier counts once for each category that any of its solutions is of."""
    approved = col(Supplier.status) == SupplierStatus.APPROVED.value
    category = func.unnest(col(Solution.categories)).label("category")
    offered = (
        select(category, col(Solution.supplier_id))
        .join(Supplier, col(Supplier.id) == col(Solution.supplier_id))
        .where(approved)
        .distinct()
        .subquery()
    )
    by_category = select(offered.c.category, func.count()).group_by(offered.c.category)
    by_region = select(Supplier.region, func.count()).where(approved).group_by(col(Supplier.region))
    regions = dict(session.exec(by_region).all())
    return DirectoryCounts(sum(regions.values()), dict(session.exec(by_category).all()), regions)


def _conditions(wanted: DirectoryFilter, actor: Actor) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if not actor.is_staff:  # a supplier's own pending profile is at its own address, not in the directory
        conditions.append(col(Supplier.status) == SupplierStatus.APPROVED.value)
    elif wanted.status is not None:
        conditions.append(col(Supplier.status) == wanted.status.value)
    if actor.is_staff and wanted.business_status is not None:
        conditions.append(in_state(col(Supplier.business_number), wanted.business_status))
    if wanted.category is not None:
        conditions.append(_offers(col(Solution.categories).contains([wanted.category])))
    if wanted.industry is not None:
        conditions.append(_offers(_serves_industry(wanted.industry)))
    if wanted.region is not None:
        conditions.append(col(Supplier.region) == wanted.region)
    if wanted.serves is not None:
        everywhere = func.cardinality(col(Supplier.service_regions)) == 0
        conditions.append(or_(everywhere, col(Supplier.service_regions).contains([wanted.serves])))
    words = (wanted.words or "").casefold().split()
    return conditions + [col(Supplier.search_text).contains(word, autoescape=True) for word in words]


def _offers(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    matching = select(Solution.id).where(col(Solution.supplier_id) == col(Supplier.id), condition)
    return matching.exists()


def _serves_industry(code: str) -> ColumnElement[bool]:
    """A solution for all industries, for this one, for a wider or for a narrower one."""
    wider = [code[:length] for length in range(2, len(code) + 1)]
    declared: Any = col(Solution.industries)
    narrower = func.array_to_string(declared, " ").regexp_match(rf"\m{code}")
    return or_(func.cardinality(declared) == 0, declared.overlap(wider), narrower)
