"""Ranking applications that several reviewers scored, when some of them are strict and some are lenient.

Every reviewer's scores become standard scores over all that this reviewer scored, z = (x - mean) / sd, with
the standard deviation of exactly those scores (divided by n): whoever gives half a point more to everybody,
or uses only the middle of the scale, moves nobody. That is the normalisation by z-scores of J. Herlocker,
J. Konstan, A. Borchers, J. Riedl, "An Algorithmic Framework for Performing Collaborative Filtering", SIGIR
1999. Applications are ranked by the mean of their reviewers' z, shown as T = 50 + 10 z (W. McCall, 1922:
표준점수).

- A reviewer of fewer than three applications has no mean to speak of: mean and deviation of all scores of the
  call stand in (`Basis.ALL_SCORES`). What others do then moves these z, and these only.
- A reviewer who gave all the same score said nothing about the order: z is 0 (`Basis.NO_DIFFERENCE`).
- Ties: equal means (to nine decimals) go by the higher mean of the plain scores; those equal in that too
  share their rank, and the next rank is left out (1, 2, 2, 4).

Points are hundredths of the scale of 1 to 5 and whole: weights are percents, so that nothing is rounded
before a mean.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, pstdev
from uuid import UUID

FEWEST_FOR_OWN_SCALE = 3
STRONG_DISAGREEMENT = 1.5
"""Two reviewers this many standard deviations apart read an application differently: a person should look."""

_DECIMALS = 9
"""Beyond these the order of a sum shows, not a difference of merit."""


class Basis(StrEnum):
    """What a reviewer's scores are measured by."""

    OWN_SCORES = "own_scores"
    ALL_SCORES = "all_scores"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True)
class Score:
    """What one reviewer gave one application: 100 to 500 points."""

    application: UUID
    reviewer: UUID
    points: int


@dataclass(frozen=True)
class ReviewerScale:
    """How strict a reviewer was, in points, and what their scores were measured by."""

    reviewer: UUID
    count: int
    mean: float
    deviation: float
    basis: Basis


@dataclass(frozen=True)
class Mark:
    """A score and where it stands among the reviewer's own."""

    reviewer: UUID
    points: int
    z: float


@dataclass(frozen=True)
class Standing:
    """Where an application stands. Rank and means are None where nobody has scored it."""

    application: UUID
    rank: int | None
    raw_mean: float | None
    z: float | None
    marks: tuple[Mark, ...]

    @property
    def spread(self) -> float | None:
        """How far apart the highest and the lowest z are; None for fewer than two reviewers."""
        found = [mark.z for mark in self.marks]
        return max(found) - min(found) if len(found) > 1 else None

    @property
    def contested(self) -> bool:
        """Whether its reviewers disagree strongly."""
        return self.spread is not None and round(self.spread, _DECIMALS) >= STRONG_DISAGREEMENT


@dataclass(frozen=True)
class Ranking:
    """All applications of a call, the best first, and how each reviewer scored."""

    standings: tuple[Standing, ...]
    scales: Mapping[UUID, ReviewerScale]


def weighted_points(scores: Sequence[int], weights: Sequence[int]) -> int:
    """Scores of 1 to 5 under weights in percent that sum to 100, in hundredths: 100 to 500."""
    return sum(score * weight for score, weight in zip(scores, weights, strict=True))


def rank(applications: Iterable[UUID], scores: Iterable[Score]) -> Ranking:
    """The ranking; the order in which applications and scores come does not matter."""
    given = sorted(scores, key=lambda score: (score.application, score.reviewer))
    scales = _scales(given)
    marks: dict[UUID, list[Mark]] = defaultdict(list)
    for score in given:
        z = _z(score.points, scales[score.reviewer])
        marks[score.application].append(Mark(score.reviewer, score.points, z))
    unranked = [_standing(each, tuple(marks[each])) for each in sorted(set(applications))]
    return Ranking(tuple(_ranked(unranked)), scales)


def _scales(scores: Sequence[Score]) -> dict[UUID, ReviewerScale]:
    everything = [score.points for score in scores]
    own: dict[UUID, list[int]] = defaultdict(list)
    for score in scores:
        own[score.reviewer].append(score.points)
    return {reviewer: _scale(reviewer, points, everything) for reviewer, points in own.items()}


def _scale(reviewer: UUID, points: Sequence[int], everything: Sequence[int]) -> ReviewerScale:
    if len(points) < FEWEST_FOR_OWN_SCALE:
        measure, basis = everything, Basis.ALL_SCORES
    else:
        measure, basis = points, Basis.OWN_SCORES if len(set(points)) > 1 else Basis.NO_DIFFERENCE
    return ReviewerScale(reviewer, len(points), fmean(measure), pstdev(measure), basis)


def _z(points: int, scale: ReviewerScale) -> float:
    return (points - scale.mean) / scale.deviation if scale.deviation else 0.0


def _standing(application: UUID, marks: tuple[Mark, ...]) -> Standing:
    if not marks:
        return Standing(application, None, None, None, ())
    raw = fmean(mark.points for mark in marks)
    return Standing(application, None, raw, round(fmean(mark.z for mark in marks), _DECIMALS), marks)


def _ranked(standings: Sequence[Standing]) -> Iterable[Standing]:
    """Those without a score last; among equals the order of their ids, which says nothing, is kept."""
    ordered = sorted(standings, key=_merit, reverse=True)
    ordered.sort(key=lambda each: each.z is None)
    place, before = 0, None
    for position, each in enumerate(ordered, start=1):
        if each.z is None:
            yield each
            continue
        if _merit(each) != before:
            place, before = position, _merit(each)
        yield Standing(each.application, place, each.raw_mean, each.z, each.marks)


def _merit(standing: Standing) -> tuple[float, float]:
    if standing.z is None or standing.raw_mean is None:
        return (float("-inf"), float("-inf"))
    return (standing.z, round(standing.raw_mean, _DECIMALS))
