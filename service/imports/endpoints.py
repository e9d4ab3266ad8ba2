"""Imports over HTTP, and the jobs that run them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.datastructures import UploadFile

from service.accounts.actor import Actor, Administrator, SignedIn
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Job, JobStatus
from service.imports.files import FileFormat, check_header, decode, detect_format
from service.imports.operations import MANUFACTURERS, REQUIRED_COLUMNS, SUPPLIERS, start_import
from service.kit.problems import Problem
from service.messages import sentence

router = APIRouter(tags=["가져오기"], route_class=IdempotentRoute)

_BODY = {
    "requestBody": {
        "required": True,
        "description": "첫 줄에 항목 이름이 있는 CSV나 한 줄에 객체 하나씩인 JSON Lines (UTF-8)",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/x-ndjson": {"schema": {"type": "string"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}


@dataclass(frozen=True)
class Upload:
    """What was sent: its bytes and the media type it came with."""

    content: bytes
    content_type: str


class Rejection(BaseModel):
    """A line that was not taken, and why."""

    line: int
    code: str
    message: str


class JobAnswer(BaseModel):
    """Long work: where it stands and what came of it so far."""

    id: UUID
    kind: str
    status: str
    total: int = 0
    imported: int = 0
    rejected: list[Rejection] = []
    detail: str | None = Field(None, description="무엇이 나왔는지, 실패했으면 무엇을 하면 되는지")
    created_at: datetime
    finished_at: datetime | None


async def read_upload(request: Request) -> Upload:
    """The body itself, or the file inside a form. Raises `Problem` 422 for a form without a file."""
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/form-data"):
        return Upload(await request.body(), content_type)
    async with request.form(max_files=1, max_fields=20) as form:
        for part in form.values():
            if isinstance(part, UploadFile):
                return Upload(await part.read(), part.content_type or "")
    raise Problem(422, "import_empty")


Uploaded = Annotated[Upload, Depends(read_upload)]


@router.post("/imports/suppliers", status_code=202, summary="공급기업 가져오기", openapi_extra=_BODY)
def import_suppliers(
    upload: Uploaded, actor: Administrator, session: DbSession, response: Response
) -> JobAnswer:
    """여러 공급기업을 한 번에 등록합니다. 승인된 상태로 들어오며, 잘못된 줄은 사유와 함께 남습니다."""
    return _start(session, actor, SUPPLIERS, upload, response)


@router.post("/imports/manufacturers", status_code=202, summary="수요기업 가져오기", openapi_extra=_BODY)
def import_manufacturers(
    upload: Uploaded, actor: Administrator, session: DbSession, response: Response
) -> JobAnswer:
    """여러 수요기업을 한 번에 등록합니다. 잘못된 줄은 사유와 함께 남습니다."""
    return _start(session, actor, MANUFACTURERS, upload, response)


@router.get("/jobs/{job_id}", summary="작업 보기")
def read_job(job_id: UUID, actor: SignedIn, session: DbSession) -> JobAnswer:
    """작업이 어디까지 되었는지 봅니다. 시킨 사람과 담당자만 볼 수 있습니다."""
    job = session.get(Job, job_id)
    if job is None or not (actor.is_staff or (actor.account_id and job.requested_by == actor.account_id)):
        raise Problem(404, "not_found")
    return job_answer(job)


def _start(session: Session, actor: Actor, kind: str, upload: Upload, response: Response) -> JobAnswer:
    text = decode(upload.content)
    file_format = detect_format(upload.content_type, text)
    if file_format is FileFormat.CSV:
        check_header(text, REQUIRED_COLUMNS[kind])
    job = start_import(session, actor, kind, file_format, text)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_answer(job)


def job_answer(job: Job) -> JobAnswer:
    """The job as the wire carries it."""
    told = {"detail": sentence("job_failed")} if job.status == JobStatus.FAILED.value else {}
    return JobAnswer(**job.model_dump(exclude={"result", "requested_by"}), **job.result | told)
