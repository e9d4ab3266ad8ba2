"""Which cluster of this run is which of the run before, so that a link to a cluster keeps working."""

from collections.abc import Collection, Sequence

import numpy as np

from matching.clusters.cluster import KnownCluster

LEAST_OVERLAP = 0.3
"""Jaccard index of the members from which two clusters are one and the same that has moved a little."""


def continued(
    members: Sequence[Collection[str]], kinds: Sequence[str], known: Sequence[KnownCluster]
) -> list[KnownCluster | None]:
    """For each new group the known cluster that it continues: the pairing with the largest summed overlap.

    A group whose main kind of solution is another does not continue a cluster: its name would be wrong.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - slow to import, only for this

    found: list[KnownCluster | None] = [None] * len(members)
    if not members or not known:
        return found
    overlaps = np.array(
        [
            [_overlap(set(own), other) if kind == other.main_category else 0.0 for other in known]
            for own, kind in zip(members, kinds, strict=True)
        ]
    )
    overlaps[overlaps < LEAST_OVERLAP] = 0.0
    for row, column in zip(*linear_sum_assignment(overlaps, maximize=True), strict=True):
        if overlaps[row, column] > 0:
            found[row] = known[column]
    return found


def _overlap(own: set[str], other: KnownCluster) -> float:
    return len(own & other.need_ids) / len(own | other.need_ids)
