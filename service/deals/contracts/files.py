"""The schedule of a contract with what was paid, and lists of contracts, as CSV files or Excel workbooks."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO

import xlsxwriter
from fastapi import Response

from service.deals.contracts.answers import ContractLineAnswer, ContractStanding
from service.kit.csv_cells import harmless
from service.kit.file_forms import FileForm, accepted, as_file
from service.messages.contracts import HEADINGS, KINDS, LINE_STATES, LIST_HEADINGS, LIST_SHEET, SHEET

Cell = str | int | date | None


@dataclass(frozen=True)
class Table:
    """One sheet: its title, the headings by the names of the columns, the rows."""

    title: str
    headings: Mapping[str, str]
    rows: Sequence[Mapping[str, Cell]]

    @property
    def cells(self) -> list[list[Cell]]:
        """The rows in the order of the headings."""
        return [[row[name] for name in self.headings] for row in self.rows]


def accepted_form(accept: str | None) -> FileForm:
    """The form that the Accept header prefers. Raises `Problem` 406 for none of ours."""
    return accepted(accept, "not_acceptable_contract_schedule")


def in_form(form: FileForm, lines: Sequence[ContractLineAnswer]) -> Response:
    """The lines of a contract as a file."""
    rows = [
        line.model_dump() | {"kind": KINDS[line.kind], "state": LINE_STATES[line.state]} for line in lines
    ]
    return _file(form, "contract-schedule", Table(SHEET, HEADINGS, rows))


def list_in_form(form: FileForm, contracts: Sequence[ContractStanding]) -> Response:
    """A list of contracts as a file."""
    rows = [
        each.contract.model_dump()
        | {
            "months": each.contract.terms.months,
            "outstanding_won": each.outstanding_won,
            "next_won": each.next_won,
            "late_won": each.late_won,
        }
        for each in contracts
    ]
    return _file(form, "contracts", Table(LIST_SHEET, LIST_HEADINGS, rows))


def _file(form: FileForm, name: str, table: Table) -> Response:
    return as_file(form, name, lambda: csv_file(table), lambda: xlsx_file(table))


def csv_file(table: Table) -> bytes:
    """One row a line; UTF-8 with a byte order mark for Excel."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.headings.values())
    writer.writerows([harmless(cell) for cell in cells] for cells in table.cells)
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(table: Table) -> bytes:
    """One sheet ready to print, won and dates as numbers that Excel can calculate with."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        head = workbook.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "align": "center"})
        won = workbook.add_format({"num_format": "#,##0"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "center"})
        sheet = workbook.add_worksheet(table.title)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(table.headings) - 1, 16)
        for column, heading in enumerate(table.headings.values()):
            sheet.write_string(0, column, heading, head)
        for number, cells in enumerate(table.cells, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell)  # a company may be called "=HYPERLINK(...)"
                elif cell is not None:
                    sheet.write_number(number, column, cell, won)
    return content.getvalue()
