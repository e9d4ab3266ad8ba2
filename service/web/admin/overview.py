"""How the service is, and where everything is."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.db.session import DbSession
from service.health import while_running
from service.job_status.operations import waiting_work
from service.ranking.queries import ranker_in_use
from service.recommendations.matching_engine import MatchingEngine
from service.web.rendering import page
from service.web.visitor import AdminVisitor

router = APIRouter()


@router.get("/admin")
def show_overview(request: Request, visitor: AdminVisitor, session: DbSession) -> HTMLResponse:
    """What `alliance doctor` finds that can change while the service runs."""
    engine: MatchingEngine = request.app.state.matching
    state = request.app.state
    shown: dict[str, Any] = {
        "findings": list(while_running(state.settings, state.database)),
        "ready": engine.ready,
        "indexed_at": engine.indexed_at,
        "ranker": ranker_in_use(session),
        "waiting": waiting_work(session),
    }
    return page(visitor, "admin/overview.html", **shown)
