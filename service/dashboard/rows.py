"""The rows behind the figures, counted by the same conditions, a page at a time, the newest first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import Session

from service.dashboard.figures import recent_lists
from service.dashboard.period import EARLIEST, LATEST, bounds
from service.dashboard.schemas import (
    ContractRow,
    ContractStanding,
    DecisionRow,
    ManufacturerRow,
    NeedRow,
    Step,
    SupplierRow,
)
from service.dashboard.statements import (
    FIRST_DECISION,
    IS_RANKED,
    IS_UNRANKED,
    IS_WAITING,
    IS_WEAK,
    LISTED,
    OFFERS,
    OFFERS_5G_OR_AI,
    PLACED_NEED,
    SERVES,
    STAGED_NEED,
    STANDING_CONTRACT,
    STANDINGS,
)
from service.db.tables import SupplierStatus
from service.kit import clock
from service.kit.pages import Page, cut_page, decode_cursor
from service.kit.problems import Problem

Shown = TypeVar("Shown", bound=BaseModel)


class NeedState(StrEnum):
    """Which needs: waiting for an introduction, open but never ranked, ranked, or without a good supplier."""

    WAITING = "waiting"
    UNRANKED = "unranked"
    RANKED = "ranked"
    WEAK = "weak"


class DecisionKind(StrEnum):
    """Which decisions."""

    SHORTLISTED = "shortlisted"
    INTRODUCED = "introduced"
    PROPOSED = "proposed"
    CONTRACTED = "contracted"
    COMPLETED = "completed"
    REJECTED = "rejected"


class Technology(StrEnum):
    """Which suppliers' decisions."""

    FIVE_G_AI = "5g_ai"


@dataclass(frozen=True)
class Asked:
    """What a list is bounded by; None bounds nothing. `category` "none" asks for needs without any."""

    since: date | None = None
    until: date | None = None
    region: str | None = None
    category: str | None = None

    @property
    def bounds(self) -> dict[str, Any]:
        """The parameters that every statement here takes."""
        days = bounds(self.since or EARLIEST, self.until or LATEST)
        return {**days, "region": self.region, "category": self.category}


_NEED_STATES = {
    None: "true",
    NeedState.WAITING: IS_WAITING,
    NeedState.UNRANKED: IS_UNRANKED,
    NeedState.RANKED: IS_RANKED,
    NeedState.WEAK: IS_WEAK,
}
_REACHED = {
    None: "true",
    Step.WRITTEN: "true",
    Step.RECOMMENDED: "coalesce(recommended, stage.introduced, proposed, contracted) IS NOT NULL",
    Step.INTRODUCED: "coalesce(stage.introduced, proposed, contracted) IS NOT NULL",
    Step.PROPOSED: "coalesce(proposed, contracted) IS NOT NULL",
    Step.CONTRACTED: "contracted IS NOT NULL",
}
_STEP = """
    CASE WHEN contracted IS NOT NULL THEN 'contracted' WHEN proposed IS NOT NULL THEN 'proposed'
         WHEN stage.introduced IS NOT NULL THEN 'introduced'
         WHEN recommended IS NOT NULL THEN 'recommended' ELSE 'written' END
"""


def needs(
    session: Session,
    asked: Asked,
    state: NeedState | None,
    step: Step | None,
    limit: int,
    cursor: str | None,
) -> Page[NeedRow]:
    """Needs in that state that came at least that far."""
    statement = f"""
        SELECT placed.*, {_STEP} AS step
        FROM ({PLACED_NEED}) AS placed JOIN ({STAGED_NEED}) AS stage ON stage.id = placed.id
        WHERE {_NEED_STATES[state].replace("introduced", "placed.introduced")} AND {_REACHED[step]}
          AND created_at >= :since AND created_at < :until
          AND (CAST(:region AS text) IS NULL OR region = :region)
          AND (CAST(:category AS text) IS NULL OR coalesce(category, 'none') = :category)
          AND (CAST(:last AS uuid) IS NULL OR placed.id < :last)
        ORDER BY placed.id DESC LIMIT :limit"""
    return _page(session, NeedRow, statement, asked, limit, cursor)


def suppliers(
    session: Session,
    asked: Asked,
    status: SupplierStatus | None,
    serves: str | None,
    limit: int,
    cursor: str | None,
) -> Page[SupplierRow]:
    """Suppliers registered in the period, those in most recent lists first.

    `asked.category` is one that they offer, `serves` a region in which they work.
    """
    lists, last = (None, None) if cursor is None else decode_cursor(cursor, 2)
    statement = text(f"""
        SELECT * FROM (
            SELECT supplier.id, company_name, region, status, created_at, coalesce(lists, 0) AS lists
            FROM supplier LEFT JOIN ({LISTED}) AS listed ON listed.supplier_id = supplier.id
            WHERE created_at >= :since AND created_at < :until
              AND (CAST(:status AS text) IS NULL OR status = :status)
              AND (CAST(:region AS text) IS NULL OR region = :region)
              AND (CAST(:serves AS text) IS NULL OR {SERVES.format(region="CAST(:serves AS text)")})
              AND (CAST(:category AS text) IS NULL OR {OFFERS.format(category="CAST(:category AS text)")})
        ) AS found
        WHERE CAST(:last AS uuid) IS NULL OR (lists, id) < (CAST(:lists AS integer), CAST(:last AS uuid))
        ORDER BY lists DESC, id DESC LIMIT :limit""")
    given = {**asked.bounds, **recent_lists(), "status": status, "serves": serves, "limit": limit + 1}
    rows = session.execute(statement, {**given, "lists": _whole(lists), "last": _uuid(last)}).all()
    return _shown(SupplierRow, rows, limit, lambda row: (str(row.lists), str(row.id)))


