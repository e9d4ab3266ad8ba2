"""The ranking as a CSV file or an Excel workbook."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

import xlsxwriter
from fastapi import Response

from service.challenges.ranking_answers import RankedAnswer
from service.kit.csv_cells import harmless
from service.kit.file_forms import FileForm, accepted, as_file
from service.messages.challenges import HEADINGS, SHEET, YES

Cell = str | int | float | None


def accepted_form(accept: str | None) -> FileForm:
    """The form that the Accept header prefers. Raises `Problem` 406 for none of ours."""
    return accepted(accept, "not_acceptable_challenge_ranking")


def in_form(form: FileForm, rows: Sequence[RankedAnswer]) -> Response:
    """The ranking as a file."""
    return as_file(form, "challenge-ranking", lambda: csv_file(rows), lambda: xlsx_file(rows))


def csv_file(rows: Sequence[RankedAnswer]) -> bytes:
    """One application a row; UTF-8 with a byte order mark for Excel."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS.values())
    writer.writerows([harmless(cell) for cell in _cells(row)] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(rows: Sequence[RankedAnswer]) -> bytes:
    """One sheet ready to print; a text that looks like a formula stays a text."""
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as workbook:
        head = workbook.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "align": "center"})
        sheet = workbook.add_worksheet(SHEET)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(HEADINGS) - 1, 14)
        sheet.set_column(1, 2, 32)
        sheet.write_row(0, 0, HEADINGS.values(), head)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, _cells(row))
    return content.getvalue()


def _cells(row: RankedAnswer) -> list[Cell]:
    told = row.model_dump(include=set(HEADINGS))
    return [
        (YES if told[name] else "") if name in ("contested", "chosen") else told[name] for name in HEADINGS
    ]
