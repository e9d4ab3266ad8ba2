"""Where the product is good and where it fails: by labelled kind of solution, and need by need."""

from dataclasses import dataclass

import numpy as np

from matching.domain import InferredCategory
from matching.evaluation.measures import Evaluation, mean
from matching.evaluation.product import PRODUCT

NAMED = 3
"""How many inferred kinds and how many documents a failed need is told with."""


@dataclass(frozen=True, slots=True)
class CategoryMeasure:
    """Mean nDCG@10 over the needs that carry this label; a need with two labels counts under both."""

    category: str
    needs: int
    ndcg_at_10: float
    rival_ndcg_at_10: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A document at its place in the product's list; None where it is not shown or was not judged."""

    place: int | None
    document: str
    categories: tuple[str, ...]
    grade: float | None


@dataclass(frozen=True, slots=True)
class FailedNeed:
    """A need with what was read out of it, what stood first, and where the best graded documents stood."""

    need_id: str
    text: str
    ndcg_at_10: float
    inferred: tuple[InferredCategory, ...]
    labels: tuple[str, ...]
    first: tuple[Placed, ...]
    best: tuple[Placed, ...]


def by_category(evaluation: Evaluation) -> tuple[CategoryMeasure, ...]:
    """Labels with their needs, the worst first, beside the best baseline; none where no need is labelled."""
    comparison = evaluation.comparison
    if comparison is None:
        return ()
    own, rival = evaluation.gains[PRODUCT], evaluation.gains[comparison.rival]
    labels = evaluation.benchmark.labels
    found = []
    for category in sorted({code for codes in labels for code in codes}):
        rows = np.array([category in codes for codes in labels]) & ~np.isnan(own)
        if rows.any():
            found.append(CategoryMeasure(category, int(rows.sum()), mean(own[rows]), mean(rival[rows])))
    return tuple(sorted(found, key=lambda row: (row.ndcg_at_10, row.category)))


def worst_needs(evaluation: Evaluation, count: int) -> tuple[FailedNeed, ...]:
    """The needs that the product served worst; those with nothing relevant are left out."""
    gains = evaluation.gains.get(PRODUCT, np.array([]))
    order = [int(row) for row in np.argsort(gains, kind="stable") if not np.isnan(gains[row])]
    return tuple(_failed(evaluation, row) for row in order[:count])


def _failed(evaluation: Evaluation, row: int) -> FailedNeed:
    need, answer = evaluation.benchmark.needs[row], evaluation.answers[PRODUCT][row]
    order = np.argsort(-answer.scores, kind="stable")
    placed = [
        _placed(evaluation, row, int(column), place if np.isfinite(answer.scores[column]) else None)
        for place, column in enumerate(order, start=1)
    ]
    best = float(evaluation.benchmark.grades[row].max())
    return FailedNeed(
        need_id=need.need_id or "",
        text=need.text,
        ndcg_at_10=float(evaluation.gains[PRODUCT][row]),
        inferred=answer.inferred[:NAMED],
        labels=evaluation.benchmark.labels[row],
        first=tuple(placed[:NAMED]),
        best=tuple([each for each in placed if each.grade == best][:NAMED]),
    )


def _placed(evaluation: Evaluation, row: int, column: int, place: int | None) -> Placed:
    benchmark = evaluation.benchmark
    document = benchmark.documents[column]
    kinds = dict.fromkeys(code for solution in document.profile.solutions for code in solution.categories)
    judged = bool(benchmark.judged[row, column])
    return Placed(place, document.id, tuple(kinds), float(benchmark.grades[row, column]) if judged else None)
