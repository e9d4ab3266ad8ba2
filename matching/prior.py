"""The expert's weights, each with the reason for its size and how firmly it is held.

A weight is what a feature adds to the log-odds when it goes from 0 to 1. The kinds of solution weigh
most because problem and product share few words; facts such as place or size tip the balance between
suppliers of the right kind and never outweigh it. `spread` is the standard deviation of the prior.
"""

import math
from dataclasses import dataclass

FIRM, OPEN = 0.15, 0.25
"""A firm weight needs a few hundred judgements to move by a half, an open one about a hundred."""


@dataclass(frozen=True, slots=True)
class PriorWeight:
    """Mean and spread of a weight, and the side of zero on which it must stay."""

    mean: float
    spread: float
    why: str
    lowest: float = -math.inf
    highest: float = math.inf


def _helps(mean: float, spread: float, why: str) -> PriorWeight:
    return PriorWeight(mean, spread, why, lowest=0.0)


INTERCEPT = PriorWeight(-7.0, 0.5, "out of a hundred suppliers a handful is worth introducing")
POSITION = PriorWeight(
    -0.3, 0.2, "each doubling of the position loses about a quarter of the attention", highest=0.0
)

PRIOR = {
    "category_focus": _helps(3.0, OPEN, "the right kind of solution, and not ten kinds, is most of the gain"),
    "category_fit": _helps(0.7, OPEN, "the same as a probability, so that vague needs score lower"),
    "declared_category_fit": _helps(1.0, OPEN, "the plant asked for it, though it may name the wrong kind"),
    "dense_solution": _helps(1.0, OPEN, "the description speaks of this problem"),
    "dense_summary": _helps(0.4, OPEN, "the same of the company as a whole, vaguer"),
    "lexical": _helps(1.5, OPEN, "rare words in common are seldom chance"),
    "dense_reference_problem": _helps(1.0, OPEN, "it solved this very problem before"),
    "reference_industry": _helps(0.4, FIRM, "it knows the trade from inside"),
    "industry_closeness": _helps(0.8, OPEN, "it offers to this trade"),
    "process_overlap": _helps(0.6, OPEN, "it knows the process"),
    "region_same": _helps(0.3, FIRM, "short ways for commissioning and repair"),
    "region_near": _helps(0.15, FIRM, "half of that"),
    "on_site_region": _helps(0.5, FIRM, "people on site were asked for"),
    "budget_fit": _helps(0.6, FIRM, "a quotation that the plant can pay"),
    "smart_level_fit": _helps(0.3, FIRM, "neither too early nor too late for this plant"),
    "supplier_size": _helps(0.2, FIRM, "large enough to stay for the maintenance"),
    "certification": _helps(0.1, FIRM, "marks vouch for little but not nothing"),
    "existing_systems": _helps(0.3, FIRM, "it has connected to the same system"),
    "track_record": _helps(0.8, FIRM, "account managers introduced it with success"),
    "load": PriorWeight(-0.4, FIRM, "a busy supplier answers late; others should have a turn", highest=0.0),
}
