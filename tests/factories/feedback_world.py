"""An alliance in small: account managers with a taste of their own, who decide on lists that a ranker makes.

Everything that decides is known here, so that what learning gains can be measured: the regret of a list
is how many introductions the best list would have expected more.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matching.features import FEATURE_NAMES
from matching.learning import JudgedNeed, ShownCandidate, judgements_of
from matching.ranker import Ranker

SHOWN = 10
TRACK_RECORD, LOAD = FEATURE_NAMES.index("track_record"), FEATURE_NAMES.index("load")
SHRINKAGE = 10.0


@dataclass
class FeedbackWorld:
    """`rows` are the features of every supplier for every need, shape (needs, suppliers, features).

    Decisions follow `truth` and, by `attention`, the position: log-odds fall by that much with each doubling.
    Success builds up a supplier's track record, as in the product.
    """

    rows: NDArray[np.float64]
    truth: Ranker
    attention: float
    random: np.random.Generator
    good: NDArray[np.float64] = field(init=False)
    bad: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.good, self.bad = np.zeros(self.rows.shape[1]), np.zeros(self.rows.shape[1])

    @classmethod
    def drawn(cls, needs: int, suppliers: int, truth: Ranker, attention: float, seed: int) -> "FeedbackWorld":
        """Features drawn at random: most suppliers of another kind, a few of the right one."""
        random = np.random.default_rng(seed)
        rows = random.beta(1.2, 2.0, (needs, suppliers, len(FEATURE_NAMES)))
        fits = random.uniform(size=(needs, suppliers, 1)) < 0.15
        kinds = [FEATURE_NAMES.index(name) for name in ("category_fit", "category_focus")]
        rows[:, :, kinds] = np.where(fits, 0.6 + 0.4 * rows[:, :, kinds], 0.3 * rows[:, :, kinds])
        return cls(rows, truth, attention, random)

    def seen_today(self) -> NDArray[np.float64]:
        """The features with today's track records."""
        rows = self.rows.copy()
        rows[:, :, TRACK_RECORD] = (self.good - self.bad) / (self.good + self.bad + SHRINKAGE)
        rows[:, :, LOAD] = 0.0
        return rows

    def lists(self, ranker: Ranker) -> NDArray[np.intp]:
        """The suppliers shown for each need, best first, shape (needs, SHOWN)."""
        return np.argsort(-_log_odds(ranker, self.seen_today()), axis=1, kind="stable")[:, :SHOWN]

    def regret(self, ranker: Ranker) -> float:
        """Introductions a list that the best list of the same length would expect more."""
        chance = expit(_log_odds(self.truth, self.seen_today()))
        best = np.sort(chance, axis=1)[:, ::-1][:, :SHOWN].sum(axis=1)
        shown = np.take_along_axis(chance, self.lists(ranker), axis=1).sum(axis=1)
        return float((best - shown).mean())

    def decide(self, ranker: Ranker, day: int) -> list[JudgedNeed]:
        """A decision or none on each candidate of each list; half of those not introduced are passed over."""
        rows, places = self.seen_today(), np.log2(np.arange(1, SHOWN + 1))
        judged = []
        for need, suppliers in enumerate(self.lists(ranker)):
            taste = _log_odds(self.truth, rows[need, suppliers]) + self.attention * places
            taken = self.random.uniform(size=SHOWN) < expit(taste)
            said = self.random.uniform(size=SHOWN) < 0.5
            shown = [
                ShownCandidate(
                    str(supplier),
                    place + 1,
                    dict(zip(FEATURE_NAMES, rows[need, supplier].tolist(), strict=True)),
                    "introduced" if taken[place] else "rejected" if said[place] else None,
                )
                for place, supplier in enumerate(suppliers.tolist())
            ]
            np.add.at(self.good, suppliers[taken], 1)
            np.add.at(self.bad, suppliers[~taken & said], 1)
            judged.append(JudgedNeed(f"need {need} of day {day}", judgements_of(shown)))
        return judged

    def top_tenth_share(self, ranker: Ranker) -> float:
        """Share of all places in the lists that the most shown tenth of the suppliers holds."""
        counts = Counter(self.lists(ranker).ravel().tolist())
        tenth = max(self.rows.shape[1] // 10, 1)
        return sum(count for _, count in counts.most_common(tenth)) / sum(counts.values())


def taste_for(**factors: float) -> Ranker:
    """The expert's weights, some of them multiplied."""
    expert = Ranker.expert()
    weights = {name: weight * factors.get(name, 1.0) for name, weight in expert.weights.items()}
    return replace(expert, weights=weights)


def without_positions(needs: list[JudgedNeed]) -> list[JudgedNeed]:
    """The same decisions, as if the order in which candidates were shown could not have mattered."""
    return [
        JudgedNeed(need.need_id, tuple(replace(judgement, position=None) for judgement in need.judgements))
        for need in needs
    ]


def _log_odds(ranker: Ranker, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows @ ranker.weight_row.astype(np.float64) + ranker.intercept
