"""Cutting the points into groups: how many, who belongs, and how far the answer can be trusted.

Ward's tree (1963) over unit points; one tree answers for every number of groups. The number is the one
with the highest mean silhouette (Rousseeuw, 1987) among those that come out alike when a fifth of the
needs is left away (mean adjusted Rand index, Hubert and Arabie, 1985); shuffled points must not group as
well. It may be above the twenty clusters that the alliance wants: then the twenty with the most owners
stay. Cutting into twenty from the start would press unlike needs together. A single group's stability is
the mean Jaccard overlap with its likest group in the refits (Hennig, 2007).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.clusters.representation import Numbers, unit_rows

Labels = NDArray[np.int64]
Owners = NDArray[np.str_]

OUTSIDE = -1
MOST_CLUSTERS = 20
FINEST_CUT = 2 * MOST_CLUSTERS
FEWEST_NEEDS = 6
"""Of fewer needs no grouping can be told from chance."""

FEWEST_OWNERS = 2
LEAST_STABILITY = 0.5
"""Mean adjusted Rand index under which a number of groups depends on which needs happen to be open."""

SHUFFLES = 19
"""So often the points are shuffled column by column; none may group as well (a permutation test at 0.05)."""

LEAST_KIND = 0.2
"""A need whose probability of its group's main kind is below this would not be helped by its solution."""

REFITS = 20
REFITTED_SHARE = 0.8
SEED = 20250711


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Every need in some group; `stability` is the mean adjusted Rand index over the refits."""

    number: int
    labels: Labels
    silhouette: float
    stability: float


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Who belongs together: `OUTSIDE` in `labels` marks what belongs nowhere, its silhouette is 0."""

    labels: Labels
    silhouettes: Numbers
    stability: float
    stability_of: dict[int, float]


