"""A schedule as a CSV file or an Excel workbook, from the same rows as every other form of it."""

import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from service.financing.disclosure import Disclosure
from service.financing.rows import Schedule, ScheduleRow
from service.financing.summary import Figure, summary_of
from service.messages.financing import HEADINGS, KINDS, SUMMARY

_COLUMNS = ScheduleRow._fields
_MONEY = [index for index, name in enumerate(_COLUMNS) if name.endswith("_won")]


def csv_file(schedule: Schedule) -> bytes:
    """UTF-8 with a byte order mark, without which Excel shows Korean as garbage; one row an event."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([HEADINGS[name] for name in _COLUMNS])
    for row in schedule.rows:
        writer.writerow(["" if cell is None else cell for cell in _cells(row)])
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(schedule: Schedule, rates: Disclosure) -> bytes:
    """A summary sheet and the rows, with won and dates as numbers that Excel can calculate with."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        formats = {
            "head": workbook.add_format(
                {"bold": True, "bg_color": "#E8EEF7", "border": 1, "align": "center"}
            ),
            "won": workbook.add_format({"num_format": "#,##0"}),
            "rate": workbook.add_format({"num_format": "0.0000"}),
            "day": workbook.add_format({"num_format": "yyyy-mm-dd", "align": "center"}),
            "total": workbook.add_format({"num_format": "#,##0", "bold": True, "top": 1}),
        }
        _write_summary(workbook.add_worksheet(SUMMARY["summary_sheet"]), formats, schedule, rates)
        _write_rows(workbook.add_worksheet(SUMMARY["rows_sheet"]), formats, schedule)
    return content.getvalue()


def _cells(row: ScheduleRow) -> list[object]:
    return [KINDS[row.kind] if name == "kind" else cell for name, cell in zip(_COLUMNS, row, strict=True)]


def _write_summary(sheet: Any, formats: dict[str, Any], schedule: Schedule, rates: Disclosure) -> None:
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 1, 24)
    for line, (name, figure) in enumerate(summary_of(schedule, rates)):
        sheet.write_string(line, 0, SUMMARY[name], formats["head"])
        _write_figure(sheet, line, figure, formats)


def _write_figure(sheet: Any, line: int, figure: Figure, formats: dict[str, Any]) -> None:
    if isinstance(figure, str):
        sheet.write_string(line, 1, figure)
    else:
        sheet.write_number(line, 1, figure, formats["won" if isinstance(figure, int) else "rate"])


def _write_rows(sheet: Any, formats: dict[str, Any], schedule: Schedule) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 1, 8)
    sheet.set_column(2, len(_COLUMNS) - 1, 18)
    for column, name in enumerate(_COLUMNS):
        sheet.write_string(0, column, HEADINGS[name], formats["head"])
    for line, row in enumerate(schedule.rows, start=1):
        for column, cell in enumerate(_cells(row)):
            if isinstance(cell, date):
                sheet.write_datetime(line, column, cell, formats["day"])
            elif cell is not None:
                sheet.write(line, column, cell, formats["won"] if column in _MONEY else None)
    _write_totals(sheet, formats["total"], schedule)


def _write_totals(sheet: Any, style: Any, schedule: Schedule) -> None:
    last = len(schedule.rows) + 1
    sheet.write_string(last, 0, SUMMARY["totals"], style)
    for column in _MONEY:
        name = _COLUMNS[column]
        if "balance" not in name:
            sheet.write_number(last, column, sum(getattr(row, name) for row in schedule.rows), style)
