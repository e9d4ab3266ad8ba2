"""What a cluster is made of: frozen values that the service stores and shows."""

from dataclasses import dataclass

from matching.domain import InferredCategory


@dataclass(frozen=True, slots=True)
class Share:
    """A code or a name, and how many of the cluster it holds for."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class CommonNeed:
    """The most central need, by one or two of its own sentences, as what the members have in common."""

    need_id: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClusterQuality:
    """How far a cluster can be trusted.

    `silhouette`: mean over the members, 1 far from all others, 0 on the border. `cohesion`: mean cosine
    between members. `stability`: mean Jaccard overlap with its likest group when a fifth of all needs is
    left away.
    """

    silhouette: float
    cohesion: float
    stability: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of needs, and through them of manufacturers, that a solution and a supplier could serve.

    `known_id` is that of the stored cluster that it continues, None for a new one. `owners` stand
    beside `need_ids`. `industries` counts owners by division, `processes` counts needs.
    """

    known_id: str | None
    name: str
    need_ids: tuple[str, ...]
    owners: tuple[str, ...]
    categories: tuple[InferredCategory, ...]
    industries: tuple[Share, ...]
    processes: tuple[Share, ...]
    words: tuple[str, ...]
    common_need: CommonNeed
    quality: ClusterQuality

    @property
    def main_category(self) -> str:
        """The kind of solution with the highest mean probability."""
        return self.categories[0].category


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster of the run before: what is needed to recognise it."""

    id: str
    name: str
    main_category: str
    need_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clustering:
    """Every cluster, the best supported first, and the needs that belong to none.

    `reason` tells why there is none: `too_few_needs` or `nothing_stable`. `silhouette` is the mean
    over the needs inside, `stability` the mean adjusted Rand index over the refits.
    """

    clusters: tuple[Cluster, ...]
    outside: tuple[str, ...]
    silhouette: float | None = None
    stability: float | None = None
    reason: str | None = None

    @property
    def share_outside(self) -> float:
        """The share of the needs that belong to no cluster; 0 of none."""
        inside = sum(len(cluster.need_ids) for cluster in self.clusters)
        return len(self.outside) / max(inside + len(self.outside), 1)
