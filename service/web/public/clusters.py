"""Groups of manufacturers with like problems: who they are is seen by staff, one's own by oneself."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.clusters.answers import answer_for, summaries
from service.clusters.queries import get_cluster, latest_run, list_clusters, run_sentence
from service.clusters.schemas import MemberClusterAnswer, StaffClusterAnswer
from service.db.session import DbSession
from service.web.forms import Asked
from service.web.rendering import page
from service.web.searches import cursor_of
from service.web.visitor import AnyVisitor

router = APIRouter()

SHOWN = 24


@router.get("/clusters")
def show_clusters(visitor: AnyVisitor, form: Asked, session: DbSession) -> HTMLResponse:
    """The largest first; without the names of the members."""
    rows, next_cursor = list_clusters(session, SHOWN, cursor_of(form))
    run = latest_run(session)
    return page(
        visitor,
        "public/clusters.html",
        clusters=summaries(session, rows, visitor.actor),
        next_cursor=next_cursor,
        run=run,
        note=run_sentence(run) if run else "",
    )


@router.get("/clusters/{cluster_id}")
def show_cluster(cluster_id: UUID, visitor: AnyVisitor, session: DbSession) -> HTMLResponse:
    """What the members share; more for a member and for staff, as in the API."""
    answer = answer_for(session, get_cluster(session, cluster_id), visitor.actor)
    return page(
        visitor,
        "public/cluster.html",
        cluster=answer,
        whole=answer if isinstance(answer, StaffClusterAnswer) else None,
        others=answer.others if isinstance(answer, MemberClusterAnswer) else None,
    )
