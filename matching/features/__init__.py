"""A named, versioned feature vector for each pair of a need and a supplier's solution."""

from matching.features.candidates import Candidates, candidates, shortlist
from matching.features.names import FEATURE_NAMES, FEATURE_VERSION, FEATURES, Feature
from matching.features.need import EmbeddedNeed

__all__ = [
    "FEATURES",
    "FEATURE_NAMES",
    "FEATURE_VERSION",
    "Candidates",
    "EmbeddedNeed",
    "Feature",
    "candidates",
    "shortlist",
]
