"""The code lists of the field and the Korean words that stand for them.

Sources: 한국표준산업분류 10차 section C (통계청), 법정동 region codes with the changes of 강원
(2023-06-11, 42 to 51) and 전북 (2024-01-18, 45 to 52), the groups of the national supplier pool
for the solution categories. The process list, the synonyms and the related divisions are curated here.
"""

from matching.taxonomy.categories import (
    SolutionCategory,
    category_codes,
    category_name,
    mentioned_categories,
    solution_categories,
)
from matching.taxonomy.ksic import (
    Industry,
    division_of,
    industries,
    industry_closeness,
    industry_distance,
    industry_name,
)
from matching.taxonomy.levels import (
    Certification,
    SmartLevel,
    certification_name,
    certifications,
    smart_level_order,
    smart_levels,
)
from matching.taxonomy.provinces import Region, are_neighbours, current_region, region_name, regions
from matching.taxonomy.shop_floor import (
    Process,
    mentioned_processes,
    process_of,
    processes,
    processes_of_industry,
)

__all__ = [
    "Certification",
    "Industry",
    "Process",
    "Region",
    "SmartLevel",
    "SolutionCategory",
    "are_neighbours",
    "category_codes",
    "category_name",
    "certification_name",
    "certifications",
    "current_region",
    "division_of",
    "industries",
    "industry_closeness",
    "industry_distance",
    "industry_name",
    "mentioned_categories",
    "mentioned_processes",
    "process_of",
    "processes",
    "processes_of_industry",
    "region_name",
    "regions",
    "smart_level_order",
    "smart_levels",
    "solution_categories",
]
