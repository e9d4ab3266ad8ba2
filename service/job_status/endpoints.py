"""Where a job stands, over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.accounts.actor import Administrator, SignedIn
from service.db.session import DbSession
from service.db.tables import Job, JobStatus
from service.job_status.operations import list_jobs
from service.kit.pages import Cursor, Limit, Page
from service.kit.problems import Problem
from service.messages import sentence

router = APIRouter(tags=["작업"])


class Rejection(BaseModel):
    """A line of an import that was not taken, and why."""

    line: int
    code: str
    message: str


class JobAnswer(BaseModel):
    """Long work: where it stands and what came of it so far."""

    id: UUID
    kind: str
    status: str
    total: int = Field(0, description="모두 몇 건인지")
    done: int = Field(0, description="몇 건을 마쳤는지")
    imported: int = Field(0, description="가져오기에서 받아들인 줄 수")
    rejected: list[Rejection] = []
    outcome: dict[str, Any] | None = Field(None, description="끝난 작업의 요약")
    result_url: str | None = Field(None, description="결과를 읽는 주소")
    detail: str | None = Field(None, description="무엇이 나왔는지, 실패했으면 무엇을 하면 되는지")
    created_at: datetime
    finished_at: datetime | None


def job_answer(job: Job) -> JobAnswer:
    """The job on the wire."""
    told = {"detail": sentence("job_failed")} if job.status == JobStatus.FAILED.value else {}
    return JobAnswer(**job.model_dump(exclude={"result", "requested_by"}), **job.result | told)


def accepted(job: Job, response: Response) -> JobAnswer:
    """The 202 answer to work that was only begun: where to follow it."""
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_answer(job)


@router.get("/jobs", summary="작업 목록")
def read_jobs(
    _actor: Administrator,
    session: DbSession,
    status: JobStatus | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[JobAnswer]:
    """오래 걸리는 작업을 새것부터 봅니다."""
    rows, next_cursor = list_jobs(session, status, limit, cursor)
    return Page[JobAnswer](items=[job_answer(row) for row in rows], next_cursor=next_cursor)


@router.get("/jobs/{job_id}", summary="작업 보기")
def read_job(job_id: UUID, actor: SignedIn, session: DbSession) -> JobAnswer:
    """작업이 어디까지 되었는지 봅니다. 시킨 사람과 담당자만 볼 수 있습니다."""
    job = session.get(Job, job_id)
    if job is None or not (actor.is_staff or (actor.account_id and job.requested_by == actor.account_id)):
        raise Problem(404, "not_found")
    return job_answer(job)
