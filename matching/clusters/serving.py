"""The suppliers that could serve a whole cluster: those that rank well for many of its members."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TOP = 10
MOST_SUPPLIERS = 10


@dataclass(frozen=True, slots=True)
class ServingSupplier:
    """A supplier for a cluster.

    `mean_score` is over the members for which it is eligible, `eligible` their number, `in_top` for
    how many members it is among the ten best.
    """

    supplier_id: str
    mean_score: float
    eligible: int
    in_top: int


def serving_suppliers(scores: Sequence[Mapping[str, float]]) -> tuple[ServingSupplier, ...]:
    """The best suppliers for members with these scores (`Recommender.scores` of each), best first.

    One that is among the ten best for no more than one member (of several) serves that member, not the
    cluster, and is left out. The order is by how many members it is good for, then by mean score.
    """
    given: dict[str, list[float]] = defaultdict(list)
    in_top: dict[str, int] = defaultdict(int)
    for of_member in scores:
        for supplier_id, score in of_member.items():
            given[supplier_id].append(score)
        for supplier_id in _best(of_member):
            in_top[supplier_id] += 1
    found = [
        ServingSupplier(
            supplier_id, sum(given[supplier_id]) / len(given[supplier_id]), len(given[supplier_id]), count
        )
        for supplier_id, count in in_top.items()
        if count > 1
    ]
    found.sort(key=lambda one: (-one.in_top, -one.mean_score, one.supplier_id))
    return tuple(found[:MOST_SUPPLIERS])


def _best(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda supplier_id: (-scores[supplier_id], supplier_id))[:TOP]
