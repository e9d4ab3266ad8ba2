"""Each need as one point, so that needs a supplier could answer together lie close.

Four views stand side by side, each of length 1 and weighed by a constant: the kinds of solution that the
text calls for, the text itself, the trade and the processes. The cosine of two points is then the weighed
mean of the cosines of the views. The kinds lead because members of a cluster shall share a solution.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.domain import InferredCategory
from matching.features import EmbeddedNeed
from matching.taxonomy import category_codes, division_of, industries, industry_distance

Numbers = NDArray[np.float64]

CATEGORY_WEIGHT = 1.0
TEXT_WEIGHT = 0.5
INDUSTRY_WEIGHT = 0.25
PROCESS_WEIGHT = 0.25


def probabilities(inferred: Sequence[Sequence[InferredCategory]]) -> Numbers:
    """Shape (needs, categories), columns in the order of the code list."""
    column = {code: place for place, code in enumerate(category_codes())}
    rows = np.zeros((len(inferred), len(column)))
    for row, categories in enumerate(inferred):
        for each in categories:
            if each.category in column:
                rows[row, column[each.category]] = each.probability
    return rows


def points(needs: Sequence[EmbeddedNeed], kinds: Numbers) -> Numbers:
    """One unit row a need."""
    views = (
        (CATEGORY_WEIGHT, kinds),
        (TEXT_WEIGHT, _centred_texts(needs)),
        (INDUSTRY_WEIGHT, _trades(needs)),
        (PROCESS_WEIGHT, _processes(needs)),
    )
    return unit_rows(np.hstack([np.sqrt(weight) * unit_rows(view) for weight, view in views]))


def _centred_texts(needs: Sequence[EmbeddedNeed]) -> Numbers:
    """Sentence vectors less their mean: e5 vectors all point nearly the same way."""
    vectors = np.stack([need.vector for need in needs]).astype(np.float64)
    return np.asarray(vectors - vectors.mean(axis=0))


def unit_rows(rows: Numbers) -> Numbers:
    """Rows of length 1; a row of zeros stays."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def _trades(needs: Sequence[EmbeddedNeed]) -> Numbers:
    """Closeness to every division of KSIC, so that related divisions are near and strangers are not."""
    divisions = [industry.code for industry in industries() if industry.parent is None]
    own = [division_of(need.profile.industry) for need in needs]
    return np.array([[1.0 - industry_distance(one, other) for other in divisions] for one in own])


def _processes(needs: Sequence[EmbeddedNeed]) -> Numbers:
    """A column for each process that occurs."""
    column = {
        name: place for place, name in enumerate(sorted({name for need in needs for name in need.processes}))
    }
    rows = np.zeros((len(needs), max(len(column), 1)))
    for row, need in enumerate(needs):
        rows[row, [column[name] for name in need.processes]] = 1.0
    return rows
