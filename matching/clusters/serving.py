"""The suppliers that could serve a whole cluster: those that rank well for many of its members."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TOP = 10
MOST_SUPPLIERS = 10
LEAST_MEAN_SCORE = 0.2
"""Under this the supplier is among the ten best only because there are so few for this kind of solution."""


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

    One that is among the ten best for a single member serves that member, not the cluster, and is left
    out. A score is a probability, so the sum over the members is how many introductions to expect: the order.
    """
    given: dict[str, list[float]] = defaultdict(list)
    in_top: Counter[str] = Counter()
    for of_member in scores:
        in_top.update(_best(of_member))
        for supplier_id, score in of_member.items():
            given[supplier_id].append(score)
    several = sorted(supplier_id for supplier_id, count in in_top.items() if count > 1)
    several.sort(key=lambda supplier_id: -sum(given[supplier_id]))
    found = [
        ServingSupplier(each, sum(given[each]) / len(given[each]), len(given[each]), in_top[each])
        for each in several
    ]
    return tuple(one for one in found if one.mean_score >= LEAST_MEAN_SCORE)[:MOST_SUPPLIERS]


def _best(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda supplier_id: (-scores[supplier_id], supplier_id))[:TOP]
