"""Where a job stands, over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.accounts.actor import Administrator, SignedIn
from service.db.session import DbSession
from service.db.tables import Job, JobStatus
from service.job_status.operations import get_job, list_jobs
from service.job_status.rejections import rejections_file, rejections_of
from service.kit.pages import Cursor, Limit, Page
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
    rejected_count: int = Field(0, description="가져오기에서 거절한 줄 수")
    rejected: list[Rejection] = Field([], description="거절한 줄 가운데 앞의 100줄")
    rejected_url: str | None = Field(None, description="거절한 줄 모두를 CSV로 받는 주소")
    outcome: dict[str, Any] | None = Field(None, description="끝난 작업의 요약")
    result_url: str | None = Field(None, description="결과를 읽는 주소")
    detail: str | None = Field(None, description="무엇이 나왔는지, 실패했으면 무엇을 하면 되는지")
    created_at: datetime
    finished_at: datetime | None


def job_answer(job: Job) -> JobAnswer:
    """The job on the wire."""
    told: dict[str, Any] = {"rejected_count": len(job.result.get("rejected", ()))} | job.result
    if told["rejected_count"]:
        told["rejected_url"] = f"/v1/jobs/{job.id}/rejections"
    if job.status == JobStatus.FAILED.value:
        told["detail"] = sentence("job_failed")
    return JobAnswer(**job.model_dump(exclude={"result", "requested_by"}), **told)


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
    return job_answer(get_job(session, job_id, actor))


@router.get(
    "/jobs/{job_id}/rejections",
    summary="가져오기에서 거절한 줄",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def download_rejections(job_id: UUID, actor: SignedIn, session: DbSession) -> Response:
    """거절한 줄의 번호와 까닭을 모두 CSV(UTF-8)로 받습니다. 시킨 사람과 담당자만 볼 수 있습니다."""
    job = get_job(session, job_id, actor)
    headers = {"Content-Disposition": f'attachment; filename="refused-{job_id}.csv"'}
    content = rejections_file(rejections_of(session, job))
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
