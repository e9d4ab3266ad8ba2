"""Whether stated probabilities come true: Brier score, log-loss, calibration error, and the bins behind."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from matching.evaluation.measures import Evaluation
from matching.evaluation.product import PRODUCT
from matching.metrics import Numbers, binary_log_loss, brier_score, expected_calibration_error

BINS = 10

SUCCESS = 2
"""The grade from which a judged pair counts as one that an account manager would introduce."""

Subject = Literal["score", "category"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Cases stated at `low` to `high`, and Wilson's 95 percent interval of the share that came true.

    The interval takes cases as independent; those of one need are not quite, so it is somewhat too narrow.
    """

    low: float
    high: float
    cases: int
    stated: float
    observed: float
    observed_low: float
    observed_high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Measures over all cases. `base_brier` is what stating the overall share every time would score."""

    subject: Subject
    cases: int
    share: float
    brier: float
    base_brier: float
    log_loss: float
    calibration_error: float
    bins: tuple[ReliabilityBin, ...]


def score_calibration(evaluation: Evaluation) -> Calibration | None:
    """The product's `score` of judged pairs against whether their grade reaches `SUCCESS`.

    A supplier that a rule excluded has no score, so its pairs are left out.
    """
    benchmark = evaluation.benchmark
    pairs = [
        (probability, float(benchmark.grades[row, column] >= SUCCESS))
        for row, answer in enumerate(evaluation.answers.get(PRODUCT, ()))
        for column in np.flatnonzero(benchmark.judged[row]).tolist()
        if (probability := answer.probabilities.get(benchmark.documents[column].id)) is not None
    ]
    return calibration("score", *np.array(pairs).reshape(-1, 2).T)


def category_calibration(evaluation: Evaluation) -> Calibration | None:
    """The probability of every kind of solution against the labels, over needs that carry some."""
    pairs = [
        (item.probability, float(item.category in labels))
        for answer, labels in zip(
            evaluation.answers.get(PRODUCT, ()), evaluation.benchmark.labels, strict=False
        )
        if labels
        for item in answer.inferred
    ]
    return calibration("category", *np.array(pairs).reshape(-1, 2).T)


def calibration(subject: Subject, stated: Numbers, observed: Numbers) -> Calibration | None:
    """From probabilities and 0/1 outcomes of equal shape; None without cases."""
    if not stated.size:
        return None
    share = float(observed.mean())
    return Calibration(
        subject=subject,
        cases=int(stated.size),
        share=share,
        brier=brier_score(observed, stated),
        base_brier=share * (1 - share),
        log_loss=binary_log_loss(observed, stated),
        calibration_error=expected_calibration_error(observed, stated, BINS),
        bins=reliability(stated, observed),
    )


def reliability(stated: Numbers, observed: Numbers) -> tuple[ReliabilityBin, ...]:
    """Equally wide bins that hold a case, from low to high; the same that the calibration error uses."""
    bin_of = np.minimum((stated * BINS).astype(int), BINS - 1)
    return tuple(
        _bin(int(number), stated[bin_of == number], observed[bin_of == number])
        for number in np.unique(bin_of)
    )


def _bin(number: int, stated: Numbers, observed: Numbers) -> ReliabilityBin:
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import, only for this

    interval = binomtest(int(observed.sum()), observed.size).proportion_ci(method="wilson")
    return ReliabilityBin(
        low=number / BINS,
        high=(number + 1) / BINS,
        cases=int(observed.size),
        stated=float(stated.mean()),
        observed=float(observed.mean()),
        observed_low=float(interval.low),
        observed_high=float(interval.high),
    )