def manufacturers(session: Session, asked: Asked, limit: int, cursor: str | None) -> Page[ManufacturerRow]:
    """Manufacturers registered in the period."""
    statement = """
        SELECT id, company_name, region, industry, created_at FROM manufacturer
        WHERE created_at >= :since AND created_at < :until
          AND (CAST(:region AS text) IS NULL OR region = :region)
          AND (CAST(:last AS uuid) IS NULL OR id < :last)
        ORDER BY id DESC LIMIT :limit"""
    return _page(session, ManufacturerRow, statement, asked, limit, cursor)


def decisions(
    session: Session,
    asked: Asked,
    verdict: DecisionKind | None,
    technology: Technology | None,
    limit: int,
    cursor: str | None,
) -> Page[DecisionRow]:
    """What account managers decided in the period, each pair of need and supplier once a verdict."""
    statement = f"""
        SELECT decision.id, verdict, decision.created_at AS decided_at,
               need.id AS need_id, need.title AS need_title, manufacturer.company_name AS manufacturer_name,
               supplier.id AS supplier_id, supplier.company_name AS supplier_name
        FROM ({FIRST_DECISION}) AS decision
        JOIN need ON need.id = decision.need_id JOIN manufacturer ON manufacturer.id = need.manufacturer_id
        JOIN supplier ON supplier.id = decision.supplier_id
        WHERE decision.created_at >= :since AND decision.created_at < :until
          AND (CAST(:verdict AS text) IS NULL OR verdict = :verdict)
          AND (CAST(:region AS text) IS NULL OR manufacturer.region = :region)
          AND {OFFERS_5G_OR_AI if technology else "true"}
          AND (CAST(:last AS uuid) IS NULL OR decision.id < :last)
        ORDER BY decision.id DESC LIMIT :limit"""
    return _page(session, DecisionRow, statement, asked, limit, cursor, verdict=verdict)


def contracts(
    session: Session, asked: Asked, standing: ContractStanding | None, limit: int, cursor: str | None
) -> Page[ContractRow]:
    """Installment contracts that stand so, accepted (or, of mere quotes, quoted) in the period."""
    statement = f"""
        SELECT contract.*, need.title AS need_title, manufacturer.company_name AS manufacturer_name,
               supplier.company_name AS supplier_name
        FROM (SELECT * FROM ({STANDING_CONTRACT}) AS contract
              WHERE {STANDINGS[standing] if standing else "true"}) AS contract
        JOIN need ON need.id = contract.need_id JOIN supplier ON supplier.id = contract.supplier_id
        JOIN manufacturer ON manufacturer.id = contract.manufacturer_id
        WHERE coalesce(accepted_on, quoted_on)::timestamp AT TIME ZONE 'Asia/Seoul' >= :since
          AND coalesce(accepted_on, quoted_on)::timestamp AT TIME ZONE 'Asia/Seoul' < :until
          AND (CAST(:region AS text) IS NULL OR manufacturer.region = :region)
          AND (CAST(:last AS uuid) IS NULL OR contract.id < :last)
        ORDER BY contract.id DESC LIMIT :limit"""
    return _page(session, ContractRow, statement, asked, limit, cursor, today=clock.today())


def _page(
    session: Session,
    model: type[Shown],
    statement: str,
    asked: Asked,
    limit: int,
    cursor: str | None,
    **more: Any,
) -> Page[Shown]:
    last = _uuid(decode_cursor(cursor, 1)[0]) if cursor else None
    given = {**asked.bounds, **more, "last": last, "limit": limit + 1}
    rows = session.execute(text(statement), given).all()
    return _shown(model, rows, limit, lambda row: (str(row.id),))


def _shown(model: type[Shown], rows: Sequence[Any], limit: int, key: Any) -> Page[Shown]:
    found, next_cursor = cut_page(rows, limit, key)
    return Page[model](items=[model.model_validate(row) for row in found], next_cursor=next_cursor)  # type: ignore[valid-type]


def _uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError as error:
        raise Problem(422, "cursor_invalid") from error


def _whole(value: str | None) -> int | None:
    if value is not None and not re.fullmatch(r"[0-9]{1,9}", value):
        raise Problem(422, "cursor_invalid")
    return int(value) if value else None
