"""Reads benchmarks: one JSON file, or a folder in the layout of BEIR.

JSON: `{"queries": [{"query_id", "text", "ksic_division"?, "categories_gold"?}], "documents": [{"doc_id",
"text", "kind"?, "categories"?, "divisions"?, "processes"?}], "qrels": {query_id: {doc_id: grade}}}`.

BEIR (Thakur et al., 2021): `corpus.jsonl` with `_id`, `title`, `text`; `queries.jsonl` with `_id`, `text`;
`qrels/test.tsv` or `qrels.tsv` with query, document and grade parted by tabs. The optional fields above may
stand in a row or in its `metadata`. Queries that the qrels do not name are of other splits and are left out.

What a document declares is known to a ranking. `categories_gold`, or `categories`, of a query becomes a label
of the benchmark and no part of the need.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matching.domain import CapabilityProfile, NeedProfile, Solution
from matching.evaluation.benchmark import SUPPLIER_PROFILE, Benchmark, BenchmarkDocument

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", ("qrels/test.tsv", "qrels.tsv")
ANYWHERE = "11"
"""Benchmarks name no place; suppliers that serve the whole country make the choice irrelevant."""

Row = Mapping[str, Any]
Qrel = tuple[str, str, float]


class BenchmarkError(ValueError):
    """What was read is not a benchmark; `code` selects the sentence, `values` fill it (file, line, field)."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code}: {values}")
        self.code = code
        self.values = values


def read_benchmark(path: Path) -> Benchmark:
    """Read a JSON file or a BEIR folder; raises BenchmarkError when it is not a benchmark."""
    return _beir(path) if path.is_dir() else _one_file(path)


def _one_file(path: Path) -> Benchmark:
    name = path.name
    content = _json(_text(path), name, 1)
    missing = [
        key
        for key, kind in (("queries", list), ("documents", list), ("qrels", dict))
        if not isinstance(content, dict) or not isinstance(content.get(key), kind)
    ]
    if missing:
        raise BenchmarkError("benchmark_part_missing", file=name, part=", ".join(missing))
    queries = [_Fields(row, f"{name} queries[{i}]") for i, row in enumerate(content["queries"])]
    documents = [_Fields(row, f"{name} documents[{i}]") for i, row in enumerate(content["documents"])]
    qrels = list(_nested(content["qrels"], name))
    return _benchmark(queries, documents, qrels, ("query_id", "doc_id"), name)


def _beir(folder: Path) -> Benchmark:
    found = next((folder / name for name in QRELS if (folder / name).is_file()), None)
    absent = [name for name in (CORPUS, QUERIES) if not (folder / name).is_file()]
    absent += [] if found else [QRELS[0]]
    if absent or found is None:
        raise BenchmarkError("benchmark_file_missing", file=folder.name, part=", ".join(absent))
    qrels = list(_tab_separated(found))
    judged = {need_id for need_id, _, _ in qrels}
    known = list(_lines(folder / QUERIES))
    queries = [row for row in known if row.word("_id") in judged]
    return _benchmark(queries, list(_lines(folder / CORPUS)), qrels, ("_id", "_id"), found.name)


