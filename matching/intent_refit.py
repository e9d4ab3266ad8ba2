"""Fits the intent model again with needs whose manufacturers said what they call for.

The refitted model and the one without those needs judge the same texts in the same folds, none of which
either has seen. The refitted one is kept only when it judges the written statements no worse and the
confirmed needs better.

Confirmed needs are other people's words. Their text is not kept: the vocabulary of n-grams is that of the
written statements alone, so that no word of a need can be read from the artefact. What of it stays are the
text's own vectors (sentence vector, n-grams already known), its labels, and a count on the card.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.encoder import Encoder
from matching.intent import WRITTEN_HASH, Probabilities
from matching.intent_artefact import card_of, examples_hash
from matching.intent_training import (
    ExampleTable,
    Labels,
    calibrated_model,
    cross_fitted_probabilities,
    held_out_signs,
)
from matching.metrics import binary_log_loss
from matching.problem_examples import ProblemExample

TOLERANCE = 1.01
"""Multiple to which the log-loss of the written statements may rise before the refit counts as worse."""


@dataclass(frozen=True, slots=True)
class Refit:
    """Log-loss on held-out texts before, without what the manufacturers said, and after, with it."""

    confirmed: int
    written_before: float
    written_after: float
    confirmed_before: float
    confirmed_after: float

    @property
    def is_better(self) -> bool:
        """Whether the refitted model may take the place of the one before."""
        kept = self.written_after <= self.written_before * TOLERANCE
        return kept and self.confirmed_after < self.confirmed_before


def refit_intent(
    encoder: Encoder,
    written: Sequence[ProblemExample],
    confirmed: Sequence[ProblemExample],
    folder: Path,
) -> Refit:
    """Fit with the confirmed needs (at least one); the artefact is written only when it is better."""
    confirmed = [replace(example, recorded=True) for example in confirmed]
    table = ExampleTable.of([*written, *confirmed], encoder)
    signs = held_out_signs(table)
    found = _compared(table, signs)
    if found.is_better:
        origin = {WRITTEN_HASH: examples_hash(written), "confirmed_needs": len(confirmed)}
        replace(calibrated_model(table, signs), card=card_of(table, signs) | origin).save(folder)
    return found


def _compared(table: ExampleTable, signs: Labels) -> Refit:
    """Both judge the same texts in the same folds; only one learns from the needs of the other folds."""
    judged = cross_fitted_probabilities(table, signs)
    present = cross_fitted_probabilities(table, held_out_signs(table, recorded=False), recorded=False)
    called_for = (table.labels[table.statements] > 0).astype(np.float64)
    needs = table.recorded[table.statements]

    def loss(probabilities: Probabilities, rows: NDArray[np.bool_]) -> float:
        return float(binary_log_loss(called_for[rows], probabilities[rows]))

    return Refit(
        confirmed=int(needs.sum()),
        written_before=loss(present, ~needs),
        written_after=loss(judged, ~needs),
        confirmed_before=loss(present, needs),
        confirmed_after=loss(judged, needs),
    )
