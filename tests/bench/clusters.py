"""How good the clusters of the demo needs are, beside others: python -m tests.bench.clusters

Every way of grouping chooses its own number of groups (2 to 40, by silhouette) and is then settled like ours:
strangers out, at most twenty clusters. Figures of a line:

- clusters, and the share of the needs outside;
- silhouette of all needs in the line's own points, as the number was chosen by;
- stability: mean adjusted Rand index over refits on four fifths of the needs;
- silhouette of the members in our points, the same for all lines;
- shared supplier: among pairs of judged needs in one cluster, the share for which one supplier was graded
  2 or 3 for both. It is the only figure that the grouping has not seen, and says whether a supplier could
  serve a cluster.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.metrics import adjusted_rand_score

import seed_data
from matching.clusters import find_clusters, representation
from matching.clusters.grouping import (
    FINEST_CUT,
    OUTSIDE,
    REFITS,
    REFITTED_SHARE,
    SEED,
    Labels,
    cosine_distances,
    settled,
    silhouettes,
)
from matching.clusters.representation import Numbers, points, probabilities, unit_rows
from matching.domain import InferredCategory, NeedProfile
from matching.encoder import embed
from matching.features import EmbeddedNeed
from matching.text import passages_of_need
from service.cli.preparation import prepared_encoder
from service.recommendations.matching_engine import load_intent
from service.settings import Settings

Group = Callable[[Numbers, int], Labels]
WEIGHTS = ("CATEGORY_WEIGHT", "TEXT_WEIGHT", "INDUSTRY_WEIGHT", "PROCESS_WEIGHT")
GOOD_GRADE = 2


@dataclass(frozen=True)
class Demo:
    """The demo needs with their kinds of solution, and for which pairs a good supplier is shared."""

    needs: list[EmbeddedNeed]
    inferred: list[tuple[InferredCategory, ...]]
    judged: NDArray[np.bool_]
    shared: NDArray[np.bool_]

    @property
    def owners(self) -> NDArray[np.str_]:
        """The manufacturers."""
        return np.array([need.profile.manufacturer_business_number for need in self.needs])


def ward_linkage(rows: Numbers, number: int) -> Labels:
    return AgglomerativeClustering(number, linkage="ward").fit_predict(rows)


def average_linkage(rows: Numbers, number: int) -> Labels:
    return AgglomerativeClustering(number, linkage="average", metric="cosine").fit_predict(rows)


def k_means(rows: Numbers, number: int) -> Labels:
    return KMeans(number, n_init=10, random_state=SEED).fit_predict(rows)


def spectral(rows: Numbers, number: int) -> Labels:
    likeness = np.clip(rows @ rows.T, 0, None)
    grouping = SpectralClustering(
        number, affinity="precomputed", random_state=SEED, assign_labels="cluster_qr"
    )
    return grouping.fit_predict(likeness)


def load_demo() -> Demo:
    """The demo needs embedded by the service's encoder; the category that some of them name is not told."""
    settings = Settings()
    encoder = prepared_encoder(settings, lambda _: None)
    intent = load_intent(encoder.name, settings.intent_dir)
    makers = {row["business_number"]: row for row in seed_data.manufacturers()}
    needs = []
    for row in seed_data.needs():
        owner = makers[row["manufacturer_business_number"]]
        profile = NeedProfile(
            need_id=row["key"],
            title=row["title"],
            description=row["description"],
            industry=owner["industry"],
            region=owner["region"],
            manufacturer_business_number=owner["business_number"],
            processes=tuple(row.get("processes", ())),
        )
        needs.append(EmbeddedNeed(profile, embed(encoder, passages_of_need(profile))))
    good: dict[str, set[str]] = {}
    for row in seed_data.judgements():
        if row["grade"] >= GOOD_GRADE:
            good.setdefault(row["need"], set()).add(row["supplier"])
    sets = [good.get(str(need.profile.need_id), set()) for need in needs]
    shared = np.array([[bool(one & other) for other in sets] for one in sets])
    inferred = [intent.infer(need.profile.text, need.vector) for need in needs]
    return Demo(needs, inferred, np.array([bool(one) for one in sets]), shared)


def represented(demo: Demo, weights: Sequence[float], exponent: float = 1.0) -> Numbers:
    """The points under other weights, or with the probabilities softened by an exponent below 1."""
    before = {name: getattr(representation, name) for name in WEIGHTS}
    try:
        for name, weight in zip(WEIGHTS, weights, strict=True):
            setattr(representation, name, weight)
        return points(demo.needs, probabilities(demo.inferred) ** exponent)
    finally:
        for name, weight in before.items():
            setattr(representation, name, weight)


