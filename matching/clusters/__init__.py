"""Digital clusters (디지털 클러스터): alike needs that could share a solution and a supplier.

`find_clusters` groups open needs by what they call for, what they say, their trade and their processes,
names the groups and recognises those of the run before. `serving_suppliers` tells who could serve one.
"""

from matching.clusters.cluster import (
    Cluster,
    Clustering,
    ClusterQuality,
    CommonNeed,
    KnownCluster,
    Share,
)
from matching.clusters.finding import find_clusters
from matching.clusters.grouping import MOST_CLUSTERS
from matching.clusters.serving import ServingSupplier, serving_suppliers

__all__ = [
    "MOST_CLUSTERS",
    "Cluster",
    "ClusterQuality",
    "Clustering",
    "CommonNeed",
    "KnownCluster",
    "ServingSupplier",
    "Share",
    "find_clusters",
    "serving_suppliers",
]
