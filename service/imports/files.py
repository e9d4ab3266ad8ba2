"""Reading an uploaded file: CSV or JSON Lines, each line good or refused by itself.

A file is read once from front to back and cut into batches of lines; nobody holds more of it than one batch.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, BinaryIO

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


LINES_A_BATCH = 100
LARGEST_BATCH = 256 * 1024
"""Characters; only a single record can make a batch larger."""


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


@dataclass(frozen=True)
class Batch:
    """Whole records as they came: the number of the first line, how many hold something, the text."""

    first_line: int
    counted: int
    text: str


@dataclass(frozen=True)
class _Record:
    line: int
    raw: str
    counts: bool


def first_line(file: BinaryIO) -> str:
    """The first line that holds something; the file stands at its begin again.

    Raises `Problem` 422 for a file that holds nothing.
    """
    found = next((line for line in text_lines(file) if line.strip()), None)
    file.seek(0)
    if found is None:
        raise Problem(422, "import_empty")
    return found


def detect_format(content_type: str, first: str) -> FileFormat:
    """The format by the media type, else by the first line. Raises `Problem` 415 for another type."""
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
    begin = first.lstrip()[:1]
    if begin == "[":
        raise Problem(415, "import_format_unknown")
    return FileFormat.JSON_LINES if begin == "{" else FileFormat.CSV


def check_header(header: str, required: frozenset[str]) -> None:
    """Refuse a CSV that lacks a column without which no line can be good. Raises `Problem` 422."""
    present = {path.split(".")[0] for path in _columns(header)}
    missing = sorted(required - present)
    if missing:
        raise Problem(422, "import_header_missing", columns=", ".join(missing))


def text_lines(file: BinaryIO) -> Iterator[str]:
    """The lines of a file with their ends. Raises `Problem` 422 when it is not UTF-8; CP949 is named."""
    for number, raw in enumerate(file):
        try:
            yield raw.decode("utf-8-sig" if number == 0 else "utf-8")
        except UnicodeDecodeError as error:
            raise Problem(422, "encoding_cp949" if _is_cp949(file) else "encoding_not_utf8") from error


def cut(lines: Iterator[str], file_format: FileFormat, taken: int = 0) -> tuple[str, Iterator[Batch]]:
    """The header (empty for JSON Lines) and the rest in batches, each of whole records.

    The first `taken` records that hold something are left out.
    """
    records = _csv_records(lines) if file_format is FileFormat.CSV else _json_records(lines)
    header = next(records, _Record(1, "", counts=False)).raw if file_format is FileFormat.CSV else ""
    return header, _batches(_behind(records, taken))


def read_lines(header: str, first_line: int, text: str, file_format: FileFormat) -> Iterator[Line]:
    """Every line of a batch that holds something, in order."""
    if file_format is FileFormat.JSON_LINES:
        return _json_lines(first_line, text)
    return _csv_lines(_columns(header), first_line, text)


def _behind(records: Iterator[_Record], taken: int) -> Iterator[_Record]:
    for record in records:
        if taken > 0:
            taken -= record.counts
            continue
        yield record


def _batches(records: Iterator[_Record]) -> Iterator[Batch]:
    kept: list[_Record] = []
    size = 0
    for record in records:
        kept.append(record)
        size += len(record.raw)
        if len(kept) == LINES_A_BATCH or size >= LARGEST_BATCH:
            yield _batch(kept)
            kept, size = [], 0
    if kept:
        yield _batch(kept)


def _batch(records: list[_Record]) -> Batch:
    counted = sum(record.counts for record in records)
    return Batch(records[0].line, counted, "".join(record.raw for record in records))


def _json_records(lines: Iterator[str]) -> Iterator[_Record]:
    return (_Record(number, raw, bool(raw.strip())) for number, raw in enumerate(lines, start=1))


def _csv_records(lines: Iterator[str]) -> Iterator[_Record]:
    """Each record with the lines that it spans."""
    spanned: list[str] = []

    def remembered() -> Iterator[str]:
        for line in lines:
            spanned.append(line)
            yield line

    reader = csv.reader(remembered())
    while True:
        number = reader.line_num + 1
        try:
            counts = any(cell.strip() for cell in next(reader))
        except StopIteration:
            return
        except csv.Error:
            counts = True
        yield _Record(number, "".join(spanned), counts)
        spanned.clear()


def fault_text(code: str) -> str:
    """The sentence for a line that could not be read."""
    return sentence(code)


def _is_cp949(file: BinaryIO) -> bool:
    file.seek(0)
    try:
        text = codecs.getincrementaldecoder("cp949")().decode(file.read(LARGEST_BATCH))
    except UnicodeDecodeError:
        return False
    return any("가" <= char <= "힣" for char in text)


def _json_lines(first_line: int, text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.split("\n"), start=first_line):
        if not raw.strip():
            continue
        try:
            values = json.loads(raw)
        except (ValueError, RecursionError):
            values = None
        good = isinstance(values, dict)
        yield Line(number, values if good else None, None if good else "import_line_json")


def _csv_lines(columns: list[str], first_line: int, text: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text))
    while True:
        number = first_line + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Line(number, None, "import_line_csv")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            yield Line(number, None, "import_line_csv")
            continue
        try:
            yield Line(number, _nested(dict(zip(columns, cells, strict=True))))
        except (AttributeError, TypeError, ValueError):  # two columns claim the same place
            yield Line(number, None, "import_line_csv")


def _columns(header: str) -> list[str]:
    return [_path(name) for name in next(csv.reader(io.StringIO(header)), [])]


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
