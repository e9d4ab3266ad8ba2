"""A benchmark file: needs, texts that may answer them, and graded relevance.

The format is that of BEIR (queries, corpus, qrels) in one JSON object:
`{"queries": [{"query_id", "text", "ksic_division"?}], "documents": [{"doc_id", "text", "kind"?,
"categories"?, "divisions"?, "processes"?}], "qrels": {query_id: {doc_id: grade}}}`.
What a document declares is known to a ranker; what a need is labelled with (`categories_gold`) is not read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.domain import CapabilityProfile, NeedProfile, Solution

SUPPLIER_PROFILE = "supplier_profile"
ANYWHERE = "11"
"""Benchmarks name no place; suppliers that serve the whole country make the choice irrelevant."""


class BenchmarkError(ValueError):
    """The file is not a benchmark; the message says what is missing and where."""


@dataclass(frozen=True, slots=True)
class BenchmarkDocument:
    """A text that may answer a need, with what its supplier declares of it."""

    id: str
    text: str
    kind: str
    profile: CapabilityProfile


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Needs, documents and grades, shape (needs, documents); 0 is not relevant."""

    needs: tuple[NeedProfile, ...]
    documents: tuple[BenchmarkDocument, ...]
    grades: NDArray[np.float64]

    def restricted_to(self, kind: str) -> "Benchmark":
        """Only documents of this kind, and only needs for which one of them is relevant."""
        columns = [i for i, document in enumerate(self.documents) if document.kind == kind]
        grades = self.grades[:, columns]
        rows = np.flatnonzero(grades.max(axis=1, initial=0) > 0)
        return replace(
            self,
            needs=tuple(self.needs[i] for i in rows),
            documents=tuple(self.documents[i] for i in columns),
            grades=grades[rows],
        )


def read_benchmark(path: Path) -> Benchmark:
    """Read a benchmark file; raises BenchmarkError when it is not one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        needs = tuple(_need(row) for row in content["queries"])
        documents = tuple(_document(row) for row in content["documents"])
        qrels = content["qrels"]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise BenchmarkError(f"{path.name}: {error!r}") from error
    return Benchmark(needs, documents, _grades(needs, documents, qrels, path.name))


def _grades(
    needs: tuple[NeedProfile, ...],
    documents: tuple[BenchmarkDocument, ...],
    qrels: Mapping[str, Mapping[str, float]],
    name: str,
) -> NDArray[np.float64]:
    row_of = {need.need_id: row for row, need in enumerate(needs)}
    column_of = {document.id: column for column, document in enumerate(documents)}
    if len(row_of) < len(needs) or len(column_of) < len(documents):
        raise BenchmarkError(f"{name}: an id stands twice")
    grades = np.zeros((len(needs), len(documents)))
    for need_id, judged in qrels.items():
        for document_id, grade in judged.items():
            if need_id not in row_of or document_id not in column_of:
                raise BenchmarkError(f"{name}: qrels name {need_id} / {document_id}, which is not there")
            grades[row_of[need_id], column_of[document_id]] = grade
    return grades


def _need(row: Mapping[str, Any]) -> NeedProfile:
    return NeedProfile(
        need_id=row["query_id"],
        title="",
        description=row["text"],
        industry=row.get("ksic_division") or "",
        region=ANYWHERE,
    )


def _document(row: Mapping[str, Any]) -> BenchmarkDocument:
    """A document becomes a supplier with one solution, which declares what the document declares."""
    solution = Solution(
        id=row["doc_id"],
        name="",
        description=row["text"],
        categories=tuple(row.get("categories") or ()),
        industries=tuple(row.get("divisions") or ()),
        processes=tuple(row.get("processes") or ()),
    )
    profile = CapabilityProfile(
        supplier_id=row["doc_id"],
        business_number=row["doc_id"],
        company_name=row["doc_id"],
        region=ANYWHERE,
        summary=row["text"],
        solutions=(solution,),
    )
    return BenchmarkDocument(row["doc_id"], row["text"], row.get("kind", SUPPLIER_PROFILE), profile)
