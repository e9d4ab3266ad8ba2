"""An answer as data or as a file: which of them a caller accepts, and the file as it is sent."""

from collections.abc import Callable
from enum import StrEnum

from fastapi import Response

from service.kit.accept import preferred
from service.kit.problems import Problem


class FileForm(StrEnum):
    """The media types of an answer that is a table, the preferred one first."""

    JSON = "application/json"
    CSV = "text/csv"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def accepted(accept: str | None, refusal: str) -> FileForm:
    """The form that the Accept header prefers. Raises `Problem` 406 of that code for none of ours."""
    form = preferred(accept, list(FileForm))
    if form is None:
        raise Problem(406, refusal)
    return form


def as_file(form: FileForm, name: str, csv: Callable[[], bytes], xlsx: Callable[[], bytes]) -> Response:
    """The table as a file of that name; only the form that is asked for is made."""
    content, ending = (csv(), "csv") if form is FileForm.CSV else (xlsx(), "xlsx")
    return Response(
        content,
        media_type=f"{form}; charset=utf-8" if form is FileForm.CSV else form.value,
        headers={"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )
