"""Runs of a need: the one to show now, those that were shown before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, text
from sqlmodel import Session, col, func, select

from matching.features import FEATURES
from matching.ranker import Ranker
from service.accounts.actor import STAFF_ROLES, Actor
from service.db.tables import Need, NeedStatus, RecommendationRun, Supplier
from service.kit import clock
from service.kit.problems import Problem
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.operations import recommend_for_need
from service.recommendations.standing import approved_now

MOST_RUNS_TOLD = 20
_REASON_OF = {feature.name: feature.reason for feature in FEATURES}

_OUTLINES = text("""
    SELECT run.id, generated_at, model_version, need_version, (answer ->> 'asked')::int,
           jsonb_array_length(answer -> 'items'), account.name
    FROM recommendation_run AS run LEFT JOIN account ON account.id = run.requested_by
    WHERE need_id = :need_id AND viewer_role = ANY(:staff)
    ORDER BY generated_at DESC, run.id DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class RunOutline:
    """A run in a list of runs: `asked` is None for one that was a plan's choice and no list."""

    id: UUID
    generated_at: datetime
    model_version: str
    need_version: int
    asked: int | None
    shown: int
    requested_by: str | None


def run_for_today(
    session: Session, engine: MatchingEngine, actor: Actor, need: Need, places: int
) -> RecommendationRun | None:
    """The list that staff sees today: made once, and anew when the weights or the need have changed,
    or when one of those listed may not be shown any more.

    None for a closed need that never had one. Raises `Problem` 503 while the model loads.
    """
    if need.status == NeedStatus.CLOSED.value:
        return _newest_list(session, need, places)
    version = engine.recommender().ranker.version
    run = _newest_list(session, need, places)
    if (
        run is not None
        and run.generated_at >= clock.midnight(clock.today())
        and (run.model_version, run.need_version) == (version, need.version)
        and approved_now(session, _listed(run)).issuperset(_listed(run))
    ):
        return run
    return recommend_for_need(session, engine, actor, need, places)[1]


def get_run_of_need(session: Session, need: Need, run_id: UUID) -> RecommendationRun:
    """That run of that need. Raises `Problem` 404."""
    run = session.get(RecommendationRun, run_id)
    if run is None or run.need_id != need.id:
        raise Problem(404, "not_found")
    return run


def runs_of_need(session: Session, need_id: UUID) -> list[RunOutline]:
    """The newest runs that staff saw, without their answers."""
    asked = {"need_id": need_id, "staff": list(STAFF_ROLES), "most": MOST_RUNS_TOLD}
    return [RunOutline(*row) for row in session.execute(_OUTLINES, asked)]


def suppliers_changed_since(session: Session, at: datetime) -> int:
    """How many suppliers were changed, approved or stopped since: a list made then may be out of date."""
    return session.exec(
        select(func.count())
        .select_from(Supplier)
        .where((col(Supplier.updated_at) > at) | (col(Supplier.status_changed_at) > at))
    ).one()


def contributions_by_reason(ranker: Ranker, features: Mapping[str, float]) -> dict[str, float]:
    """What each reason adds to the log-odds of a candidate; with the intercept they are all of it."""
    totals = dict.fromkeys(dict.fromkeys(_REASON_OF.values()), 0.0)
    for name, value in features.items():
        if name in _REASON_OF:
            totals[_REASON_OF[name]] += ranker.weights[name] * value
    return totals


def _listed(run: RecommendationRun) -> list[str]:
    return [item["supplier_id"] for item in run.answer["items"]]


def _newest_list(session: Session, need: Need, places: int) -> RecommendationRun | None:
    asked = col(RecommendationRun.answer)["asked"].astext.cast(Integer)
    return session.exec(
        select(RecommendationRun)
        .where(
            RecommendationRun.need_id == need.id,
            col(RecommendationRun.viewer_role).in_(STAFF_ROLES),
            asked >= places,
        )
        .order_by(col(RecommendationRun.generated_at).desc(), col(RecommendationRun.id).desc())
        .limit(1)
    ).first()
