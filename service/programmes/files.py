"""The companies of a programme as a CSV file or an Excel workbook, for an account manager to work through."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

import xlsxwriter
from fastapi import Response

from matching import taxonomy
from service.kit.csv_cells import harmless
from service.kit.file_forms import FileForm, as_file
from service.messages.programmes import ANSWERS, FIELDS, HEADINGS, KINDS, SHEET
from service.programmes.fitting import Judged

_WIDTHS = (24, 12, 16, 20, 50, 24, 60, 38)


def in_form(form: FileForm, code: str, companies: Sequence[Judged]) -> Response:
    """The companies as a file named after the programme."""
    name = f"programme-{code.lower()}"
    return as_file(form, name, lambda: csv_file(companies), lambda: xlsx_file(companies))


def csv_file(companies: Sequence[Judged]) -> bytes:
    """One line a company; UTF-8 with a byte order mark for Excel."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([harmless(cell) for cell in _cells(each)] for each in companies)
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(companies: Sequence[Judged]) -> bytes:
    """One sheet ready to print, its heading on every page."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        head = workbook.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "align": "center"})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet(SHEET)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        for column, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, head)
        for number, each in enumerate(companies, start=1):
            for column, cell in enumerate(_cells(each)):
                sheet.write_string(number, column, cell, wrapped)
    return content.getvalue()


def _cells(company: Judged) -> list[str]:
    finding = company.finding
    return [
        company.company_name,
        KINDS[company.kind],
        taxonomy.region_name(company.region),
        ANSWERS[finding.answer.value],
        "\n".join(finding.failed),
        ", ".join(FIELDS[name] for name in finding.missing),
        "\n".join(finding.to_confirm),
        str(company.id),
    ]
