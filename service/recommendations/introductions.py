"""Who was introduced to whom: from here on the two companies know each other's name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from service.db.tables import Verdict

INTRODUCED = (Verdict.INTRODUCED.value, Verdict.CONTRACTED.value)
"""Verdicts from which on the two know each other."""

# Many verdicts may follow each other: the last one on a supplier for a need holds.
_INTRODUCTIONS = text("""
    WITH latest AS (
        SELECT DISTINCT ON (need_id, supplier_id) need_id, supplier_id, verdict, created_at
        FROM feedback
        WHERE (CAST(:need_ids AS uuid[]) IS NULL OR need_id = ANY(:need_ids))
          AND (CAST(:supplier_id AS uuid) IS NULL OR supplier_id = :supplier_id)
        ORDER BY need_id, supplier_id, created_at DESC, id DESC
    )
    SELECT need_id, supplier_id, verdict, created_at FROM latest
    WHERE verdict = ANY(:introduced) ORDER BY created_at, supplier_id
""")


@dataclass(frozen=True)
class Introduction:
    """One supplier introduced for one need; `since` is when its last verdict was given."""

    need_id: UUID
    supplier_id: UUID
    verdict: str
    since: datetime


def introductions(
    session: Session, *, need_id: UUID | None = None, supplier_id: UUID | None = None
) -> Sequence[Introduction]:
    """What was introduced for a need, or of a supplier, the earliest first.

    Who may see the need or the supplier was decided before. Raises ValueError without either.
    """
    if need_id is None and supplier_id is None:
        raise ValueError("introductions of a need or of a supplier")
    return _found(session, None if need_id is None else [need_id], supplier_id)


def introduced_counts(session: Session, need_ids: Sequence[UUID]) -> Counter[UUID]:
    """How many suppliers were introduced for each of these needs: one query however many they are."""
    return Counter(each.need_id for each in _found(session, need_ids, None))


def _found(
    session: Session, need_ids: Sequence[UUID] | None, supplier_id: UUID | None
) -> Sequence[Introduction]:
    asked = {
        "need_ids": None if need_ids is None else list(need_ids),
        "supplier_id": supplier_id,
        "introduced": list(INTRODUCED),
    }
    return [Introduction(*row) for row in session.execute(_INTRODUCTIONS, asked)]
