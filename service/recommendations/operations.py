"""Recommending for needs, finding leads."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, col, select

from matching.domain import Lead, NeedProfile, Recommendation
from matching.features import EmbeddedNeed
from service.accounts.actor import Actor
from service.db.tables import Need, NeedStatus, RecommendationRun
from service.kit import clock
from service.kit.problems import Problem
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.profiles import needs_with_manufacturers
from service.recommendations.records import run_record
from service.recommendations.vectors import embedded_needs

MOST_OPEN_NEEDS = 2000
"""Leads are looked for among this many of the newest open needs."""


def embedded_need(session: Session, engine: MatchingEngine, need: Need) -> EmbeddedNeed:
    """A stored need with its stored vectors; encoded here only when its job has not run yet."""
    profile = needs_with_manufacturers(session, [need])[0]
    return embedded_needs(session, engine.encoder, [profile])[0]


def recommend_for_need(
    session: Session, engine: MatchingEngine, actor: Actor, need: Need, limit: int
) -> tuple[Recommendation, RecommendationRun]:
    """Rank, and keep the run. Raises `Problem` 409 for a closed need, 503 while the model loads."""
    if need.status == NeedStatus.CLOSED.value:
        raise Problem(409, "need_closed")
    engine.recommender()
    exposure = engine.recent_lists.beside(session, need.id)
    found = engine.recommend(embedded_need(session, engine, need), limit, exposure)
    run = RecommendationRun(
        need_id=need.id,
        requested_by=actor.account_id,
        viewer_role=actor.role.value,
        model_version=found.model_version,
        need_version=need.version,
        answer=dict(run_record(found, asked=limit, told=actor.is_staff)),
    )
    session.add(run)
    session.flush()
    return found, run


def recommend_as_if(
    session: Session, engine: MatchingEngine, need: Need, weights: Mapping[str, float], limit: int
) -> Recommendation:
    """What the list would be with some weights changed; nothing is kept and nothing changes.

    Raises `Problem` 409 for a closed need, 503 while the model loads.
    """
    if need.status == NeedStatus.CLOSED.value:
        raise Problem(409, "need_closed")
    present = engine.recommender()
    ranker = replace(present.ranker, weights={**present.ranker.weights, **weights})
    exposure = engine.recent_lists.beside(session, need.id)
    asked = embedded_need(session, engine, need)
    return replace(present, ranker=ranker).recommend(asked, limit, clock.today(), exposure)


def find_leads(
    session: Session, engine: MatchingEngine, supplier_id: UUID, limit: int
) -> list[tuple[Lead, Need, NeedProfile]]:
    """The open needs that fit a supplier, the best first. Raises `Problem` 503 while the model loads."""
    recommender = engine.recommender()
    statement = select(Need).where(Need.status == NeedStatus.OPEN.value).order_by(col(Need.id).desc())
    needs = {str(need.id): need for need in session.exec(statement.limit(MOST_OPEN_NEEDS))}
    profiles = needs_with_manufacturers(session, list(needs.values()))
    embedded = embedded_needs(session, engine.encoder, profiles)
    by_id = {profile.need_id: profile for profile in profiles}
    leads = recommender.leads(str(supplier_id), embedded, limit, clock.today())
    return [(lead, needs[lead.need_id], by_id[lead.need_id]) for lead in leads]
