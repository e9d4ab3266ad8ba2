"""Makes the intent artefact: fit, judge on statements held out by group, write the files with their card.

The card says what the model was fitted on (a hash of the statements, the encoder), how good it is and
whether more statements would still help, so that whoever changes the statements sees what it brought.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from matching.encoder import Encoder
from matching.intent import ARTEFACT_FOLDER, IntentModel, Probabilities
from matching.intent_training import (
    ExampleTable,
    Indices,
    calibrated_model,
    cross_fitted_probabilities,
    fit_regressions,
    folds,
    held_out_signs,
)
from matching.metrics import binary_log_loss, expected_calibration_error, top_accuracy
from matching.problem_examples import ProblemExample, read_examples
from matching.taxonomy import category_codes

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Points of the learning curve: shares of the statements that a fold may learn from."""

PURPOSE = (
    "Infers which kinds of solution a manufacturer's problem calls for, as one signal of a ranking that an "
    "account manager reads. Not for judging companies or persons."
)
LIMITS = (
    "Fitted on written statements, not on recorded needs; Korean only; a text that names no problem gets "
    "probabilities near the base rates; a category's probability is that of being called for at all, and "
    "several may be high at once."
)


def train_intent(encoder: Encoder, examples_path: Path, folder: Path = ARTEFACT_FOLDER) -> IntentModel:
    """Fit on the statements of a JSON Lines file and write the artefact; the model as it was written."""
    table = ExampleTable.of(read_examples(examples_path), encoder)
    signs = held_out_signs(table)
    model = replace(calibrated_model(table, signs), card=card_of(table, signs))
    model.save(folder)
    return model


def card_of(table: ExampleTable, signs: Probabilities) -> dict[str, Any]:
    """What the model was fitted on and its figures on statements that it had not seen."""
    statements = table.rows(table.statements)
    mains = Counter(example.categories[0] for example in statements.examples)
    return {
        "purpose": PURPOSE,
        "limits": LIMITS,
        "statements": len(statements.examples),
        "statements_sha256": examples_hash(statements.examples),
        "near_copy_groups": len(np.unique(statements.groups)),
        "statements_by_main_category": {code: mains[code] for code in category_codes()},
        "held_out": held_out_figures(statements, cross_fitted_probabilities(table, signs)),
        "learning_curve": learning_curve(table),
    }


def held_out_figures(statements: ExampleTable, judged: Probabilities) -> dict[str, Any]:
    """Accuracy of the main category, log-loss and calibration of all, recall of the main one by category."""
    called_for, main = (statements.labels > 0).astype(float), statements.labels.argmax(axis=1)
    first = judged.argmax(axis=1)
    rows = np.arange(len(first))
    by_category = {
        code: round(top_accuracy(main[main == i], judged[main == i], 3), 3)
        for i, code in enumerate(category_codes())
        if (main == i).any()
    }
    return {
        "main_category_top1": round(top_accuracy(main, judged, 1), 4),
        "main_category_top3": round(top_accuracy(main, judged, 3), 4),
        "log_loss": round(binary_log_loss(called_for, judged), 4),
        "calibration_error": round(expected_calibration_error(called_for, judged), 4),
        "calibration_error_of_the_most_probable": round(
            expected_calibration_error(called_for[rows, first], judged[rows, first]), 4
        ),
        "main_category_top3_by_category": by_category,
    }


def learning_curve(table: ExampleTable, seed: int = 0) -> list[dict[str, float]]:
    """Held-out accuracy when only a share of the statements may be learned from."""
    generator = np.random.default_rng(seed)
    points = []
    for share in SHARES:
        hits = [
            _fold_accuracy(table, _some(table, train, share, generator), test) for train, test in folds(table)
        ]
        statements, top1, top3 = np.average(hits, axis=0)
        points.append({"statements": round(statements), "top1": round(top1, 4), "top3": round(top3, 4)})
    return points


def examples_hash(examples: Sequence[ProblemExample]) -> str:
    """SHA-256 over texts and categories in their order."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps([example.text, example.categories], ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def _some(table: ExampleTable, train: Indices, share: float, generator: np.random.Generator) -> Indices:
    """All definitions, and this share of the statements to learn from."""
    is_statement = np.isin(train, table.statements)
    statements, definitions = train[is_statement], train[~is_statement]
    kept = generator.permutation(statements)[: round(share * len(statements))]
    return np.concatenate([np.sort(kept), definitions])


def _fold_accuracy(table: ExampleTable, train: Indices, test: Indices) -> tuple[float, float, float]:
    """Statements learned from, and how often the main category came first or among the first three."""
    learned, held_out = table.rows(train), table.rows(test)
    decisions = fit_regressions(learned).signs(held_out.texts, held_out.vectors)[:, :, 0]
    main = held_out.labels.argmax(axis=1)
    return len(learned.statements), top_accuracy(main, decisions, 1), top_accuracy(main, decisions, 3)
