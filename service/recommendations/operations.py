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
from service.recommendations.answers import (
    caution_answers,
    evidence_answers,
    profile_and_solution,
    reason_answers,
    recommendation_answer,
    solution_summary,
)
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.profiles import needs_with_manufacturers
from service.recommendations.records import run_record, same_run_of_today
from service.recommendations.schemas import LeadAnswer, PreviewInput, RecommendationAnswer
from service.recommendations.stages import stage
from service.recommendations.standing import approved_now, without_withdrawn
from service.recommendations.vectors import embedded_needs

MOST_OPEN_NEEDS = 2000
"""Leads are looked for among this many of the newest open needs."""

MOST_ANONYMOUS_CANDIDATES = 3


def shown_to(actor: Actor, limit: int) -> int:
    """How many candidates that actor may see: staff as many as they ask for, others a few without names."""
    return limit if actor.is_staff else min(limit, MOST_ANONYMOUS_CANDIDATES)


def embedded_need(session: Session, engine: MatchingEngine, need: Need) -> EmbeddedNeed:
    """A stored need with its stored vectors; encoded here only when its job has not run yet.

    Raises `Problem` 503 when the encoder does not answer in time.
    """
    profile = needs_with_manufacturers(session, [need])[0]
    return embedded_needs(session, engine.space, [profile], engine.encode)[0]


def recommend_for_need(
    session: Session, engine: MatchingEngine, actor: Actor, need: Need, limit: int, *, anew: bool = False
) -> tuple[Recommendation, RecommendationRun]:
    """Rank, and keep the run; who sees the same list again on the same day sees the same run, unless `anew`.

    Raises `Problem` 409 for a closed need, 503 while the model loads.
    """
    if need.status == NeedStatus.CLOSED.value:
        raise Problem(409, "need_closed")
    engine.recommender()
    with stage("load"):
        exposure = engine.recent_lists.beside(session, need.id)
        asked = embedded_need(session, engine, need)
    found = without_withdrawn(session, engine.recommend(asked, limit, exposure))
    with stage("save"):
        run = RecommendationRun(
            need_id=need.id,
            requested_by=actor.account_id,
            viewer_role=actor.role.value,
            model_version=found.model_version,
            need_version=need.version,
            answer=dict(run_record(found, asked=limit, told=actor.is_staff)),
        )
        same = None if anew else same_run_of_today(session, run)
        if same is None:
            session.add(run)
            session.flush()
    return found, same or run


def recommend_unstored(
    engine: MatchingEngine, actor: Actor, data: PreviewInput, limit: int
) -> RecommendationAnswer:
    """Rank for a need that is kept nowhere; who is not staff sees no names.

    Raises `Problem` 503 while the model loads or when the encoder does not answer in time.
    """
    recommender = engine.recommender()
    found = engine.recommend(engine.embed(_profile_of(data)), shown_to(actor, limit))
    with engine.database.transaction() as session:  # none is held while the encoder works
        found = without_withdrawn(session, found)
    return recommendation_answer(recommender, found, named=actor.is_staff, generated_at=clock.now())


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
    found = replace(present, ranker=ranker).recommend(asked, limit, clock.today(), exposure)
    return without_withdrawn(session, found)


def find_leads(
    session: Session, engine: MatchingEngine, supplier_id: UUID, limit: int, among: int = MOST_OPEN_NEEDS
) -> list[tuple[Lead, Need, NeedProfile]]:
    """The open needs that fit an approved supplier, the best first, looked for `among` so many of the newest.

    Two milliseconds a need. Raises `Problem` 503 while the model loads, and when the encoder does not
    answer in time.
    """
    recommender = engine.recommender()
    if not approved_now(session, [str(supplier_id)]):
        return []
    statement = select(Need).where(Need.status == NeedStatus.OPEN.value).order_by(col(Need.id).desc())
    needs = {str(need.id): need for need in session.exec(statement.limit(among))}
    profiles = needs_with_manufacturers(session, list(needs.values()))
    embedded = embedded_needs(session, engine.space, profiles, engine.encode)
    by_id = {profile.need_id: profile for profile in profiles}
    leads = recommender.leads(str(supplier_id), embedded, limit, clock.today())
    return [(lead, needs[lead.need_id], by_id[lead.need_id]) for lead in leads]


def lead_answers(
    session: Session, engine: MatchingEngine, supplier_id: UUID, limit: int, among: int = MOST_OPEN_NEEDS
) -> list[LeadAnswer]:
    """The same as they are shown: the manufacturer is not named. Raises `Problem` 503."""
    recommender = engine.recommender()
    items = []
    for lead, need, profile in find_leads(session, engine, supplier_id, limit, among):
        _, solution = profile_and_solution(recommender, str(supplier_id), lead.match.solution_id)
        items.append(
            LeadAnswer(
                rank=lead.rank,
                need_id=need.id,
                title=need.title,
                industry=profile.industry,
                region=profile.region,
                budget_won=need.budget_won,
                score=lead.match.score,
                solution=solution_summary(solution),
                reasons=reason_answers(lead.match.reasons),
                evidence=evidence_answers(lead.match.evidence),
                cautions=caution_answers(lead.match.cautions),
            )
        )
    return items


def _profile_of(data: PreviewInput) -> NeedProfile:
    return NeedProfile(
        title=data.title,
        description=data.description,
        industry=data.industry,
        region=data.region,
        manufacturer_business_number=data.business_number,
        categories=tuple(data.categories),
        processes=tuple(data.processes),
        budget_won=data.budget_won,
        start_by=data.start_by,
        required_certifications=tuple(data.required_certifications),
        excluded_supplier_ids=tuple(str(one) for one in data.excluded_supplier_ids),
        needs_on_site_support=data.needs_on_site_support,
        smart_level=data.smart_level,
        employee_count=data.employee_count,
    )
