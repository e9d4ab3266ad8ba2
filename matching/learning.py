"""Learning from what account managers decided: fit anew, judge on needs never learned from, promote or not.

A fifth of all needs, chosen by a hash of their ids, is held out for ever: no model learns from them, so
present and new weights are judged alike. New weights replace the present ones only when they explain
the held-out decisions better and order them no worse; too few held-out decisions promote nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.domain import FloatArray
from matching.features.names import FEATURE_NAMES
from matching.ranker import Judgement, Ranker, Verdict, fit

HELD_OUT_SHARE = 0.2
LEAST_HELD_OUT = 20
"""Decisions on held-out needs; fewer tell chance from progress too seldom."""

LEAST_GAIN = 0.001
"""In nats of log-loss: what is smaller is no progress and not worth a change of every list."""

HIGHEST_LOSS = 30.0


class Outcome(StrEnum):
    """What became of new weights."""

    PROMOTED = "promoted"
    NOT_BETTER = "not_better"
    ORDERS_WORSE = "orders_worse"
    TOO_FEW_HELD_OUT = "too_few_held_out"
    NOTHING_NEW = "nothing_new"


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """A candidate of a list: its features then, where it stood, and what was decided, if anything."""

    supplier_id: str
    position: int
    features: Mapping[str, float]
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class JudgedNeed:
    """The decisions on the candidates of one need."""

    need_id: str
    judgements: tuple[Judgement, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether it is judged on and never learned from."""
        return hashlib.sha256(self.need_id.encode()).digest()[0] < 256 * HELD_OUT_SHARE


@dataclass(frozen=True, slots=True)
class Quality:
    """How well weights explain decisions. `pairs` counts pairs of a good and a bad candidate of one need.

    `log_loss` is the mean over decisions, weighted, in nats, the position at which each was shown taken
    into account. `ordered` is the share of pairs that the scores order rightly, 0.5 when there are none.
    """

    judgements: int
    log_loss: float
    pairs: int
    ordered: float


@dataclass(frozen=True, slots=True)
class Trial:
    """New weights beside the present ones, on needs that neither learned from."""

    outcome: Outcome
    fitted: Ranker
    learned_needs: int
    held_out_needs: int
    present: Quality
    challenger: Quality

    def as_json(self) -> dict[str, Any]:
        """The comparison as plain values, the weights apart."""
        return {
            "outcome": self.outcome.value,
            "learned_needs": self.learned_needs,
            "held_out_needs": self.held_out_needs,
            "present": asdict(self.present),
            "challenger": asdict(self.challenger),
        }


def judgements_of(shown: Sequence[ShownCandidate]) -> tuple[Judgement, ...]:
    """The judgements that a list expresses.

    Candidates without a verdict count as passed over, lightly, as far down as somebody decided on one:
    what stands below was perhaps never looked at (the cascade of Craswell et al., WSDM 2008).
    """
    reached = max((each.position for each in shown if each.verdict), default=0)
    return tuple(
        Judgement.of_verdict(each.features, each.verdict or "ignored", each.position)
        for each in shown
        if each.position <= reached and set(each.features) == set(FEATURE_NAMES)
    )


def challenge(present: Ranker, needs: Iterable[JudgedNeed], anchor: Ranker) -> Trial:
    """Fit new weights around `anchor`, what a person last set, and judge them beside the present ones."""
    needs = tuple(needs)
    held_out = [need for need in needs if need.is_held_out]
    learned = [need for need in needs if not need.is_held_out]
    fitted = fit([judgement for need in learned for judgement in need.judgements], anchor)
    now, then = quality(present, held_out), quality(fitted, held_out)
    outcome = _outcome(present, fitted, now, then)
    return Trial(outcome, fitted, len(learned), len(held_out), now, then)


def quality(ranker: Ranker, needs: Sequence[JudgedNeed]) -> Quality:
    """How well the weights explain these decisions."""
    losses, weights, pairs, ordered = [], [], 0, 0.0
    for need in needs:
        scores = ranker.log_odds(_rows(need.judgements))
        for judgement, score in zip(need.judgements, scores.tolist(), strict=True):
            losses.append(_loss(judgement, score + ranker.position_weight * _depth(judgement)))
            weights.append(judgement.weight)
        count, right = _pairs(need.judgements, scores)
        pairs, ordered = pairs + count, ordered + right
    return Quality(
        judgements=sum(judgement.weight >= 0.5 for need in needs for judgement in need.judgements),
        log_loss=float(np.average(losses, weights=weights)) if sum(weights) else 0.0,
        pairs=pairs,
        ordered=ordered / pairs if pairs else 0.5,
    )


def _outcome(present: Ranker, fitted: Ranker, now: Quality, then: Quality) -> Outcome:
    if fitted.version == present.version:
        return Outcome.NOTHING_NEW
    if now.judgements < LEAST_HELD_OUT:
        return Outcome.TOO_FEW_HELD_OUT
    if then.log_loss > now.log_loss - LEAST_GAIN:
        return Outcome.NOT_BETTER
    return Outcome.ORDERS_WORSE if then.ordered < now.ordered else Outcome.PROMOTED


def _rows(judgements: Sequence[Judgement]) -> FloatArray:
    rows = [[judgement.features[name] for name in FEATURE_NAMES] for judgement in judgements]
    return np.array(rows, np.float32).reshape(len(judgements), len(FEATURE_NAMES))


def _depth(judgement: Judgement) -> float:
    return float(np.log2(judgement.position)) if judgement.position else 0.0


def _loss(judgement: Judgement, log_odds: float) -> float:
    loss = float(np.logaddexp(0.0, log_odds)) - judgement.outcome * log_odds
    return min(loss, HIGHEST_LOSS)


def _pairs(judgements: Sequence[Judgement], scores: NDArray[np.float64]) -> tuple[int, float]:
    """How many pairs of a good and a bad candidate there are, and how many are ordered rightly; ties half."""
    decided = np.array([judgement.weight >= 0.5 for judgement in judgements], bool)
    outcomes = np.array([judgement.outcome for judgement in judgements])
    good, bad = scores[decided & (outcomes > 0.5)], scores[decided & (outcomes < 0.5)]
    difference = good[:, None] - bad[None, :]
    return difference.size, float((difference > 0).sum() + 0.5 * (difference == 0).sum())
