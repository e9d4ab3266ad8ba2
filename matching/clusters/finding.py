"""From open needs to named clusters: represent, group, describe, recognise, name."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.clusters.cluster import Cluster, Clustering, ClusterQuality, CommonNeed, KnownCluster, Share
from matching.clusters.grouping import OUTSIDE, Grouping, Labels, NoGroupingError, grouped
from matching.clusters.identity import continued
from matching.clusters.naming import name_of
from matching.clusters.representation import Numbers, points, probabilities, unit_rows
from matching.clusters.words import distinctive_words
from matching.domain import InferredCategory
from matching.features import EmbeddedNeed
from matching.taxonomy import category_codes, division_of

LEAST_PROBABILITY = 0.15
"""Kinds of solution under this mean probability are not told of a cluster."""

MOST_SENTENCES = 2


def find_clusters(
    needs: Sequence[EmbeddedNeed],
    inferred: Sequence[Sequence[InferredCategory]],
    known: Sequence[KnownCluster] = (),
    withheld: Collection[str] = (),
) -> Clustering:
    """The clusters of these needs; the same needs in any order give the same clusters.

    `inferred` holds the kinds of solution of each need as `Recommender.infer` gives them, `known` the
    clusters of the run before, `withheld` the company names that no word may tell.
    """
    order = sorted(range(len(needs)), key=lambda row: needs[row].profile.need_id or "")
    ordered, kinds = [needs[row] for row in order], probabilities([inferred[row] for row in order])
    owners = [_owner(need) for need in ordered]
    try:
        place = points(ordered, kinds) if ordered else np.zeros((0, 1))
        found = grouped(place, kinds, np.array(owners))
    except NoGroupingError as none:
        return Clustering((), tuple(_id(need) for need in ordered), reason=none.reason)
    material = _Material(ordered, owners, kinds, place)
    clusters = _named(material.clusters(found, withheld), known)
    outside = tuple(_id(ordered[row]) for row in np.flatnonzero(found.labels == OUTSIDE))
    inside = found.silhouettes[found.labels != OUTSIDE]
    return Clustering(clusters, outside, float(inside.mean()), found.stability)


@dataclass(frozen=True, eq=False)
class _Material:
    """The needs in order with everything computed of them, a row each."""

    needs: Sequence[EmbeddedNeed]
    owners: Sequence[str]
    kinds: Numbers
    place: Numbers

    def clusters(self, found: Grouping, withheld: Collection[str]) -> list[Cluster]:
        """Every group described, the best supported first; the names are still to come."""
        groups = {label: np.flatnonzero(found.labels == label) for label in found.stability_of}
        texts = [need.profile.text for need in self.needs]
        words = distinctive_words(texts, self.owners, list(groups.values()), withheld)
        clusters = [
            self._cluster(rows, own_words, found, found.stability_of[label])
            for (label, rows), own_words in zip(groups.items(), words, strict=True)
        ]
        return sorted(clusters, key=_support)

    def _cluster(self, rows: Labels, words: tuple[str, ...], found: Grouping, stability: float) -> Cluster:
        members, owners = [self.needs[row] for row in rows], [self.owners[row] for row in rows]
        cosines = self.place[rows] @ self.place[rows].T
        trades = {
            owner: division_of(need.profile.industry) for owner, need in zip(owners, members, strict=True)
        }
        return Cluster(
            known_id=None,
            name="",
            need_ids=tuple(map(_id, members)),
            owners=tuple(owners),
            categories=_categories(self.kinds[rows]),
            industries=_counted(trades.values()),
            processes=_counted(name for member in members for name in member.processes),
            words=words,
            common_need=self._common_need(rows, int(cosines.sum(axis=1).argmax())),
            quality=ClusterQuality(
                silhouette=float(found.silhouettes[rows].mean()),
                cohesion=float((cosines.sum() - len(rows)) / (len(rows) * (len(rows) - 1))),
                stability=stability,
            ),
        )

    def _common_need(self, rows: Labels, central: int) -> CommonNeed:
        """The sentences of the most central need that are nearest to the members' mean, as they follow."""
        need = self.needs[rows[central]]
        mean = np.mean([one.vector for one in self.needs], axis=0)
        direction = np.mean([self.needs[row].vector for row in rows], axis=0) - mean
        nearness = unit_rows(need.sentences.vectors.astype(np.float64) - mean) @ direction
        chosen = sorted(np.argsort(-nearness, kind="stable")[:MOST_SENTENCES])
        return CommonNeed(_id(need), tuple(need.sentences.passages[place].text for place in chosen))


def _named(clusters: Sequence[Cluster], known: Sequence[KnownCluster]) -> tuple[Cluster, ...]:
    """Those that continue a known cluster keep its id and name; the others get a name that is still free."""
    kinds = [cluster.main_category for cluster in clusters]
    before = continued([cluster.need_ids for cluster in clusters], kinds, known)
    taken = {old.name for old in before if old is not None}
    named = []
    for cluster, old in zip(clusters, before, strict=True):
        name = old.name if old else name_of(cluster, taken)
        taken.add(name)
        named.append(replace(cluster, known_id=old.id if old else None, name=name))
    return tuple(named)


def _support(cluster: Cluster) -> tuple[int, int, float]:
    """Sorts the cluster with the most owners, then needs, then cohesion first."""
    return -len(set(cluster.owners)), -len(cluster.need_ids), -cluster.quality.cohesion


def _categories(kinds: Numbers) -> tuple[InferredCategory, ...]:
    """Kinds by mean probability; the main one is told however small it is."""
    means = kinds.mean(axis=0)
    ordered = [
        InferredCategory(category_codes()[place], float(means[place]))
        for place in np.argsort(-means, kind="stable")
    ]
    return (ordered[0], *(each for each in ordered[1:] if each.probability >= LEAST_PROBABILITY))


def _counted(codes: Iterable[str]) -> tuple[Share, ...]:
    counts = Counter(codes)
    return tuple(Share(code, counts[code]) for code in sorted(counts, key=lambda code: (-counts[code], code)))


def _id(need: EmbeddedNeed) -> str:
    return need.profile.need_id or ""


def _owner(need: EmbeddedNeed) -> str:
    """A need without a known manufacturer stands for itself."""
    return need.profile.manufacturer_business_number or f"need {_id(need)}"