class _Fields:
    """A row with the place where it stands, so that a fault can be found."""

    def __init__(self, row: object, place: str) -> None:
        if not isinstance(row, dict):
            raise BenchmarkError("benchmark_row_malformed", file=place)
        extra = row.get("metadata")
        self._row: Row = {**extra, **row} if isinstance(extra, dict) else row
        self._place = place

    def word(self, name: str) -> str:
        """A text that must be there."""
        value = self._row.get(name)
        if not isinstance(value, str | int) or not str(value):
            raise BenchmarkError("benchmark_field_missing", file=self._place, field=name)
        return str(value)

    def text(self) -> str:
        """Title, where there is one, and text."""
        title = self._row.get("title")
        return f"{title}\n{self.word('text')}" if isinstance(title, str) and title else self.word("text")

    def optional(self, name: str) -> str:
        """A text or ""."""
        return self.word(name) if self._row.get(name) else ""

    def words(self, *names: str) -> tuple[str, ...]:
        """The first of these lists that is there and not empty."""
        value: object = next((self._row[name] for name in names if self._row.get(name)), [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise BenchmarkError("benchmark_field_missing", file=self._place, field=names[0])
        return tuple(value)


def _benchmark(
    queries: Sequence[_Fields],
    documents: Sequence[_Fields],
    qrels: Sequence[Qrel],
    ids: tuple[str, str],
    name: str,
) -> Benchmark:
    need_ids = _places([row.word(ids[0]) for row in queries], name)
    document_ids = _places([row.word(ids[1]) for row in documents], name)
    grades = np.full((len(need_ids), len(document_ids)), np.nan)
    for need_id, document_id, grade in qrels:
        if need_id not in need_ids or document_id not in document_ids:
            raise BenchmarkError("benchmark_qrel_unknown", file=name, need=need_id, document=document_id)
        grades[need_ids[need_id], document_ids[document_id]] = grade
    return Benchmark.of(
        tuple(_need(need_id, row) for need_id, row in zip(need_ids, queries, strict=True)),
        tuple(_document(document_id, row) for document_id, row in zip(document_ids, documents, strict=True)),
        grades,
        tuple(row.words("categories_gold", "categories") for row in queries),
    )


def _places(ids: Sequence[str], name: str) -> dict[str, int]:
    places = {each: place for place, each in enumerate(ids)}
    if len(places) < len(ids):
        twice = next(each for place, each in enumerate(ids) if places[each] != place)
        raise BenchmarkError("benchmark_id_twice", file=name, id=twice)
    return places


def _need(need_id: str, row: _Fields) -> NeedProfile:
    return NeedProfile(
        need_id=need_id,
        title="",
        description=row.text(),
        industry=row.optional("ksic_division"),
        region=ANYWHERE,
    )


def _document(document_id: str, row: _Fields) -> BenchmarkDocument:
    """A document becomes a supplier with one solution, which declares what the document declares."""
    text = row.text()
    solution = Solution(
        id=document_id,
        name="",
        description=text,
        categories=row.words("categories"),
        industries=row.words("divisions"),
        processes=row.words("processes"),
    )
    profile = CapabilityProfile(
        supplier_id=document_id,
        business_number=document_id,
        company_name=document_id,
        region=ANYWHERE,
        summary=text,
        solutions=(solution,),
    )
    return BenchmarkDocument(document_id, text, row.optional("kind") or SUPPLIER_PROFILE, profile)


def _lines(path: Path) -> Iterator[_Fields]:
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if line.strip():
            yield _Fields(_json(line, path.name, number), f"{path.name}:{number}")


def _nested(qrels: Mapping[str, object], name: str) -> Iterator[Qrel]:
    for need_id, judged in qrels.items():
        if not isinstance(judged, dict):
            raise BenchmarkError("benchmark_qrel_malformed", file=f"{name} qrels {need_id}")
        for document_id, grade in judged.items():
            yield need_id, document_id, _grade(grade, f"{name} qrels {need_id}")


def _tab_separated(path: Path) -> Iterator[Qrel]:
    """Query, document and grade a line; the heading that BEIR writes is passed over."""
    for number, line in enumerate(_text(path).splitlines(), start=1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[0] == "query-id"):
            continue
        if len(cells) != 3:
            raise BenchmarkError("benchmark_qrel_malformed", file=f"{path.name}:{number}")
        yield cells[0], cells[1], _grade(cells[2], f"{path.name}:{number}")


def _grade(value: object, place: str) -> float:
    try:
        grade = float(value) if isinstance(value, str | int | float) else float("nan")
    except ValueError:
        grade = float("nan")
    if not 0 <= grade < float("inf"):
        raise BenchmarkError("benchmark_qrel_malformed", file=place)
    return grade


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BenchmarkError("benchmark_not_utf8", file=path.name) from error


def _json(text: str, name: str, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BenchmarkError("benchmark_json", file=f"{name}:{line + error.lineno - 1}") from error