def share_with_a_supplier(demo: Demo, labels: Labels) -> float:
    """The share of judged pairs of one cluster for which a supplier is good for both."""
    together = (labels[:, None] == labels) & (labels[:, None] != OUTSIDE)
    pairs = np.triu(together & demo.judged[:, None] & demo.judged, 1)
    return float(demo.shared[pairs].mean())


def line(demo: Demo, name: str, rows: Numbers, group: Group) -> str:
    """One way of grouping, measured."""
    own = cosine_distances(rows)
    cuts = {number: group(rows, number) for number in range(2, FINEST_CUT + 1)}
    quality = {number: float(silhouettes(own, labels).mean()) for number, labels in cuts.items()}
    number = max(quality, key=lambda number: (quality[number], -number))
    chance = np.random.default_rng(SEED)
    size = round(REFITTED_SHARE * len(rows))
    kept = [np.sort(chance.choice(len(rows), size, replace=False)) for _ in range(REFITS)]
    stability = np.mean([adjusted_rand_score(cuts[number][some], group(rows[some], number)) for some in kept])
    labels = settled(cuts[number], own, probabilities(demo.inferred), demo.owners)
    inside = labels != OUTSIDE
    ours = silhouettes(cosine_distances(points(demo.needs, probabilities(demo.inferred))), labels)[
        inside
    ].mean()
    clusters = len(np.unique(labels[inside]))
    shared = share_with_a_supplier(demo, labels)
    figures = (
        f"{1 - inside.mean():5.2f}   {quality[number]:6.3f}  {stability:5.2f}   {ours:6.3f}   {shared:6.3f}"
    )
    return f"  {number:3} -> {clusters:3}   {figures}   {name}"


def report_clusters(demo: Demo) -> list[str]:
    """What the service would show."""
    found = find_clusters(demo.needs, demo.inferred)
    lines = [
        f"{len(demo.needs)} needs: {len(found.clusters)} clusters, silhouette {found.silhouette:.3f}, "
        f"stability {found.stability:.2f}, outside {found.share_outside:.2f}",
        "  needs  plants  silhouette  stability  name",
    ]
    for cluster in found.clusters:
        quality = cluster.quality
        lines.append(
            f"  {len(cluster.need_ids):5}  {len(set(cluster.owners)):6}  {quality.silhouette:10.2f}  "
            f"{quality.stability:9.2f}  {cluster.name}  {', '.join(cluster.words)}"
        )
    return lines


def main() -> None:
    """Print the clusters and the comparison."""
    demo = load_demo()
    ours = tuple(getattr(representation, name) for name in WEIGHTS)
    rows = represented(demo, ours)
    shuffled = unit_rows(np.random.default_rng(SEED).permuted(rows, axis=0))
    ways: list[tuple[str, Numbers, Group]] = [
        ("Ward (ours)", rows, ward_linkage),
        ("average linkage", rows, average_linkage),
        ("k-means", rows, k_means),
        ("spectral", rows, spectral),
        ("Ward, softened probabilities (square root)", represented(demo, ours, 0.5), ward_linkage),
        ("Ward, text twice as heavy", represented(demo, (1, 1, 0.25, 0.25)), ward_linkage),
        ("Ward, trade and process twice as heavy", represented(demo, (1, 0.5, 0.5, 0.5)), ward_linkage),
        ("Ward, kinds of solution only", represented(demo, (1, 0, 0, 0)), ward_linkage),
        ("Ward, without kinds of solution", represented(demo, (0, 0.5, 0.25, 0.25)), ward_linkage),
        ("Ward, text only", represented(demo, (0, 1, 0, 0)), ward_linkage),
        ("k-means, text only", represented(demo, (0, 1, 0, 0)), k_means),
        ("Ward, our points shuffled column by column", shuffled, ward_linkage),
    ]
    any_pair = share_with_a_supplier(demo, np.zeros(len(demo.needs), np.int64))
    lines = report_clusters(demo)
    lines.append("  groups    outside   own s.  stable   our s.   shared supplier")
    lines.append(f"    1 ->   1    0.00                             {any_pair:6.3f}   all needs in one")
    lines += [line(demo, *way) for way in ways]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
