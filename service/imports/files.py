"""Reading an uploaded file: CSV or JSON Lines, line by line, each line good or refused by itself."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from service.kit.problems import Problem
from service.messages import sentence

_LISTS = {
    "service_regions", "certifications", "existing_systems", "categories", "industries", "processes",
    "smart_levels",
}  # fmt: skip
_INTEGERS = {
    "employee_count", "concurrent_project_capacity", "price_min_won", "price_max_won", "annual_revenue_won",
}  # fmt: skip
_PREFIXES = {"solution_": "solutions.0.", "reference_": "references.0.", "contact_": "contact."}
_SEPARATOR = re.compile(r"\s*[;|]\s*")
_GROUPED_NUMBER = re.compile(r"\d{1,3}(,\d{3})+|\d+")


class FileFormat(StrEnum):
    """The two formats of an import."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True)
class Line:
    """One line of a file: its number (from 1) and its values, or the code of what is wrong with it."""

    number: int
    values: dict[str, Any] | None
    fault: str | None = None


def decode(content: bytes) -> str:
    """The text of an upload. Raises `Problem` 422 when it is empty or not UTF-8; CP949 is named."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(422, "encoding_cp949" if _is_cp949(content) else "encoding_not_utf8") from error
    if not text.strip():
        raise Problem(422, "import_empty")
    return text


def detect_format(content_type: str, text: str) -> FileFormat:
    """The format by the media type, else by the first character. Raises `Problem` 415 for another type."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in ("text/csv", "application/csv", "application/vnd.ms-excel"):
        return FileFormat.CSV
    if media_type in (
        "application/x-ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/ndjson",
    ):
        return FileFormat.JSON_LINES
    if media_type not in ("", "application/octet-stream", "text/plain", "application/json"):
        raise Problem(415, "import_format_unknown")
    first = text.lstrip()[:1]
    if first == "[":
        raise Problem(415, "import_format_unknown")
    return FileFormat.JSON_LINES if first == "{" else FileFormat.CSV


def check_header(text: str, required: frozenset[str]) -> None:
    """Refuse a CSV that lacks a column without which no line can be good. Raises `Problem` 422."""
    header = {_path(name).split(".")[0] for name in next(csv.reader(io.StringIO(text)), [])}
    missing = sorted(required - header)
    if missing:
        raise Problem(422, "import_header_missing", columns=", ".join(missing))


def read_lines(text: str, file_format: FileFormat) -> Iterator[Line]:
    """Every line that holds something, in order."""
    return _csv_lines(text) if file_format is FileFormat.CSV else _json_lines(text)


def fault_text(code: str) -> str:
    """The sentence for a line that could not be read."""
    return sentence(code)


def _is_cp949(content: bytes) -> bool:
    try:
        text = content.decode("cp949")
    except UnicodeDecodeError:
        return False
    return any("가" <= char <= "힣" for char in text)


def _json_lines(text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            values = json.loads(raw)
        except (ValueError, RecursionError):
            values = None
        good = isinstance(values, dict)
        yield Line(number, values if good else None, None if good else "import_line_json")


def _csv_lines(text: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text))
    header = [_path(name) for name in next(reader, [])]
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Line(number, None, "import_line_csv")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            yield Line(number, None, "import_line_csv")
            continue
        try:
            yield Line(number, _nested(dict(zip(header, cells, strict=True))))
        except (AttributeError, TypeError, ValueError):  # two columns claim the same place
            yield Line(number, None, "import_line_csv")


def _path(column: str) -> str:
    """`solution_name` and `solutions.0.name` are the same column."""
    name = column.strip().lower()
    for prefix, path in _PREFIXES.items():
        if name.startswith(prefix):
            return path + name.removeprefix(prefix)
    return name


def _nested(cells: dict[str, str]) -> dict[str, Any]:
    """Cells under dotted names as the object that they describe; empty cells are left out."""
    root: dict[str, Any] = {}
    for path, cell in cells.items():
        if cell.strip():
            steps = path.split(".")
            place: Any = root
            for here, following in pairwise(steps):
                place = _step(place, here, [] if following.isdigit() else {})
            _set(place, steps[-1], _value(steps[-1], cell.strip()))
    return root


def _step(place: Any, key: str, empty: Any) -> Any:
    if isinstance(place, list):
        while len(place) <= min(int(key), 100):
            place.append(type(empty)())
        return place[min(int(key), 100)]
    return place.setdefault(key, empty)


def _set(place: Any, name: str, value: Any) -> None:
    if isinstance(place, list):
        place.append(value)
    else:
        place[name] = value


def _value(name: str, cell: str) -> Any:
    if cell[0] in "[{":
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    if name in _LISTS:
        return [part for part in _SEPARATOR.split(cell) if part]
    if name in _INTEGERS and _GROUPED_NUMBER.fullmatch(cell):
        return int(cell.replace(",", ""))
    if name == "accepted":
        return {"true": True, "예": True, "y": True, "false": False, "아니요": False, "n": False}.get(
            cell.lower(), cell
        )
    return cell
