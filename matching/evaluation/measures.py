"""The figures of rankings on one benchmark: quality with intervals, paired differences, time.

Means are over needs that have something relevant. Intervals are bootstraps over needs, 95 percent. The
difference of two rankings is taken need by need before it is drawn again: both met the same hard needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.evaluation.baselines import DENSE
from matching.evaluation.benchmark import Benchmark
from matching.evaluation.product import PRODUCT, SHOWN
from matching.evaluation.rankings import Answer, Scores
from matching.metrics import Numbers, bootstrap_interval, ndcg, recall, reciprocal_rank


@dataclass(frozen=True, slots=True)
class Measured:
    """Means of one ranking; medians of the time that a need took, and of its ratio to that of dense.

    `ndcg_of_judged` is nDCG@10 of the list without the documents that nobody judged for the need
    (condensed lists, Sakai, SIGIR 2007): unlike nDCG@10 it does not punish what was never looked at.
    """

    method: str
    needs: int
    ndcg_at_10: float
    ndcg_low: float
    ndcg_high: float
    ndcg_of_judged: float
    mrr: float
    recall_at_10: float
    recall_at_50: float
    milliseconds: float
    times_dense: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """nDCG@10 of `method` less that of `rival`, need by need; and on how many needs it was which."""

    method: str
    rival: str
    difference: float
    low: float
    high: float
    better: int
    equal: int
    worse: int


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What the rankings answered on one corpus; everything else is computed from that."""

    corpus: str
    benchmark: Benchmark
    answers: Mapping[str, Sequence[Answer]]

    @cached_property
    def gains(self) -> dict[str, Numbers]:
        """nDCG@10 by method and need; nan where nothing is relevant."""
        return {
            method: np.array([ndcg(grades, answer.scores, SHOWN) for grades, answer in self._graded(answers)])
            for method, answers in self.answers.items()
        }

    @cached_property
    def measured(self) -> tuple[Measured, ...]:
        """One line a method, in their order."""
        return tuple(self._measured(method) for method in self.answers)

    @property
    def best_baseline(self) -> str | None:
        """The ranking other than the product with the highest mean nDCG@10."""
        others = {method: mean(gains) for method, gains in self.gains.items() if method != PRODUCT}
        return max(others, key=lambda method: others[method]) if others else None

    @property
    def comparison(self) -> Comparison | None:
        """The product against the best baseline; choosing that one afterwards favours the baseline."""
        if PRODUCT not in self.answers or self.best_baseline is None:
            return None
        return self.compare(PRODUCT, self.best_baseline)

    def compare(self, method: str, rival: str) -> Comparison:
        """Any two of the rankings."""
        differences = known(self.gains[method] - self.gains[rival])
        low, high = bootstrap_interval(differences)
        return Comparison(
            method=method,
            rival=rival,
            difference=mean(differences),
            low=low,
            high=high,
            better=int((differences > 0).sum()),
            equal=int((differences == 0).sum()),
            worse=int((differences < 0).sum()),
        )

    def _graded(self, answers: Sequence[Answer]) -> list[tuple[Numbers, Answer]]:
        return list(zip(self.benchmark.grades, answers, strict=True))

    def _condensed(self, method: str) -> Numbers:
        rows = zip(self.benchmark.judged, self._graded(self.answers[method]), strict=True)
        return np.array(
            [ndcg(grades[judged], answer.scores[judged], SHOWN) for judged, (grades, answer) in rows]
        )

    def _seconds(self, method: str) -> Numbers:
        return np.array([answer.seconds for answer in self.answers[method]])

    def _measured(self, method: str) -> Measured:
        seconds = self._seconds(method)
        ratios = seconds / self._seconds(DENSE) if DENSE in self.answers else np.array([])
        pairs = [(grades, answer.scores) for grades, answer in self._graded(self.answers[method])]
        gains = known(self.gains[method])
        low, high = bootstrap_interval(gains)
        return Measured(
            method=method,
            needs=len(gains),
            ndcg_at_10=mean(gains),
            ndcg_low=low,
            ndcg_high=high,
            ndcg_of_judged=mean(self._condensed(method)),
            mrr=mean(np.array([reciprocal_rank(*pair) for pair in pairs])),
            recall_at_10=mean(np.array([recall(*pair, 10) for pair in pairs])),
            recall_at_50=mean(np.array([recall(*pair, 50) for pair in pairs])),
            milliseconds=1000 * _median(seconds),
            times_dense=_median(ratios),
        )


def _median(values: Numbers) -> float:
    return float(np.median(values)) if values.size else float("nan")


def known(values: Numbers) -> Numbers:
    """Without the needs that have no value."""
    return values[~np.isnan(values)]


def mean(values: Scores) -> float:
    """Over the needs that have a value."""
    found = known(values)
    return float(found.mean()) if found.size else float("nan")
