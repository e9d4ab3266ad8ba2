"""A logistic model over the named features: its log-odds are a sum, so that every score explains itself.

It starts from the expert's weights (`matching.prior`) and moves as judgements come in: the maximum a
posteriori weights under a normal prior around the expert's. Ten judgements change little, a thousand a
lot. What was shown first is picked more often, so the position is a term of its own while fitting
and is left out when scoring (compare Guo et al., PAL, RecSys 2019).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matching.domain import FloatArray
from matching.features.names import FEATURE_NAMES, FEATURE_VERSION
from matching.prior import INTERCEPT, POSITION, PRIOR

Verdict = Literal["shortlisted", "introduced", "proposed", "contracted", "completed", "rejected", "ignored"]

OUTCOMES: Mapping[Verdict, tuple[float, float]] = {
    "completed": (1.0, 2.0),
    "contracted": (1.0, 2.0),
    "proposed": (1.0, 1.25),
    "introduced": (1.0, 1.0),
    "shortlisted": (1.0, 0.5),
    "rejected": (0.0, 1.0),
    "ignored": (0.0, 0.1),
}
"""Outcome and weight of a verdict: a contract says more than a short list, a glance passed over little.

A proposal says little more than the introduction it followed, a finished project as much as its contract."""


class FeatureVersionError(ValueError):
    """The weights belong to another set of features; fit them again."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody decided about a pair whose features were stored when it was shown.

    `outcome` is 1 for introduce and 0 for not; `position` counts from 1, None where the order could
    not have mattered (pairs judged singly).
    """

    features: Mapping[str, float]
    outcome: float
    weight: float = 1.0
    position: int | None = None

    @classmethod
    def of_verdict(cls, features: Mapping[str, float], verdict: Verdict, position: int | None) -> "Judgement":
        """The judgement that a verdict on a shown candidate expresses."""
        outcome, weight = OUTCOMES[verdict]
        return cls(features, outcome, weight, position)


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights by feature name; `position_weight` is kept for the record and plays no part in scores."""

    intercept: float
    weights: Mapping[str, float]
    position_weight: float = POSITION.mean
    judgements: int = 0

    @classmethod
    def expert(cls) -> "Ranker":
        """The expert's weights, before any judgement."""
        return cls(INTERCEPT.mean, {name: PRIOR[name].mean for name in FEATURE_NAMES})

    @property
    def version(self) -> str:
        """Names these very numbers: stored with every run."""
        numbers = json.dumps(self.as_json(), sort_keys=True)
        digest = hashlib.sha256(numbers.encode()).hexdigest()[:8]
        return f"f{FEATURE_VERSION}-{self.origin}-{digest}"

    @property
    def origin(self) -> Literal["expert", "adjusted", "fitted"]:
        """Whose numbers these are: the expert's, a person's who changed some, or learned ones."""
        if self.judgements:
            return "fitted"
        return "expert" if self == Ranker.expert() else "adjusted"

    @property
    def weight_row(self) -> FloatArray:
        """The weights in the order of `FEATURE_NAMES`."""
        return np.array([self.weights[name] for name in FEATURE_NAMES], np.float32)

    def log_odds(self, values: FloatArray) -> NDArray[np.float64]:
        """Log-odds of an introduction for rows of features, shape (n,)."""
        return values.astype(np.float64) @ self.weight_row.astype(np.float64) + self.intercept

    def contributions(self, row: FloatArray) -> dict[str, float]:
        """What each feature adds to the log-odds of this row; the intercept comes on top."""
        return {
            name: self.weights[name] * float(value) for name, value in zip(FEATURE_NAMES, row, strict=True)
        }

    def as_json(self) -> dict[str, Any]:
        """The model as plain values."""
        return {
            "feature_version": FEATURE_VERSION,
            "intercept": self.intercept,
            "weights": dict(self.weights),
            "position_weight": self.position_weight,
            "judgements": self.judgements,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Ranker":
        """A stored model; FeatureVersionError when its features are not today's."""
        if stored["feature_version"] != FEATURE_VERSION or set(stored["weights"]) != set(FEATURE_NAMES):
            raise FeatureVersionError(f"weights of feature version {stored['feature_version']}")
        return cls(
            float(stored["intercept"]),
            {name: float(stored["weights"][name]) for name in FEATURE_NAMES},
            float(stored["position_weight"]),
            int(stored["judgements"]),
        )


def score_of(log_odds: float) -> float:
    """The probability behind log-odds."""
    return float(expit(log_odds))


def fit(judgements: Sequence[Judgement], anchor: Ranker | None = None) -> Ranker:
    """The most probable weights given these judgements and a prior around `anchor`; deterministic.

    The anchor is what a person set last: the expert's weights, or an administrator's. How firmly a
    weight is held is the expert's in either case. Raises ValueError for an outcome outside 0 to 1 or a
    feature that is not today's.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to import, only for this

    design, outcomes, weights = _design(judgements)
    anchor = anchor or Ranker.expert()
    terms = [INTERCEPT, *(PRIOR[name] for name in FEATURE_NAMES), POSITION]
    mean = np.array([anchor.intercept, *(anchor.weights[name] for name in FEATURE_NAMES), POSITION.mean])
    precision = np.array([term.spread for term in terms]) ** -2.0

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Negative log posterior and its gradient."""
        raw = design @ theta
        away = theta - mean
        fit_loss = float(weights @ (np.logaddexp(0.0, raw) - outcomes * raw))
        gradient = design.T @ (weights * (expit(raw) - outcomes)) + precision * away
        return fit_loss + 0.5 * float(precision @ away**2), gradient

    bounds = [(term.lowest, term.highest) for term in terms]
    found = minimize(loss, mean, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    theta = found.x.tolist()
    return Ranker(theta[0], dict(zip(FEATURE_NAMES, theta[1:-1], strict=True)), theta[-1], len(judgements))


def _design(
    judgements: Sequence[Judgement],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Rows of 1, the features and log2 of the position, with outcomes and weights."""
    design = np.ones((len(judgements), len(FEATURE_NAMES) + 2))
    for row, judgement in enumerate(judgements):
        if set(judgement.features) != set(FEATURE_NAMES):
            raise ValueError("a judgement must hold exactly the features of the present version")
        if not 0.0 <= judgement.outcome <= 1.0 or judgement.weight < 0.0:
            raise ValueError("an outcome lies between 0 and 1 and a weight is not negative")
        design[row, 1:-1] = [judgement.features[name] for name in FEATURE_NAMES]
        design[row, -1] = np.log2(judgement.position) if judgement.position else 0.0
    outcomes = np.array([judgement.outcome for judgement in judgements])
    weights = np.array([judgement.weight for judgement in judgements])
    return design, outcomes, weights
