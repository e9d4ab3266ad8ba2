"""The schedule of a contract beside what was paid, as a CSV file or an Excel workbook."""

import csv
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO

import xlsxwriter
from fastapi import Response

from service.deals.contracts.answers import ContractLineAnswer
from service.kit.csv_cells import harmless
from service.kit.file_forms import FileForm, accepted, as_file
from service.messages.contracts import HEADINGS, KINDS, LINE_STATES, SHEET

COLUMNS = tuple(HEADINGS)
Cell = str | int | date | None


def accepted_form(accept: str | None) -> FileForm:
    """The form that the Accept header prefers. Raises `Problem` 406 for none of ours."""
    return accepted(accept, "not_acceptable_contract_schedule")


def in_form(form: FileForm, lines: Sequence[ContractLineAnswer]) -> Response:
    """The lines as a file."""
    return as_file(form, "contract-schedule", lambda: csv_file(lines), lambda: xlsx_file(lines))


def csv_file(lines: Sequence[ContractLineAnswer]) -> bytes:
    """One line a row; UTF-8 with a byte order mark for Excel."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS.values())
    writer.writerows([harmless(cell) for cell in _cells(line)] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(lines: Sequence[ContractLineAnswer]) -> bytes:
    """One sheet ready to print, won and dates as numbers that Excel can calculate with."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        head = workbook.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "align": "center"})
        won = workbook.add_format({"num_format": "#,##0"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "center"})
        sheet = workbook.add_worksheet(SHEET)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(COLUMNS) - 1, 16)
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, HEADINGS[name], head)
        for number, line in enumerate(lines, start=1):
            for column, cell in enumerate(_cells(line)):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write(number, column, cell, won)
    return content.getvalue()


def _cells(line: ContractLineAnswer) -> list[Cell]:
    told = line.model_dump() | {"kind": KINDS[line.kind], "state": LINE_STATES[line.state]}
    return [told[name] for name in COLUMNS]
