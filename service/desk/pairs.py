"""One supplier among the needs: what was decided on it, and in whose lists it was."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from service.accounts.actor import STAFF_ROLES
from service.kit import clock
from service.recommendations.recent_lists import RECENT

MOST_PAIRS_TOLD = 30
MOST_LISTS_TOLD = 8

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

_LISTS = text("""
    SELECT run.need_id, need.title, run.id AS run_id, run.generated_at AS at
    FROM (SELECT DISTINCT ON (need_id) id, need_id, generated_at FROM recommendation_run
          WHERE generated_at > :since AND viewer_role = ANY(:staff) AND listed @> CAST(:listed AS jsonb)
          ORDER BY need_id, generated_at DESC) AS run
    JOIN need ON need.id = run.need_id
    ORDER BY run.generated_at DESC LIMIT :most
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


@dataclass(frozen=True, slots=True)
class ListedIn:
    """A list in whose first ten places a supplier was."""

    need_id: UUID
    title: str
    run_id: UUID
    at: datetime


def pairs_of_supplier(session: Session, supplier_id: UUID) -> list[Pair]:
    """The needs for which something was decided on a supplier, the last decision first."""
    rows = session.execute(_PAIRS, {"supplier_id": supplier_id, "most": MOST_PAIRS_TOLD})
    return [Pair(**row) for row in rows.mappings()]


def lists_with(session: Session, supplier_id: UUID) -> list[ListedIn]:
    """The recent lists of staff that a supplier was in, the newest of each need, the newest first."""
    asked = {
        "since": clock.now() - RECENT,
        "staff": list(STAFF_ROLES),
        "listed": json.dumps([str(supplier_id)]),
        "most": MOST_LISTS_TOLD,
    }
    return [ListedIn(**row) for row in session.execute(_LISTS, asked).mappings()]
