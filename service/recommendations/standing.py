"""The last look before a list leaves: whoever may not be shown any more is asked of the database itself.

The index is a copy, a moment old and older when its refresh fails. Being suspended must not wait for that.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, col, select

from matching.domain import Recommendation
from service.db.tables import Supplier, SupplierStatus


def approved_now(session: Session, supplier_ids: Iterable[str]) -> frozenset[str]:
    """Those of these suppliers that exist and are approved, as the database has it at this moment."""
    wanted = [UUID(each) for each in supplier_ids]
    statement = select(Supplier.id).where(
        col(Supplier.id).in_(wanted), Supplier.status == SupplierStatus.APPROVED.value
    )
    return frozenset(map(str, session.exec(statement))) if wanted else frozenset()


def without_withdrawn(session: Session, found: Recommendation) -> Recommendation:
    """The same list without those whose approval has ended since the index was read."""
    held_back = [each for rule in found.held_back for each in rule.supplier_ids]
    listed = [match.supplier_id for match in found.matches]
    approved = approved_now(session, [*listed, *held_back])
    if approved.issuperset(listed) and approved.issuperset(held_back):
        return found
    matches = [match for match in found.matches if match.supplier_id in approved]
    rules = [
        replace(rule, supplier_ids=tuple(each for each in rule.supplier_ids if each in approved))
        for rule in found.held_back
    ]
    return replace(
        found,
        matches=tuple(replace(match, rank=rank) for rank, match in enumerate(matches, start=1)),
        held_back=tuple(rule for rule in rules if rule.supplier_ids),
    )
