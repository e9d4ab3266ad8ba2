"""Clusters over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from service.accounts.actor import CurrentActor, Staff
from service.clusters.answers import answer_for, summaries
from service.clusters.operations import start_refresh
from service.clusters.queries import get_cluster, latest_run, list_clusters, run_sentence
from service.clusters.schemas import ClusterAnswer, ClusterPage, MemberClusterAnswer, StaffClusterAnswer
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.job_status.endpoints import JobAnswer, accepted
from service.kit.etags import etag
from service.kit.pages import Cursor, Limit

router = APIRouter(prefix="/clusters", tags=["클러스터"], route_class=IdempotentRoute)


@router.get("", summary="디지털 클러스터 목록")
def list_all(
    actor: CurrentActor, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> ClusterPage:
    """문제와 업종, 공정이 비슷한 수요기업의 묶음을 많이 모인 것부터 봅니다. 회사 이름은 나오지 않습니다."""
    rows, next_cursor = list_clusters(session, limit, cursor)
    run = latest_run(session)
    return ClusterPage(
        items=summaries(session, rows, actor),
        next_cursor=next_cursor,
        note=run_sentence(run),
        refreshed_at=run.made_at if run else None,
        outside_need_ids=[UUID(one) for one in run.outside_need_ids] if run and actor.is_staff else None,
        silhouette=round(run.silhouette, 4) if run and run.silhouette is not None else None,
        stability=round(run.stability, 4) if run and run.stability is not None else None,
    )


@router.get("/{cluster_id}", summary="디지털 클러스터 보기")
def read_one(
    cluster_id: UUID, actor: CurrentActor, session: DbSession, response: Response
) -> StaffClusterAnswer | MemberClusterAnswer | ClusterAnswer:
    """담당자는 구성 기업과 맞는 공급기업을, 구성 수요기업은 다른 구성원의 업종과 지역별 수를 함께 봅니다."""
    cluster = get_cluster(session, cluster_id)
    response.headers["ETag"] = etag(cluster.version)
    return answer_for(session, cluster, actor)


@router.post("/refresh", status_code=202, summary="디지털 클러스터 다시 찾기")
def refresh(actor: Staff, session: DbSession, response: Response) -> JobAnswer:
    """지금 열린 수요로 클러스터를 다시 찾습니다. 이어지는 클러스터는 번호와 이름을 지킵니다."""
    return accepted(start_refresh(session, actor), response)
