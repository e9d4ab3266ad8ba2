"""Which form of a schedule a caller accepts, and the answer in that form. Pages are the website's."""

from fastapi import Response

from service.financing.disclosure import disclose
from service.financing.files import csv_file, xlsx_file
from service.financing.rows import Schedule
from service.kit.file_forms import FileForm, accepted, as_file


def accepted_form(accept: str | None) -> FileForm:
    """The form that the Accept header prefers. Raises `Problem` 406 for none of ours."""
    return accepted(accept, "not_acceptable_schedule")


def in_form(form: FileForm, schedule: Schedule) -> Response:
    """The schedule as a file. Raises TermsError when fees lift the rate over the legal cap."""
    rates = disclose(schedule)
    return as_file(form, "schedule", lambda: csv_file(schedule), lambda: xlsx_file(schedule, rates))
