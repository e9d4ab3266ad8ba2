"""Recommendations, feedback and leads over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from service.accounts.actor import CurrentActor, SignedIn, Staff
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.kit.pages import Limit
from service.needs.queries import get_need
from service.privacy.access_log import Address, Purpose, log_reading
from service.recommendations.answers import recommendation_answer
from service.recommendations.decisions import feedback_of_run, record_feedback
from service.recommendations.introductions import introductions_of
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.operations import (
    lead_answers,
    recommend_for_need,
    recommend_unstored,
    shown_to,
)
from service.recommendations.schemas import (
    FeedbackAnswer,
    FeedbackInput,
    IntroductionPage,
    LeadPage,
    PreviewInput,
    RecommendationAnswer,
)
from service.suppliers.queries import editable_by, get_supplier

router = APIRouter(tags=["추천"], route_class=IdempotentRoute)


async def _engine(request: Request) -> MatchingEngine:
    engine: MatchingEngine = request.app.state.matching
    return engine


Engine = Annotated[MatchingEngine, Depends(_engine)]


@router.get("/needs/{need_id}/recommendations", summary="수요에 맞는 공급기업 추천")
def recommend(
    need_id: UUID, actor: SignedIn, session: DbSession, engine: Engine, limit: Limit = 10
) -> RecommendationAnswer:
    """담당자는 100곳까지 이름과 함께, 수요기업은 세 곳까지 이름 없이 봅니다.

    추천 회차가 기록됩니다. 같은 날 같은 목록을 다시 보면 같은 회차입니다.
    """
    need = get_need(session, need_id, actor)
    found, run = recommend_for_need(session, engine, actor, need, shown_to(actor, limit))
    return recommendation_answer(
        engine.recommender(),
        found,
        named=actor.is_staff,
        generated_at=run.generated_at,
        run_id=run.id,
        need_id=need.id,
    )


@router.post("/recommendations/preview", summary="저장하지 않고 추천 미리 보기")
def preview(
    data: PreviewInput, actor: CurrentActor, engine: Engine, limit: Limit = 10
) -> RecommendationAnswer:
    """솔루션 분야를 추정하고 후보를 보여 줍니다. 담당자가 아니면 세 곳을 이름 없이 보여 줍니다."""
    return recommend_unstored(engine, actor, data, limit)


@router.post("/recommendations/{run_id}/feedback", status_code=201, summary="추천에 대한 결정 남기기")
def give_feedback(
    run_id: UUID, data: FeedbackInput, actor: Staff, session: DbSession, response: Response
) -> FeedbackAnswer:
    """담당자가 후보를 어떻게 했는지 남깁니다. 추천이 이것으로 배웁니다."""
    feedback = record_feedback(session, actor, run_id, data)
    response.headers["Location"] = f"/v1/recommendations/{run_id}/feedback"
    return FeedbackAnswer.model_validate(feedback)


@router.get("/recommendations/{run_id}/feedback", summary="추천 회차에 남긴 결정")
def list_feedback(run_id: UUID, _actor: Staff, session: DbSession) -> list[FeedbackAnswer]:
    """그 회차에 남긴 결정을 순서대로 봅니다."""
    return [FeedbackAnswer.model_validate(row) for row in feedback_of_run(session, run_id)]


@router.get("/suppliers/{supplier_id}/leads", summary="공급기업에 맞는 수요")
def list_leads(
    supplier_id: UUID, actor: SignedIn, session: DbSession, engine: Engine, limit: Limit = 20
) -> LeadPage:
    """승인된 공급기업이 자기에게 맞는 수요를 봅니다. 수요기업의 이름은 소개 전에는 보이지 않습니다."""
    get_supplier(session, supplier_id, editable_by(actor))
    return LeadPage(items=lead_answers(session, engine, supplier_id, limit))


@router.get("/suppliers/{supplier_id}/introductions", summary="공급기업이 소개된 수요")
def list_introductions(
    supplier_id: UUID, actor: SignedIn, address: Address, session: DbSession
) -> IntroductionPage:
    """소개된 공급기업만 수요기업의 이름을 봅니다. 연락처는 그 담당자가 제공에 동의한 경우에만 보입니다."""
    get_supplier(session, supplier_id, editable_by(actor))
    items = introductions_of(session, supplier_id)
    shown = [item.manufacturer for item in items]
    log_reading(session, actor, address, "manufacturer", shown, Purpose.LIST)
    return IntroductionPage(items=items)
