"""Which form of a schedule a caller accepts, and the answer in that form. Pages are the website's."""

from enum import StrEnum

from fastapi import Response

from service.financing.disclosure import disclose
from service.financing.files import csv_file, xlsx_file
from service.financing.rows import Schedule
from service.kit.accept import preferred
from service.kit.problems import Problem


class Form(StrEnum):
    """The media types of a schedule, the preferred one first."""

    JSON = "application/json"
    CSV = "text/csv"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def accepted_form(accept: str | None) -> Form:
    """The form that the Accept header prefers. Raises Problem 406 for none of ours."""
    form = preferred(accept, list(Form))
    if form is None:
        raise Problem(406, "not_acceptable_schedule")
    return form


def in_form(form: Form, schedule: Schedule) -> Response:
    """The schedule as a file. Raises TermsError when fees lift the rate over the legal cap."""
    rates = disclose(schedule)
    content = csv_file(schedule) if form is Form.CSV else xlsx_file(schedule, rates)
    ending, charset = ("csv", "; charset=utf-8") if form is Form.CSV else ("xlsx", "")
    headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="schedule.{ending}"'}
    return Response(content, media_type=f"{form}{charset}", headers=headers)
