"""Imports over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Annotated, BinaryIO, cast

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session
from starlette.datastructures import UploadFile

from service.accounts.actor import Actor, Administrator
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Job
from service.imports.files import detect_format, first_line
from service.imports.operations import MANUFACTURERS, SUPPLIERS, start_import
from service.job_status.endpoints import JobAnswer, accepted
from service.kit.problems import Problem

router = APIRouter(tags=["가져오기"], route_class=IdempotentRoute)

LARGEST_IN_MEMORY = 1024 * 1024

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
    """What was sent: a file that lies on disk when it is large, and the media type it came with."""

    file: BinaryIO
    content_type: str


async def read_upload(request: Request) -> AsyncIterator[Upload]:
    """The body itself, or the file inside a form. Raises `Problem` 422 for a form without a file."""
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/form-data"):
        with SpooledTemporaryFile(LARGEST_IN_MEMORY) as spooled:
            async for chunk in request.stream():
                spooled.write(chunk)
            spooled.seek(0)
            yield Upload(cast(BinaryIO, spooled), content_type)
        return
    async with request.form(max_files=1, max_fields=20) as form:
        for part in form.values():
            if isinstance(part, UploadFile):
                yield Upload(part.file, part.content_type or "")
                return
        raise Problem(422, "import_empty")


Uploaded = Annotated[Upload, Depends(read_upload)]


@router.post("/imports/suppliers", status_code=202, summary="공급기업 가져오기", openapi_extra=_BODY)
def import_suppliers(
    upload: Uploaded, actor: Administrator, session: DbSession, response: Response
) -> JobAnswer:
    """여러 공급기업을 한 번에 등록합니다. 승인된 상태로 들어오며, 잘못된 줄은 사유와 함께 남습니다."""
    return accepted(begin_import(session, actor, SUPPLIERS, upload), response)


@router.post("/imports/manufacturers", status_code=202, summary="수요기업 가져오기", openapi_extra=_BODY)
def import_manufacturers(
    upload: Uploaded, actor: Administrator, session: DbSession, response: Response
) -> JobAnswer:
    """여러 수요기업을 한 번에 등록합니다. 잘못된 줄은 사유와 함께 남습니다."""
    return accepted(begin_import(session, actor, MANUFACTURERS, upload), response)


def begin_import(session: Session, actor: Actor, kind: str, upload: Upload) -> Job:
    """Look at the file as a whole and put its lines on the queue.

    Raises `Problem` 422 for a file that is empty, not UTF-8 or lacks a column, 415 for another format.
    """
    first = first_line(upload.file)
    return start_import(session, actor, kind, detect_format(upload.content_type, first), upload.file)
