"""A plan as a CSV file or an Excel workbook for those who print it, and which of them a caller accepts."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from fastapi import Response

from service.assignments.schemas import AssignedNeed, AssignedSupplier, PlanAnswer, UnservedNeed
from service.kit.csv_cells import harmless
from service.kit.file_forms import FileForm, accepted, as_file
from service.messages.assignments import HEADINGS, SHEETS, SUMMARY

Cell = str | int | float | None

PAIR_COLUMNS = (
    "need", "manufacturer", "rank", "supplier", "solution", "score", "reasons", "cautions", "remark",
    "need_id", "supplier_id",
)  # fmt: skip
SUPPLIER_COLUMNS = ("supplier", "assigned", "capacity", "wanted", "supplier_id")
UNSERVED_COLUMNS = ("need", "manufacturer", "remark", "need_id")
_WIDTHS = {
    "need": 34, "manufacturer": 20, "supplier": 20, "solution": 24, "reasons": 60, "cautions": 40,
    "remark": 40, "need_id": 38, "supplier_id": 38, "wanted": 24, "capacity": 18,
}  # fmt: skip

REASONS_TOLD = 3


def accepted_form(accept: str | None) -> FileForm:
    """The form that the Accept header prefers. Raises `Problem` 406 for none of ours."""
    return accepted(accept, "not_acceptable_plan")


def in_form(form: FileForm, plan: PlanAnswer) -> Response:
    """The plan as a file."""
    return as_file(
        form, f"assignment-{plan.day.isoformat()}", lambda: csv_file(plan), lambda: xlsx_file(plan)
    )


def csv_file(plan: PlanAnswer) -> bytes:
    """UTF-8 with a byte order mark for Excel: one row a pair, then one row a need without a supplier."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([HEADINGS[name] for name in PAIR_COLUMNS])
    rows = [*_pair_rows(plan), *(_unserved_row(need) for need in plan.unserved)]
    for row in rows:
        writer.writerow([harmless(row.get(name)) for name in PAIR_COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(plan: PlanAnswer) -> bytes:
    """Four sheets: what it comes to, the pairs, the suppliers' load, the needs without a supplier."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        _write_summary(workbook, plan)
        _write_table(workbook, SHEETS["pairs"], PAIR_COLUMNS, _pair_rows(plan))
        _write_table(workbook, SHEETS["suppliers"], SUPPLIER_COLUMNS, _supplier_rows(plan))
        _write_table(
            workbook, SHEETS["unserved"], UNSERVED_COLUMNS, [_unserved_row(n) for n in plan.unserved]
        )
    return content.getvalue()


def _pair_rows(plan: PlanAnswer) -> list[dict[str, Cell]]:
    return [_pair_row(need, each) for need in plan.needs for each in need.suppliers]


def _pair_row(need: AssignedNeed, assigned: AssignedSupplier) -> dict[str, Cell]:
    last = assigned.rank == len(need.suppliers)
    return {
        "need": need.title,
        "manufacturer": need.manufacturer.company_name,
        "rank": assigned.rank,
        "supplier": assigned.supplier.company_name,
        "solution": assigned.solution.name,
        "score": round(assigned.score, 3),
        "reasons": " ".join(reason.text for reason in assigned.reasons[:REASONS_TOLD]),
        "cautions": " ".join(caution.text for caution in assigned.cautions),
        "remark": need.shortage.text if need.shortage and last else None,
        "need_id": str(need.id),
        "supplier_id": str(assigned.supplier.id),
    }


def _unserved_row(need: UnservedNeed) -> dict[str, Cell]:
    return {
        "need": need.title,
        "manufacturer": need.manufacturer.company_name,
        "remark": need.text,
        "need_id": str(need.id),
    }


def _supplier_rows(plan: PlanAnswer) -> list[dict[str, Cell]]:
    return [
        {
            "supplier": load.company_name,
            "assigned": load.assigned,
            "capacity": load.capacity,
            "wanted": load.wanted,
            "supplier_id": str(load.id),
        }
        for load in plan.suppliers
    ]


def _write_table(workbook: Any, title: str, columns: Sequence[str], rows: Sequence[dict[str, Cell]]) -> None:
    """A sheet ready to print: the heading on every page, all columns on one page's width."""
    head = workbook.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "align": "center"})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet = workbook.add_worksheet(title)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        sheet.set_column(column, column, _WIDTHS.get(name, 12))
        sheet.write_string(0, column, HEADINGS[name], head)
        for line, row in enumerate(rows, start=1):
            _write(sheet, line, column, row.get(name), wrapped)


def _write(sheet: Any, line: int, column: int, cell: Cell, style: Any) -> None:
    """Texts as texts: a company may be called "=HYPERLINK(...)"."""
    if isinstance(cell, str):
        sheet.write_string(line, column, cell, style)
    elif cell is not None:
        sheet.write_number(line, column, cell, style)


def _write_summary(workbook: Any, plan: PlanAnswer) -> None:
    head = workbook.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    plain = workbook.add_format({"align": "left"})
    sheet = workbook.add_worksheet(SHEETS["summary"])
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 3, 32)
    facts: dict[str, Cell] = {
        "day": plan.day.isoformat(),
        "needs": len(plan.needs) + len(plan.unserved),
        "suppliers_per_need": plan.suppliers_per_need,
        "floor": plan.floor,
        "unknown_capacity": plan.unknown_capacity,
    }
    for line, (name, fact) in enumerate(facts.items()):
        sheet.write_string(line, 0, SUMMARY[name], head)
        _write(sheet, line, 1, fact, plain)
    first = len(facts) + 1
    for column, (way, totals) in enumerate(plan.totals, start=1):
        sheet.write_string(first, column, SUMMARY[way], head)
        for line, (name, figure) in enumerate(totals, start=first + 1):
            sheet.write_string(line, 0, SUMMARY[name], head)
            _write(sheet, line, column, round(figure, 2), plain)
