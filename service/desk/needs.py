"""Needs as account managers work through them: how long each waits and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session, func, select

from service.accounts.actor import STAFF_ROLES
from service.db.tables import Need, NeedStatus
from service.kit import clock
from service.kit.pages import cut_page, decode_uuid_cursor

Progress = Literal["unlisted", "unintroduced", "introduced"]

# Each condition is left out of the search when its value is null.
_NEEDS = """
    SELECT need.id, need.title, need.status, need.created_at, need.categories, need.budget_won,
           manufacturer.id AS manufacturer_id, manufacturer.company_name AS manufacturer, manufacturer.region,
           run.listed_at, pairs.shortlisted, pairs.introduced, pairs.contracted, pairs.rejected
    FROM need
    JOIN manufacturer ON manufacturer.id = need.manufacturer_id
    LEFT JOIN LATERAL (
        SELECT max(generated_at) AS listed_at FROM recommendation_run
        WHERE need_id = need.id AND viewer_role = ANY(:staff)
    ) AS run ON true
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE verdict = 'shortlisted') AS shortlisted,
               count(*) FILTER (WHERE verdict IN ('introduced', 'proposed')) AS introduced,
               count(*) FILTER (WHERE verdict IN ('contracted', 'completed')) AS contracted,
               count(*) FILTER (WHERE verdict = 'rejected') AS rejected
        FROM (SELECT DISTINCT ON (supplier_id) verdict FROM feedback WHERE need_id = need.id
              ORDER BY supplier_id, created_at DESC, id DESC) AS latest
    ) AS pairs ON true
    WHERE (CAST(:status AS text) IS NULL OR need.status = :status)
      AND (CAST(:manufacturer_id AS uuid) IS NULL OR need.manufacturer_id = :manufacturer_id)
      AND (CAST(:region AS text) IS NULL OR manufacturer.region = :region)
      AND (CAST(:category AS text) IS NULL OR need.categories @> ARRAY[CAST(:category AS text)])
      AND (CAST(:progress AS text) IS NULL
           OR (:progress = 'unlisted' AND run.listed_at IS NULL)
           OR (:progress = 'unintroduced' AND run.listed_at IS NOT NULL
               AND pairs.introduced + pairs.contracted = 0)
           OR (:progress = 'introduced' AND pairs.introduced + pairs.contracted > 0))
      AND concat_ws(' ', need.title, need.description, manufacturer.company_name) ILIKE ALL(:words)
"""
_OLDEST = text(_NEEDS + "AND (CAST(:after AS uuid) IS NULL OR need.id > :after) ORDER BY need.id LIMIT :most")
_NEWEST = text(
    _NEEDS + "AND (CAST(:after AS uuid) IS NULL OR need.id < :after) ORDER BY need.id DESC LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """What the list is asked for; None asks for everything. All words must occur."""

    status: NeedStatus | None = NeedStatus.OPEN
    region: str | None = None
    category: str | None = None
    progress: Progress | None = None
    words: str = ""
    manufacturer_id: UUID | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need with how many suppliers stand where; a pair counts once, where it stands now."""

    id: UUID
    title: str
    status: str
    days: int
    categories: list[str]
    budget_won: int | None
    manufacturer_id: UUID
    manufacturer: str
    region: str
    listed_at: datetime | None
    shortlisted: int
    introduced: int
    contracted: int
    rejected: int


def list_needs(
    session: Session, wanted: NeedFilter, limit: int, cursor: str | None
) -> tuple[list[NeedRow], str | None]:
    """One page, those that wait longest first unless asked otherwise: an id is time-ordered (UUIDv7)."""
    asked = {
        "staff": list(STAFF_ROLES),
        "status": wanted.status.value if wanted.status else None,
        "manufacturer_id": wanted.manufacturer_id,
        "region": wanted.region,
        "category": wanted.category,
        "progress": wanted.progress,
        "words": [f"%{_literal(word)}%" for word in wanted.words.split()] or ["%"],
        "after": decode_uuid_cursor(cursor)[1] if cursor else None,
        "most": limit + 1,
    }
    rows = session.execute(_NEWEST if wanted.newest_first else _OLDEST, asked).all()
    return cut_page(list(map(_need_row, rows)), limit, lambda row: ("", str(row.id)))


def _literal(word: str) -> str:
    """A word of which no letter means anything to LIKE."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _need_row(row: Row[Any]) -> NeedRow:
    same = {name: getattr(row, name) for name in NeedRow.__slots__ if name != "days"}
    return NeedRow(days=(clock.now() - row.created_at).days, **same)


def open_need_count(session: Session) -> int:
    """How many needs are open."""
    statement = select(func.count()).select_from(Need).where(Need.status == NeedStatus.OPEN.value)
    return session.exec(statement).one()