class NoGroupingError(ValueError):
    """The needs do not fall into groups; `reason` is `too_few_needs` or `nothing_stable`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def grouped(points: Numbers, kinds: Numbers, owners: Owners) -> Grouping:
    """The groups that at least two owners share, `MOST_CLUSTERS` at most. Raises `NoGroupingError`.

    `points` are unit rows, `kinds` the probabilities of the solution categories, `owners` the
    manufacturers, all in the same order.
    """
    if len(points) < FEWEST_NEEDS:
        raise NoGroupingError("too_few_needs")
    distances = cosine_distances(points)
    refits = Refits(points)
    cut = best_cut(points, distances, refits)
    kept = settled(cut.labels, distances, kinds, owners)
    found = [int(label) for label in np.unique(kept) if label != OUTSIDE]
    if not found:
        raise NoGroupingError("nothing_stable")
    overlaps = {label: refits.overlap(np.flatnonzero(kept == label), cut.number) for label in found}
    return Grouping(kept, silhouettes(distances, kept), cut.stability, overlaps)


@dataclass(frozen=True, eq=False)
class Refits:
    """The same grouping over random shares of the points, drawn alike at every run."""

    points: Numbers

    @cached_property
    def trees(self) -> list[tuple[Labels, Numbers]]:
        """The rows that were kept and the tree over them."""
        chance = np.random.default_rng(SEED)
        size = round(REFITTED_SHARE * len(self.points))
        kept = [np.sort(chance.choice(len(self.points), size, replace=False)) for _ in range(REFITS)]
        return [(rows, _tree(self.points[rows])) for rows in kept]

    def stability(self, labels: Labels, number: int) -> float:
        """Mean adjusted Rand index between these labels and the refits with as many groups."""
        from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - slow to import, only for this

        return float(
            np.mean([adjusted_rand_score(labels[rows], _cut(tree, number)) for rows, tree in self.trees])
        )

    def overlap(self, members: Labels, number: int) -> float:
        """Mean Jaccard overlap of a group with its likest one in each refit that has a member of it."""
        found = []
        for rows, tree in self.trees:
            inside = np.isin(rows, members)
            refitted = _cut(tree, number)
            likest = (_jaccard(inside, refitted == label) for label in np.unique(refitted[inside]))
            found.append(max(likest, default=np.nan))
        return float(np.nanmean(found))


def best_cut(points: Numbers, distances: Numbers, refits: Refits) -> Cut:
    """The stable number of groups with the highest silhouette. Raises `NoGroupingError` without one."""
    tree = _tree(points)
    best: Cut | None = None
    for number in range(2, min(FINEST_CUT, len(points) // 2) + 1):
        labels = _cut(tree, number)
        quality = float(silhouettes(distances, labels).mean())
        if best is not None and quality <= best.silhouette:
            continue
        stability = refits.stability(labels, number)
        if stability >= LEAST_STABILITY:
            best = Cut(number, labels, quality, stability)
    if best is None or best.silhouette <= _by_chance(points, best.number):
        raise NoGroupingError("nothing_stable")
    return best


def _by_chance(points: Numbers, number: int) -> float:
    """The best mean silhouette of as many groups among points that have only their columns in common."""
    chance = np.random.default_rng(SEED)
    found = []
    for _ in range(SHUFFLES):
        shuffled = unit_rows(chance.permuted(points, axis=0))
        found.append(silhouettes(cosine_distances(shuffled), _cut(_tree(shuffled), number)).mean())
    return float(max(found))


def cosine_distances(points: Numbers) -> Numbers:
    """1 minus the cosine of unit rows, exactly 0 on the diagonal."""
    distances = 1.0 - np.clip(points @ points.T, -1.0, 1.0)
    np.fill_diagonal(distances, 0.0)
    return np.asarray(distances)


def silhouettes(distances: Numbers, labels: Labels) -> Numbers:
    """Silhouette of each need inside a group; 0 for those outside, and where there is one group only."""
    from sklearn.metrics import silhouette_samples  # noqa: PLC0415 - slow to import, only for this

    found = np.zeros(len(labels))
    inside = np.flatnonzero(labels != OUTSIDE)
    if 1 < len(np.unique(labels[inside])) < len(inside):
        near = distances[np.ix_(inside, inside)]
        found[inside] = silhouette_samples(near, labels[inside], metric="precomputed")
    return found


def settled(labels: Labels, distances: Numbers, kinds: Numbers, owners: Owners) -> Labels:
    """Who really belongs to a group of the cut, and which groups are worth being a cluster."""
    kept = _without_strangers(labels, silhouettes(distances, labels), kinds, owners)
    kept = _best_supported(kept, silhouettes(distances, kept), owners)
    return _with_latecomers(kept, distances, kinds)


def _without_strangers(labels: Labels, quality: Numbers, kinds: Numbers, owners: Owners) -> Labels:
    """The labels without needs nearer to another group, or that do not call for the main kind of theirs."""
    kept = np.where(quality < 0, OUTSIDE, labels)
    for label in np.unique(labels):
        rows = np.flatnonzero(kept == label)
        if len(rows):
            kept[rows[kinds[rows, main_kind(kinds[rows])] < LEAST_KIND]] = OUTSIDE
        rows = np.flatnonzero(kept == label)
        if len(np.unique(owners[rows])) < FEWEST_OWNERS:
            kept[rows] = OUTSIDE
    return kept


def _best_supported(labels: Labels, quality: Numbers, owners: Owners) -> Labels:
    """The labels of the `MOST_CLUSTERS` groups with the most owners, then needs, then cohesion."""

    def support(label: int) -> tuple[int, int, float]:
        rows = np.flatnonzero(labels == label)
        return len(np.unique(owners[rows])), len(rows), float(quality[rows].mean())

    found = [int(label) for label in np.unique(labels) if label != OUTSIDE]
    staying = sorted(found, key=support, reverse=True)[:MOST_CLUSTERS]
    return np.where(np.isin(labels, staying), labels, OUTSIDE)


def _with_latecomers(labels: Labels, distances: Numbers, kinds: Numbers) -> Labels:
    """Whoever is outside joins the nearest group if it calls for its main kind and is as near as a member."""
    taken = labels.copy()
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels) if label != OUTSIDE]
    for row in np.flatnonzero(labels == OUTSIDE):
        nearest = min(groups, key=lambda rows: distances[row, rows].mean(), default=None)
        if nearest is None or kinds[row, main_kind(kinds[nearest])] < LEAST_KIND:
            continue
        among_members = distances[np.ix_(nearest, nearest)].sum(axis=1) / (len(nearest) - 1)
        if distances[row, nearest].mean() <= among_members.max():
            taken[row] = labels[nearest[0]]
    return taken


def main_kind(kinds: Numbers) -> int:
    """The column with the highest mean probability."""
    return int(kinds.mean(axis=0).argmax())


def _tree(points: Numbers) -> Numbers:
    """Ward's tree."""
    from scipy.cluster.hierarchy import ward  # noqa: PLC0415 - slow to import, only for this

    return np.asarray(ward(points))


def _cut(tree: Numbers, number: int) -> Labels:
    """So many groups, or fewer when merges lie at the same height (copies of one text)."""
    from scipy.cluster.hierarchy import fcluster  # noqa: PLC0415 - slow to import, only for this

    return np.asarray(fcluster(tree, number, criterion="maxclust"), np.int64)


def _jaccard(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())
