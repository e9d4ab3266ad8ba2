"""Long work: what is done, what waits, what was refused."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from service.accounts.audit import names_of_actors
from service.db.session import DbSession
from service.db.tables import Job, JobStatus
from service.job_status.endpoints import job_answer
from service.job_status.operations import list_jobs, waiting_work
from service.job_status.rejections import rejections_file, rejections_of
from service.kit.problems import Problem
from service.web.forms import Asked
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import AdminVisitor

router = APIRouter()

PAGE_LENGTH = 30


class AskedJobs(BaseModel):
    """Which jobs."""

    status: JobStatus | None = None


@router.get("/admin/jobs")
def show_jobs(visitor: AdminVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The jobs, the newest first, and how much waits in the queue."""
    wanted = wanted_of(asked, session, AskedJobs)
    jobs, next_cursor = list_jobs(session, wanted.status, PAGE_LENGTH, cursor_of(asked))
    names = names_of_actors(session, [f"account:{job.requested_by}" for job in jobs if job.requested_by])
    shown: dict[str, Any] = {
        "jobs": [(job_answer(job), names.get(f"account:{job.requested_by}")) for job in jobs],
        "next_cursor": next_cursor,
        "query": query_of(asked),
        "waiting": waiting_work(session),
        "states": [state.value for state in JobStatus],
    }
    return page(visitor, "admin/jobs.html", form=asked, **shown)


@router.get("/admin/jobs/{job_id}")
def show_job(visitor: AdminVisitor, job_id: UUID, session: DbSession) -> HTMLResponse:
    """How far one job is and what came of it."""
    job = _job(session, job_id)
    return page(visitor, "admin/job.html", job=job_answer(job))


@router.get("/admin/jobs/{job_id}/refused.csv")
def download_refusals(_visitor: AdminVisitor, job_id: UUID, session: DbSession) -> Response:
    """Every line that an import refused, with the reason."""
    content = rejections_file(rejections_of(session, _job(session, job_id)))
    headers = {"Content-Disposition": f'attachment; filename="refused-{job_id}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _job(session: Session, job_id: UUID) -> Job:
    job = session.get(Job, job_id)
    if job is None:
        raise Problem(404, "not_found")
    return job
