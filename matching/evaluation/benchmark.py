"""Needs, texts that may answer them, graded relevance, and what is known about the needs besides.

Grades and labels live here and nowhere else. A ranking is given the documents and then one need at a time
(`matching.evaluation.rankings`); it never receives a `Benchmark`, so it cannot look at either.
"""

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.domain import CapabilityProfile, NeedProfile

SUPPLIER_PROFILE = "supplier_profile"


@dataclass(frozen=True, slots=True)
class BenchmarkDocument:
    """A text that may answer a need, with what its supplier declares of it."""

    id: str
    text: str
    kind: str
    profile: CapabilityProfile


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Grades and `judged` have shape (needs, documents); `labels` holds category codes by need, () unknown.

    A pair that nobody judged has grade 0: ranking measures count it as not relevant, calibration leaves it
    out. Where no grade 0 was given at all, only the relevant pairs were written down and all count as judged.
    """

    needs: tuple[NeedProfile, ...]
    documents: tuple[BenchmarkDocument, ...]
    grades: NDArray[np.float64]
    judged: NDArray[np.bool_]
    labels: tuple[tuple[str, ...], ...]

    @classmethod
    def of(
        cls,
        needs: tuple[NeedProfile, ...],
        documents: tuple[BenchmarkDocument, ...],
        given: NDArray[np.float64],
        labels: tuple[tuple[str, ...], ...],
    ) -> "Benchmark":
        """From grades as they were given, nan where nobody gave one."""
        judged = ~np.isnan(given)
        grades = np.where(judged, given, 0.0)
        if not (grades[judged] <= 0).any():
            judged = np.ones_like(judged)
        return cls(needs, documents, grades, judged, labels)

    def restricted_to(self, kind: str) -> "Benchmark":
        """Only documents of this kind, and only needs for which one of them is relevant."""
        columns = np.flatnonzero([document.kind == kind for document in self.documents])
        rows = np.flatnonzero(self.grades[:, columns].max(axis=1, initial=0) > 0)
        return replace(
            self,
            needs=tuple(self.needs[i] for i in rows),
            documents=tuple(self.documents[i] for i in columns),
            grades=self.grades[np.ix_(rows, columns)],
            judged=self.judged[np.ix_(rows, columns)],
            labels=tuple(self.labels[i] for i in rows),
        )

    @property
    def sha256(self) -> str:
        """Names these very needs, documents and grades: figures of another benchmark do not compare."""
        digest = hashlib.sha256()
        for need in self.needs:
            digest.update(_line(need.need_id, need.text, need.industry, need.processes))
        for document in self.documents:
            digest.update(_line(document.id, document.text, repr(document.profile)))
        digest.update(np.where(self.judged, self.grades, -1.0).astype("<f8").tobytes())
        return digest.hexdigest()


def _line(*values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
