"""The weights that rank, over HTTP: account managers see them, administrators set them."""

from uuid import UUID

from fastapi import APIRouter, Response

from service.accounts.actor import Administrator, Staff
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.job_status.endpoints import JobAnswer, accepted
from service.job_status.operations import open_job
from service.jobs.names import TRAIN_RANKER
from service.kit.pages import Cursor, Limit, Page, cut_page, decode_uuid_cursor
from service.ranking.operations import adjust_weights, choose_version, roll_back
from service.ranking.queries import find_version, ranker_in_use, versions
from service.ranking.schemas import (
    ChoiceInput,
    RollbackInput,
    VersionAnswer,
    WeightsAnswer,
    WeightsInput,
    expert_answer,
    version_answer,
    weights_answer,
)

router = APIRouter(prefix="/ranking", tags=["추천 모델"], route_class=IdempotentRoute)

VersionPage = Page[VersionAnswer]


@router.get("/weights", summary="지금 쓰는 가중치")
def read_weights(_actor: Staff, session: DbSession) -> WeightsAnswer:
    """추천 점수를 이루는 항목마다 가중치와 뜻, 전문가가 처음 정한 값을 봅니다."""
    return weights_answer(ranker_in_use(session))


@router.post("/weights", status_code=201, summary="가중치 바꾸기")
def set_weights(
    data: WeightsInput, actor: Administrator, session: DbSession, response: Response
) -> WeightsAnswer:
    """보낸 항목만 바꾸어 새 판으로 남기고 바로 씁니다. 앞으로는 이 값에서 배우기 시작합니다."""
    used = adjust_weights(session, actor, data.checked(), data.intercept, data.note)
    response.headers["Location"] = "/v1/ranking/weights"
    return weights_answer(used)


@router.get("/versions", summary="가중치의 모든 판")
def list_versions(_actor: Staff, session: DbSession, limit: Limit = 20, cursor: Cursor = None) -> VersionPage:
    """새 판부터 봅니다. 배운 판에는 그때 쓰던 판과 견준 결과가 있습니다. 맨 끝은 전문가가 정한 값입니다."""
    before: UUID | None = decode_uuid_cursor(cursor)[1] if cursor else None
    used = ranker_in_use(session)
    found, next_cursor = cut_page(
        versions(session, limit + 1, before), limit, key=lambda row: (row.name, str(row.id))
    )
    items = [version_answer(version, used) for version in found]
    if next_cursor is None:
        items.append(expert_answer(used))
    return VersionPage(items=items, next_cursor=next_cursor)


@router.post("/versions/{version_id}/activation", summary="한 판을 골라 쓰기")
def activate(version_id: str, data: ChoiceInput, actor: Administrator, session: DbSession) -> WeightsAnswer:
    """판의 번호나 expert(전문가가 정한 값)를 씁니다. pinned를 true로 하면 그 판을 지킵니다."""
    version = find_version(session, version_id)
    return weights_answer(choose_version(session, actor, version, pinned=data.pinned, note=data.note))


@router.post("/rollback", summary="앞선 판으로 되돌리기")
def go_back(data: RollbackInput, actor: Administrator, session: DbSession) -> WeightsAnswer:
    """지금 판을 쓰기 전의 판으로 되돌리고, 다른 판을 고를 때까지 지킵니다."""
    return weights_answer(roll_back(session, actor, data.note))


@router.post("/trainings", status_code=202, summary="지금 배우기")
def train(actor: Administrator, session: DbSession, response: Response) -> JobAnswer:
    """담당자의 결정에서 다시 배우고, 배우지 않은 수요에서 더 나을 때만 씁니다. 밤마다 저절로도 합니다."""
    job = open_job(
        session, actor, "train_ranker", TRAIN_RANKER, total=1, done=0, result_url="/v1/ranking/versions"
    )
    return accepted(job, response)
