"""The board of all introductions: each pair of need and supplier, where its last decision put it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

from service.db.tables import Verdict
from service.kit import clock
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem

STAGES = (
    Verdict.SHORTLISTED,
    Verdict.INTRODUCED,
    Verdict.PROPOSED,
    Verdict.CONTRACTED,
    Verdict.COMPLETED,
    Verdict.REJECTED,
)
"""In the order in which a pair passes them; the last one is where a pair ends that came to nothing."""

_CARDS = """
    WITH latest AS (
        SELECT DISTINCT ON (need_id, supplier_id)
               id, need_id, supplier_id, verdict, account_id, comment, created_at
        FROM feedback ORDER BY need_id, supplier_id, created_at DESC, id DESC
    ), cards AS (
        SELECT latest.*, need.title, manufacturer.company_name AS manufacturer, manufacturer.region,
               supplier.company_name AS supplier, account.name AS moved_by
        FROM latest
        JOIN need ON need.id = latest.need_id
        JOIN manufacturer ON manufacturer.id = need.manufacturer_id
        JOIN supplier ON supplier.id = latest.supplier_id
        LEFT JOIN account ON account.id = latest.account_id
        WHERE (CAST(:account_id AS uuid) IS NULL OR latest.account_id = :account_id)
          AND (CAST(:region AS text) IS NULL OR manufacturer.region = :region)
          AND (CAST(:until AS timestamptz) IS NULL OR latest.created_at <= :until)
    )
"""
_BOARD = text(
    _CARDS
    + """
    SELECT * FROM (
        SELECT cards.*, count(*) OVER (PARTITION BY verdict) AS total,
               row_number() OVER (PARTITION BY verdict ORDER BY created_at, id) AS place
        FROM cards
    ) AS placed
    WHERE place <= :most ORDER BY verdict, place
    """
)
_COUNTS = text(
    "SELECT verdict, count(*) AS total FROM (SELECT DISTINCT ON (need_id, supplier_id) verdict FROM feedback "
    "ORDER BY need_id, supplier_id, created_at DESC, id DESC) AS latest GROUP BY verdict"
)
_STAGE = text(
    _CARDS
    + """
    SELECT * FROM cards
    WHERE verdict = :verdict
      AND (CAST(:after AS timestamptz) IS NULL OR (created_at, id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY created_at, id LIMIT :most
    """
)
_CARD = text(_CARDS + "SELECT * FROM cards WHERE id = :card_id")

_DECISIONS = text("""
    SELECT run_id, feedback.supplier_id, supplier.company_name AS supplier, position, verdict,
           reason_code, comment, account.name AS by, feedback.created_at AS at
    FROM feedback
    JOIN supplier ON supplier.id = feedback.supplier_id
    LEFT JOIN account ON account.id = feedback.account_id
    WHERE need_id = :need_id AND (CAST(:supplier_id AS uuid) IS NULL OR feedback.supplier_id = :supplier_id)
    ORDER BY feedback.created_at DESC, feedback.id DESC
""")


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which pairs: who moved them last, the need's province, and for how many days at least they stand."""

    account_id: UUID | None = None
    region: str | None = None
    days: int | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        """As the statements take them."""
        until = clock.now() - timedelta(days=self.days) if self.days else None
        return {"account_id": self.account_id, "region": self.region, "until": until}


@dataclass(frozen=True, slots=True)
class Card:
    """A pair; `id` is the decision that put it where it stands."""

    id: UUID
    need_id: UUID
    supplier_id: UUID
    title: str
    manufacturer: str
    supplier: str
    region: str
    stage: Verdict
    since: datetime
    days: int
    moved_by: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in words' reach: on whom, by whom, on which list."""

    run_id: UUID
    supplier_id: UUID
    supplier: str
    position: int
    verdict: str
    reason_code: str | None
    comment: str | None
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """A place on the board: how many pairs stand there, and those who have stood there longest."""

    stage: Verdict
    total: int
    cards: tuple[Card, ...]


def board(session: Session, wanted: BoardFilter, most: int) -> list[Column]:
    """Every column with its first `most` cards: one query."""
    rows = session.execute(_BOARD, {**wanted.values, "most": most}).all()
    by_stage = {stage: [row for row in rows if row.verdict == stage.value] for stage in STAGES}
    return [
        Column(stage, found[0].total if found else 0, tuple(map(_card, found)))
        for stage, found in by_stage.items()
    ]


def stage_counts(session: Session) -> dict[Verdict, int]:
    """How many pairs stand in each place."""
    found = {row.verdict: row.total for row in session.execute(_COUNTS)}
    return {stage: found.get(stage.value, 0) for stage in STAGES}


def cards_in(
    session: Session, stage: Verdict, wanted: BoardFilter, limit: int, cursor: str | None
) -> tuple[list[Card], str | None]:
    """One page of a column, those who have stood there longest first."""
    after, after_id = _position(cursor) if cursor else (None, None)
    asked = {"verdict": stage.value, "after": after, "after_id": after_id, "most": limit + 1}
    rows = session.execute(_STAGE, {**wanted.values, **asked}).all()
    return cut_page(list(map(_card, rows)), limit, lambda card: (card.since.isoformat(), str(card.id)))


def get_card(session: Session, card_id: UUID) -> Card:
    """That pair, if the decision is its last. Raises `Problem` 404."""
    row = session.execute(_CARD, {**BoardFilter().values, "card_id": card_id}).first()
    if row is None:
        raise Problem(404, "not_found")
    return _card(row)


def decisions_told(session: Session, need_id: UUID, supplier_id: UUID | None = None) -> list[Told]:
    """What was decided on a need's suppliers, or on one of them, the newest first."""
    rows = session.execute(_DECISIONS, {"need_id": need_id, "supplier_id": supplier_id})
    return [Told(**row) for row in rows.mappings()]


def _card(row: Row[Any]) -> Card:
    return Card(
        id=row.id,
        need_id=row.need_id,
        supplier_id=row.supplier_id,
        title=row.title,
        manufacturer=row.manufacturer,
        supplier=row.supplier,
        region=row.region,
        stage=Verdict(row.verdict),
        since=row.created_at,
        days=(clock.now() - row.created_at).days,
        moved_by=row.moved_by,
        comment=row.comment,
    )


def _position(cursor: str) -> tuple[datetime, UUID]:
    at, last_id = decode_uuid_cursor(cursor)
    try:
        return datetime.fromisoformat(at), last_id
    except ValueError as error:
        raise Problem(422, "cursor_invalid") from error
