"""What the texts and the inferred kinds say, for every solution in the index at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.domain import FloatArray
from matching.features.need import EmbeddedNeed
from matching.index import IndexSnapshot
from matching.index.vector_table import ABSENT
from matching.taxonomy import category_codes

NARROWEST_RANGE = 0.05
"""e5 cosines of unrelated texts already differ by this much, so a narrower range is not stretched."""

FULL_SHARE = 0.2
"""Two texts in different words seldom share more of what is rare in the need."""

DOUBT = 0.5
"""Factor on the log-odds of inferred kinds where suppliers are compared: real needs are worded less like
the statements learned from than held-out statements are, so the model is surer than it should be."""

Span = tuple[float, float]

WITHOUT_REFERENCE = 0.3
"""Where a supplier without references stands on the scale of those that have some."""


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """One value a solution, by place in `IndexSnapshot.solutions`; free places hold arbitrary values."""

    category_fit: FloatArray
    category_focus: FloatArray
    declared_category_fit: FloatArray
    dense_solution: FloatArray
    dense_summary: FloatArray
    dense_reference_problem: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Similarities:
    """How near each solution (by place), summary and reference problem (by slot) is to the need.

    ABSENT where there is no such text, or where nobody asked; `spans` are the least and the greatest of each
    of the three among all suppliers, known without them where every value is there.
    """

    solution: FloatArray
    summary: FloatArray
    problem: FloatArray
    spans: tuple[Span | None, Span | None, Span | None] = (None, None, None)


def signals(
    snapshot: IndexSnapshot, need: EmbeddedNeed, probabilities: FloatArray, similar: Similarities
) -> Signals:
    """`probabilities` follow `taxonomy.category_codes()`."""
    slots = np.maximum(snapshot.solutions["slot"] - 1, 0)
    solution = scaled(similar.solution, span=similar.spans[0])
    summary = scaled(similar.summary, span=similar.spans[1])
    problem = scaled(similar.problem, absent=WITHOUT_REFERENCE, span=similar.spans[2])
    by_kinds = category_signals(snapshot.kinds, need, probabilities)
    return Signals(
        **{name: values[snapshot.solutions["kinds"]] for name, values in by_kinds.items()},
        dense_solution=solution,
        dense_summary=summary[slots],
        dense_reference_problem=problem[slots],
    )


def category_signals(
    offered: FloatArray, need: EmbeddedNeed, probabilities: FloatArray
) -> dict[str, FloatArray]:
    """The signals that depend on what is offered alone, by name; `offered` has one combination a row."""
    return {
        "category_fit": category_fit(offered, probabilities),
        "category_focus": category_focus(offered, softened(probabilities)),
        "declared_category_fit": _declared_fit(offered, need.profile.categories),
    }


def scaled(
    similarity: FloatArray,
    absent: float = 0.0,
    narrowest: float = NARROWEST_RANGE,
    span: Span | None = None,
) -> FloatArray:
    """Min-max over all suppliers for this need; a range narrower than `narrowest` stays around the middle.

    `span` is that range where not every value is at hand.
    """
    present = similarity > ABSENT
    result = np.full(len(similarity), absent, np.float32)
    if present.any():
        values = similarity[present]
        low, high = span or (float(values.min()), float(values.max()))
        result[present] = 0.5 + (values - (low + high) / 2) / max(high - low, narrowest)
    return result


def category_fit(offered: FloatArray, probabilities: FloatArray) -> FloatArray:
    """Probability that the need calls for at least one offered kind, the kinds taken as independent.

    A kind that the solution is only in part (weight under 1) counts as a chance of that power.
    """
    missed = np.log1p(-np.clip(probabilities, 0.0, 0.999))
    return np.asarray(1.0 - np.exp(offered @ missed), np.float32)


def category_focus(offered: FloatArray, probabilities: FloatArray) -> FloatArray:
    """Cosine of the probabilities and the offered kinds: ten kinds are worth less than just the right one."""
    length = np.linalg.norm(offered, axis=1) * max(float(np.linalg.norm(probabilities)), 1e-9)
    return np.asarray(offered @ probabilities / np.maximum(length, 1e-9), np.float32)


def softened(probabilities: FloatArray) -> FloatArray:
    """Probabilities nearer to one half, in the same order; certain ones stay certain."""
    kept, dropped = probabilities**DOUBT, (1.0 - probabilities) ** DOUBT
    return np.asarray(kept / (kept + dropped), np.float32)


def _declared_fit(offered: FloatArray, declared: tuple[str, ...]) -> FloatArray:
    asked = np.isin(np.array(category_codes()), declared)
    if not asked.any():
        return np.zeros(len(offered), np.float32)
    return np.asarray((offered[:, asked] > 0).mean(axis=1), np.float32)


def lexical(snapshot: IndexSnapshot, need: EmbeddedNeed, slots: NDArray[np.intp]) -> FloatArray:
    """Share of the need's rare words found at some suppliers, full from `FULL_SHARE`."""
    shares = snapshot.words.scores(need.profile.text, slots)
    return np.asarray(np.minimum(shares / FULL_SHARE, 1.0), np.float32)
