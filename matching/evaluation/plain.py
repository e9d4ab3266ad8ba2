"""Evaluations as plain values for JSON, rounded to what is meaningful; nan becomes None."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from matching.evaluation.breakdown import by_category, worst_needs
from matching.evaluation.calibration import category_calibration, score_calibration
from matching.evaluation.measures import Evaluation

DECIMALS = 4


def as_json(evaluations: Sequence[Evaluation], errors: int = 0) -> list[dict[str, Any]]:
    """One object a corpus; `errors` says how many of the worst needs to name."""
    return [
        {
            "corpus": each.corpus,
            "documents": len(each.benchmark.documents),
            "judged_pairs": int(each.benchmark.judged.sum()),
            "results": [rounded(asdict(row)) for row in each.measured],
            "comparison": rounded(asdict(each.comparison)) if each.comparison else None,
            "categories": [rounded(asdict(row)) for row in by_category(each)],
            "calibration": [
                rounded(asdict(found))
                for found in (score_calibration(each), category_calibration(each))
                if found is not None
            ],
            "errors": [rounded(asdict(row)) for row in worst_needs(each, errors)],
        }
        for each in evaluations
    ]


def rounded(value: Any) -> Any:
    """The same with rounded numbers, at any depth."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, DECIMALS)
    return value
