"""A figure as a CSV file for a spreadsheet."""

import csv
from collections.abc import Sequence
from io import StringIO

from pydantic import BaseModel

from matching import taxonomy
from service.dashboard.schemas import DashboardAnswer, Figure
from service.kit.csv_cells import harmless
from service.messages.dashboard import HEADINGS, STANDINGS, STEPS

_NOT_IN_FILES = {"rows", "needs_rows", "suppliers_rows", "code", "id"}


def csv_of(dashboard: DashboardAnswer, figure: Figure) -> bytes:
    """UTF-8 with a byte order mark for Excel; the first line are Korean headings, without rows alone."""
    rows = _rows(dashboard, figure)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if rows:
        names = [name for name in type(rows[0]).model_fields if name not in _NOT_IN_FILES]
        writer.writerow([HEADINGS[name] for name in names])
        for row in rows:
            writer.writerow([harmless(_cell(name, getattr(row, name))) for name in names])
    return out.getvalue().encode("utf-8-sig")


def _rows(dashboard: DashboardAnswer, figure: Figure) -> Sequence[BaseModel]:
    if figure is Figure.EXPOSURE:
        return dashboard.exposure.most_listed
    if figure is Figure.FUND:
        return [dashboard.fund] if dashboard.fund else []
    rows: Sequence[BaseModel] = getattr(dashboard, figure.value)
    return rows


def _cell(name: str, value: object) -> object:
    if name == "step":
        return STEPS[str(value)]
    if name == "standing":
        return STANDINGS[str(value)]
    if name == "region":
        return taxonomy.region_name(str(value))
    if name == "category" and value:
        return taxonomy.category_name(str(value))
    return value
