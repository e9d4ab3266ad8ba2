"""Which form of a schedule a caller accepts, and the answer in that form."""

from collections.abc import Callable
from enum import StrEnum

from fastapi import Response

from service.financing.disclosure import disclose
from service.financing.files import csv_file, xlsx_file
from service.financing.page import schedule_page
from service.financing.rows import Schedule
from service.kit.accept import preferred
from service.kit.problems import Problem


class Form(StrEnum):
    """The media types of a schedule, the preferred one first."""

    JSON = "application/json"
    CSV = "text/csv"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    HTML = "text/html"


def accepted_form(accept: str | None) -> Form:
    """The form that the Accept header prefers. Raises Problem 406 for none of ours."""
    form = preferred(accept, list(Form))
    if form is None:
        raise Problem(406, "not_acceptable_schedule")
    return form


def in_form(form: Form, schedule: Schedule) -> Response:
    """The schedule as a file or a page. Raises TermsError when fees lift the rate over the legal cap."""
    rates = disclose(schedule)
    makers: dict[Form, Callable[[], bytes | str]] = {
        Form.CSV: lambda: csv_file(schedule),
        Form.XLSX: lambda: xlsx_file(schedule, rates),
        Form.HTML: lambda: schedule_page(schedule, rates),
    }
    headers = {"Vary": "Accept"}
    if form in (Form.CSV, Form.XLSX):
        ending = "csv" if form is Form.CSV else "xlsx"
        headers["Content-Disposition"] = f'attachment; filename="schedule.{ending}"'
    media_type = f"{form}; charset=utf-8" if form is not Form.XLSX else form.value
    return Response(makers[form](), media_type=media_type, headers=headers)
