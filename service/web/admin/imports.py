"""Imports from a page: choose a file, follow the job."""

from collections.abc import Callable
from io import BytesIO
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from service.db.session import DbSession
from service.imports.endpoints import Upload, begin_import
from service.imports.templates import EXAMPLES, template_file
from service.kit.problems import field_problem
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import AdminVisitor

router = APIRouter()


class AskedImport(BaseModel):
    """What the file holds."""

    kind: Literal["suppliers", "manufacturers"]


async def _chosen_file(request: Request, _posted: Posted) -> Upload:
    """The file of the form that was read already; an empty one when none was chosen."""
    part = (await request.form()).get("file")
    if not isinstance(part, UploadFile):
        return Upload(BytesIO(), "")
    return Upload(part.file, part.content_type or "")


ChosenFile = Annotated[Upload, Depends(_chosen_file)]


@router.get("/admin/imports")
def show_imports(visitor: AdminVisitor) -> HTMLResponse:
    """The form, and what a file has to hold."""
    return page(visitor, "admin/imports.html", form=Form([("kind", "suppliers")]), examples=EXAMPLES)


@router.post("/admin/imports")
def start_import(visitor: AdminVisitor, form: Posted, upload: ChosenFile, session: DbSession) -> Response:
    """Begin the import and go to its job."""
    with form.trying(session):
        kind = form.read(AskedImport).kind
        if not upload.file.read(1):
            raise field_problem("/file", "import_file_needed")
        upload.file.seek(0)
        job = begin_import(session, visitor.actor, kind, upload)
        return go_to(f"/admin/jobs/{job.id}", done="import_began")
    return page(visitor, "admin/imports.html", status=422, form=form, examples=EXAMPLES)


def _template(kind: str) -> Callable[[AdminVisitor], Response]:
    def download(_visitor: AdminVisitor) -> Response:
        headers = {"Content-Disposition": f'attachment; filename="{kind}.csv"'}
        return Response(template_file(kind), media_type="text/csv; charset=utf-8", headers=headers)

    return download


for _kind in EXAMPLES:
    router.get(f"/admin/imports/{_kind}.csv")(_template(_kind))
