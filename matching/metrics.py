"""Measures of a ranking and of probabilities, on plain arrays.

Gains are linear (grade / log2(rank + 1)), as in trec_eval and BEIR. Ties keep the order of the
documents, so equal scores earn nothing by luck.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def ndcg(grades: Numbers, scores: Numbers, depth: int = 10) -> float:
    """Discounted gain of the top `depth` over the best possible one; nan when nothing is relevant."""
    ideal = _discounted(np.sort(grades)[::-1][:depth])
    return _discounted(_ranked(grades, scores)[:depth]) / ideal if ideal > 0 else float("nan")


def reciprocal_rank(grades: Numbers, scores: Numbers) -> float:
    """1 / rank of the first relevant document; nan when nothing is relevant."""
    hits = np.flatnonzero(_ranked(grades, scores) > 0)
    return float(1 / (hits[0] + 1)) if hits.size else float("nan")


def recall(grades: Numbers, scores: Numbers, depth: int) -> float:
    """Share of the relevant documents among the top `depth`; nan when nothing is relevant."""
    relevant = np.count_nonzero(grades > 0)
    return (
        float(np.count_nonzero(_ranked(grades, scores)[:depth] > 0) / relevant) if relevant else float("nan")
    )


def bootstrap_interval(
    values: Numbers, confidence: float = 0.95, samples: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """Percentile interval of the mean over needs drawn again with replacement; nan without values."""
    if values.size == 0:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, values.size, (samples, values.size))
    tail = (1 - confidence) / 2
    low, high = np.quantile(values[drawn].mean(axis=1), [tail, 1 - tail])
    return float(low), float(high)


def top_accuracy(main: NDArray[np.int64], probabilities: Numbers, depth: int) -> float:
    """Share of rows whose main category is among the `depth` most probable."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :depth]
    return float((order == main[:, None]).any(axis=1).mean())


def binary_log_loss(labels: Numbers, probabilities: Numbers) -> float:
    """Mean negative log-likelihood of 0/1 labels over all cells."""
    certain = np.clip(probabilities, 1e-9, 1 - 1e-9)
    return float(-(labels * np.log(certain) + (1 - labels) * np.log1p(-certain)).mean())


def brier_score(labels: Numbers, probabilities: Numbers) -> float:
    """Mean squared gap between stated probability and 0/1 outcome (Brier, 1950)."""
    return float(((probabilities - labels) ** 2).mean())


def expected_calibration_error(labels: Numbers, probabilities: Numbers, bins: int = 10) -> float:
    """Mean gap between stated probability and observed share over equally wide bins, weighted by size."""
    stated, observed = probabilities.ravel(), labels.ravel()
    bin_of = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = [
        abs(stated[bin_of == b].mean() - observed[bin_of == b].mean()) * np.count_nonzero(bin_of == b)
        for b in np.unique(bin_of)
    ]
    return float(sum(gaps) / stated.size)


def _ranked(grades: Numbers, scores: Numbers) -> Numbers:
    return grades[np.argsort(-scores, kind="stable")]


def _discounted(gains: Numbers) -> float:
    return float((gains / np.log2(np.arange(2, gains.size + 2))).sum())
