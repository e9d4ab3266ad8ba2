"""What was decided on the pairs of one supplier."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

MOST_PAIRS_TOLD = 30

_PAIRS = text("""
    SELECT latest.need_id, need.title, manufacturer.company_name AS manufacturer, latest.verdict,
           latest.reason_code, latest.comment, latest.created_at AS at
    FROM (SELECT DISTINCT ON (need_id) need_id, verdict, reason_code, comment, created_at
          FROM feedback WHERE supplier_id = :supplier_id
          ORDER BY need_id, created_at DESC, id DESC) AS latest
    JOIN need ON need.id = latest.need_id
    JOIN manufacturer ON manufacturer.id = need.manufacturer_id
    ORDER BY latest.created_at DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Pair:
    """Where a supplier stands with a need, and what was said of it last."""

    need_id: UUID
    title: str
    manufacturer: str
    verdict: str
    reason_code: str | None
    comment: str | None
    at: datetime


def pairs_of_supplier(session: Session, supplier_id: UUID) -> list[Pair]:
    """The needs for which something was decided on a supplier, the last decision first."""
    rows = session.execute(_PAIRS, {"supplier_id": supplier_id, "most": MOST_PAIRS_TOLD})
    return [Pair(**row) for row in rows.mappings()]
