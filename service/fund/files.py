"""A month-end statement as a CSV file for the books or an Excel workbook to print."""

import csv
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from fastapi import Response

from service.fund.ledger import Account
from service.fund.statements import StatementAnswer
from service.kit.csv_cells import harmless
from service.kit.file_forms import FileForm, accepted, as_file
from service.messages.fund import ACCOUNTS, CLOSED, HEADINGS, SHEETS

Cell = str | int | date | None
Row = dict[str, Cell]

ACCOUNT_COLUMNS = ("account", "opening_won", "change_won", "closing_won")
LOAN_COLUMNS = (
    "company_name", "principal_won", "customer_rate_percent", "disbursed_on", "reserved_won",
    "outstanding_won", "written_off_won", "principal_repaid_won", "interest_received_won",
    "overdue_charges_received_won", "overdue_won", "days_late", "bank_reference", "loan_id",
)  # fmt: skip
ENTRY_COLUMNS = ("number", "booked_on", "occurred_on", "kind", "company_name", *Account, "loan_id")
_SUMMED = (
    "reserved_won", "outstanding_won", "written_off_won", "principal_repaid_won", "interest_received_won",
    "overdue_charges_received_won", "overdue_won",
)  # fmt: skip
_WIDTHS = {"company_name": 24, "loan_id": 38, "kind": 16, "account": 30, "bank_reference": 20}


def accepted_form(accept: str | None) -> FileForm:
    """The form that the Accept header prefers. Raises `Problem` 406 for none of ours."""
    return accepted(accept, "not_acceptable_statement")


def in_form(form: FileForm, statement: StatementAnswer) -> Response:
    """The statement as a file."""
    name = f"fund-{statement.month}"
    return as_file(form, name, lambda: csv_file(statement), lambda: xlsx_file(statement))


def csv_file(statement: StatementAnswer) -> bytes:
    """The entries, one a row, an account a column; UTF-8 with a byte order mark for Excel."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_heading(name) for name in ENTRY_COLUMNS])
    for row in _entry_rows(statement):
        writer.writerow([harmless(row[name]) for name in ENTRY_COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(statement: StatementAnswer) -> bytes:
    """Three sheets: the accounts, the loans with their sums, the entries."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        accounts = [line.model_dump() | {"account": ACCOUNTS[line.account]} for line in statement.accounts]
        sheet = _Sheet(workbook, SHEETS["accounts"])
        for name, told in (("fund", statement.fund), ("month", statement.month), ("until", statement.until),
                           ("provisional", CLOSED[statement.provisional])):  # fmt: skip
            sheet.fact(HEADINGS[name], told)
        sheet.table(ACCOUNT_COLUMNS, accounts)
        loans = [line.model_dump(mode="python") | {"loan_id": str(line.loan_id)} for line in statement.loans]
        _Sheet(workbook, SHEETS["loans"]).table(LOAN_COLUMNS, loans, summed=_SUMMED)
        _Sheet(workbook, SHEETS["entries"]).table(ENTRY_COLUMNS, _entry_rows(statement))
    return content.getvalue()


def _heading(name: str) -> str:
    return f"{ACCOUNTS[name]}(원)" if name in ACCOUNTS else HEADINGS[name]


def _entry_rows(statement: StatementAnswer) -> list[Row]:
    rows = []
    for entry in statement.entries:
        amounts = {posting.account: posting.amount_won for posting in entry.postings}
        told: Row = {
            "number": entry.number,
            "booked_on": entry.booked_on,
            "occurred_on": entry.occurred_on,
            "kind": entry.text,
            "company_name": entry.company_name,
            "loan_id": str(entry.loan_id) if entry.loan_id else None,
        }
        rows.append(told | {account: amounts.get(account, 0) for account in Account})
    return rows


class _Sheet:
    """A sheet ready to print, filled from the top."""

    def __init__(self, workbook: Any, title: str) -> None:
        self._sheet = workbook.add_worksheet(title)
        self._head = workbook.add_format(
            {"bold": True, "bg_color": "#E8EEF7", "border": 1, "align": "center"}
        )
        self._won = workbook.add_format({"num_format": "#,##0"})
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "center"})
        self._sum = workbook.add_format({"num_format": "#,##0", "bold": True, "top": 1})
        self._line = 0
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)

    def fact(self, name: str, told: Cell) -> None:
        """A name and what belongs to it."""
        self._sheet.write_string(self._line, 0, name, self._head)
        self._write(self._line, 1, told)
        self._line += 1

    def table(self, columns: Sequence[str], rows: Sequence[Row], summed: Sequence[str] = ()) -> None:
        """Headings, rows, and the sums of some columns."""
        first = self._line + (1 if self._line else 0)
        self._sheet.freeze_panes(first + 1, 1)
        for column, name in enumerate(columns):
            self._sheet.set_column(column, column, _WIDTHS.get(name, 18))
            self._sheet.write_string(first, column, _heading(name), self._head)
            for line, row in enumerate(rows, start=first + 1):
                self._write(line, column, row[name])
            if name in summed:
                total = sum(won for row in rows if isinstance(won := row[name], int))
                self._sheet.write_number(first + len(rows) + 1, column, total, self._sum)

    def _write(self, line: int, column: int, cell: Cell) -> None:
        """Texts as texts: a company may be called "=HYPERLINK(...)"."""
        if isinstance(cell, str):
            self._sheet.write_string(line, column, cell)
        elif isinstance(cell, date):
            self._sheet.write_datetime(line, column, cell, self._day)
        elif cell is not None:
            self._sheet.write_number(line, column, cell, self._won)
