"""Which form of a schedule a caller accepts, and the answer in that form."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fastapi import Response

from service.financing.disclosure import disclose
from service.financing.files import csv_file, xlsx_file
from service.financing.page import schedule_page
from service.financing.rows import Schedule
from service.kit.problems import Problem


class Form(StrEnum):
    """The media types of a schedule, the preferred one first."""

    JSON = "application/json"
    CSV = "text/csv"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    HTML = "text/html"


@dataclass(frozen=True, slots=True)
class _Accepted:
    media_range: str
    quality: float

    def covers(self, form: Form) -> bool:
        kind, _, subtype = self.media_range.partition("/")
        return self.media_range == form or (subtype == "*" and kind in ("*", form.partition("/")[0]))

    @property
    def precision(self) -> int:
        return 2 - self.media_range.count("*")


def accepted_form(accept: str | None) -> Form:
    """The form that the Accept header prefers (RFC 9110, 12.5.1). Raises Problem 406 for none of ours."""
    ranges = [_range(part) for part in (accept or "*/*").split(",") if part.strip()]
    best, best_quality = Form.JSON, 0.0
    for form in Form:
        covering = [accepted for accepted in ranges if accepted.covers(form)]
        if covering:
            quality = max(covering, key=lambda accepted: accepted.precision).quality
            if quality > best_quality:
                best, best_quality = form, quality
    if not best_quality:
        raise Problem(406, "not_acceptable_schedule")
    return best


def _range(part: str) -> _Accepted:
    media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((text[2:] for text in parameters if text.startswith("q=")), "1")
    try:
        return _Accepted(media_range, float(quality))
    except ValueError:
        return _Accepted(media_range, 0.0)


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
