"""What is measured about a pair, and under which reason it is explained.

Features lie between 0 and 1 unless said otherwise; what is unknown has a stated neutral value, so
that a supplier is not punished for a field that it left empty.
"""

from dataclasses import dataclass

FEATURE_VERSION = 2
"""Raised when a feature is added, removed or changes its meaning: stored weights belong to one version."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A measured quantity; `reason` groups features that one sentence explains."""

    name: str
    reason: str
    meaning: str


FEATURES = (
    Feature("category_fit", "category_fit", "probability that the need calls for a kind that is offered"),
    Feature("category_focus", "category_fit", "cosine of the kinds called for and the kinds offered"),
    Feature("declared_category_fit", "declared_category", "share of the kinds asked for that are offered"),
    Feature("dense_solution", "text_fit", "similarity of the need and the solution text, scaled per need"),
    Feature("dense_summary", "text_fit", "similarity of the need and the summary, scaled per need"),
    Feature("lexical", "text_fit", "share of the need's rare words that the supplier uses, 1 from a fifth"),
    Feature(
        "dense_reference_problem", "similar_problem", "similarity of need and solved problem, scaled per need"
    ),
    Feature("reference_industry", "industry_fit", "closeness of the need's industry and that of a reference"),
    Feature("industry_closeness", "industry_fit", "closeness of the need's industry and those offered for"),
    Feature("process_overlap", "process_fit", "share of the need's processes that the solution is for"),
    Feature("region_same", "region_fit", "the supplier sits in the need's region"),
    Feature("region_near", "region_fit", "the supplier sits in a bordering region"),
    Feature(
        "on_site_region", "region_fit", "region_same plus half region_near where on-site support is asked"
    ),
    Feature("budget_fit", "budget_fit", "how far the price range lies within the budget; 0.5 unknown"),
    Feature("smart_level_fit", "smart_level_fit", "the solution is for the plant's level; 0.5 unknown"),
    Feature("supplier_size", "supplier_size", "number of employees on a log scale, 1 from 100; 0.5 unknown"),
    Feature("certification", "certification", "number of certifications, 1 from three"),
    Feature("existing_systems", "existing_systems", "share of the plant's systems that the supplier names"),
    Feature("track_record", "track_record", "introductions less rejections, shrunk to 0; -1 to 1"),
    Feature("load", "load", "share of the capacity that is taken"),
)

FEATURE_NAMES = tuple(feature.name for feature in FEATURES)
