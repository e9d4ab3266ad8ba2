"""Fits the intent model to labelled problem statements.

Near-copies of a statement (one wording turned twice) never stand on both sides of a split: they are
grouped first. The names, descriptions and synonyms of the categories are learned from as well, but
nothing is judged on them. The same statements and the same encoder give the same numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csgraph, csr_matrix
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from matching.domain import FloatArray
from matching.encoder import Encoder
from matching.intent import (
    CASE_STEPS,
    GRAMS,
    IntentFeatures,
    IntentModel,
    LearnedCases,
    Probabilities,
    Sigmoids,
    features_row,
)
from matching.problem_examples import ProblemExample
from matching.taxonomy import category_codes, solution_categories
from matching.text import lexical_form

FOLDS = 5
NEAR_COPY = 0.6
"""Cosine of n-gram TF-IDF from which two statements count as one wording."""

INVERSE_PENALTY = 3.0
LABEL_WEIGHTS = (1.0, 0.7, 0.5)
"""How sure a label is: the main category first, later ones less; beyond the third like the third."""

SIGNS = 3
"""How many numbers the judges say of a category, see `IntentModel.signs`."""

Indices = NDArray[np.int64]
Labels = NDArray[np.float64]


def category_definitions() -> tuple[ProblemExample, ...]:
    """What the code list itself says of each category."""
    return tuple(
        ProblemExample(text, (category.code,), definition=True)
        for category in solution_categories()
        for text in (category.name, category.description, " ".join(category.synonyms))
    )


@dataclass(frozen=True, eq=False)
class ExampleTable:
    """Examples with their "query" vectors, label weights (n, categories) and near-copy groups."""

    examples: tuple[ProblemExample, ...]
    vectors: FloatArray
    labels: Labels
    groups: Indices
    encoder_name: str

    @classmethod
    def of(cls, examples: Sequence[ProblemExample], encoder: Encoder) -> "ExampleTable":
        """Encode the statements, and the definitions behind them."""
        rows = (*examples, *category_definitions())
        texts = [row.text for row in rows]
        groups = near_copy_groups(texts)
        return cls(rows, encoder.encode(texts, "query"), label_weights(rows), groups, encoder.name)

    @property
    def texts(self) -> list[str]:
        """The texts alone."""
        return [example.text for example in self.examples]

    @property
    def statements(self) -> Indices:
        """Rows that are judged on."""
        return np.flatnonzero([not example.definition for example in self.examples])

    @property
    def recorded(self) -> NDArray[np.bool_]:
        """Which rows are needs of real companies."""
        return np.array([example.recorded for example in self.examples], bool)

    def rows(self, chosen: Indices) -> "ExampleTable":
        """Some of the examples."""
        return replace(
            self,
            examples=tuple(self.examples[i] for i in chosen),
            vectors=self.vectors[chosen],
            labels=self.labels[chosen],
            groups=self.groups[chosen],
        )


def label_weights(examples: Sequence[ProblemExample]) -> Labels:
    """Weight of each category for each example, 0 where it is not called for."""
    column = {code: i for i, code in enumerate(category_codes())}
    labels = np.zeros((len(examples), len(column)))
    for row, example in enumerate(examples):
        for place, code in enumerate(example.categories):
            labels[row, column[code]] = LABEL_WEIGHTS[min(place, len(LABEL_WEIGHTS) - 1)]
    return labels


def gram_vectorizer(**options: Any) -> TfidfVectorizer:
    """Character n-grams inside words, with damped counts."""
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=GRAMS, sublinear_tf=True, lowercase=False, **options
    )


def near_copy_groups(texts: Sequence[str]) -> Indices:
    """One number a text; texts linked by near-copying, also through a third one, share it."""
    grams = gram_vectorizer().fit_transform([lexical_form(text) for text in texts])
    alike = csr_matrix(grams @ grams.T >= NEAR_COPY)
    _, groups = csgraph.connected_components(alike, directed=False)
    return np.asarray(groups, np.int64)


def fit_intent(examples: Sequence[ProblemExample], encoder: Encoder) -> IntentModel:
    """Fit to all examples and calibrate on what judges say of folds that had not seen them."""
    table = ExampleTable.of(examples, encoder)
    return calibrated_model(table, held_out_signs(table))


def calibrated_model(table: ExampleTable, signs: Labels) -> IntentModel:
    """The model of all examples with sigmoids fitted to held-out signs of its statements."""
    return replace(fit_regressions(table), sigmoids=fit_sigmoids(signs, table.labels[table.statements]))


def fit_regressions(table: ExampleTable) -> IntentModel:
    """A class-balanced regression for each category, and the cases that vote.

    Not yet calibrated: the probabilities are those of the regressions alone.
    """
    counted = gram_vectorizer(min_df=2).fit(
        [lexical_form(example.text) for example in table.examples if not example.recorded]
    )
    features = IntentFeatures(
        vocabulary=tuple(counted.get_feature_names_out()),
        rarity=_as_stored(counted.idf_, np.float32),
        centre=_as_stored(table.vectors.mean(axis=0, dtype=np.float64), np.float32),
    )
    centred, grams = features.centred(table.vectors), features.grams(table.texts)
    rows = features_row(centred, grams)
    fitted = [_balanced_regression(rows, column) for column in table.labels.T]
    return IntentModel(
        categories=category_codes(),
        encoder_name=table.encoder_name,
        features=features,
        weights=np.stack([weights for weights, _ in fitted]).astype(np.float16),
        intercepts=_as_stored(np.array([intercept for _, intercept in fitted]), np.float32),
        cases=_cases(centred, grams, table.labels),
        sigmoids=Sigmoids(np.tile([1.0, 0.0, 0.0], (len(fitted), 1)), np.zeros(len(fitted))),
        card={},
    )


def held_out_signs(table: ExampleTable, *, recorded: bool = True) -> Labels:
    """What judges say of each statement who saw neither it nor a near-copy of it.

    With `recorded=False` they saw no recorded need either, but judge them.
    """
    signs = np.zeros((*table.labels.shape, SIGNS))
    for train, test in folds(table):
        learned = train if recorded else train[~table.recorded[train]]
        model, held_out = fit_regressions(table.rows(learned)), table.rows(test)
        signs[test] = model.signs(held_out.texts, held_out.vectors)
    return signs[table.statements]


def cross_fitted_probabilities(table: ExampleTable, signs: Labels, *, recorded: bool = True) -> Probabilities:
    """Held-out signs through sigmoids that did not see their fold, nor recorded needs unless wanted."""
    statements = table.rows(table.statements)
    judged = np.zeros(statements.labels.shape)
    for train, test in folds(statements):
        learned = train if recorded else train[~statements.recorded[train]]
        judged[test] = fit_sigmoids(signs[learned], statements.labels[learned])(signs[test])
    return judged


def folds(table: ExampleTable) -> Iterator[tuple[Indices, Indices]]:
    """Rows to learn from and statements to judge on; groups stay whole, definitions are always learned."""
    statements = table.statements
    definitions = np.setdiff1d(np.arange(len(table.examples)), statements)
    groups = table.groups[statements]
    splitter = GroupKFold(min(FOLDS, len(np.unique(groups))), shuffle=True, random_state=0)
    for train, test in splitter.split(statements, groups=groups):
        yield np.concatenate([statements[train], definitions]), statements[test]


def fit_sigmoids(signs: Labels, labels: Labels) -> Sigmoids:
    """Each category's sigmoid (Platt scaling): is the category called for at all?"""
    fitted = np.array([_sigmoid(signs[:, i], labels[:, i] > 0) for i in range(labels.shape[1])])
    return Sigmoids(_as_stored(fitted[:, :-1], np.float32), _as_stored(fitted[:, -1], np.float32))


def _cases(centred: Labels, grams: csr_matrix, labels: Labels) -> LearnedCases:
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    kept = grams.copy()
    kept.data = kept.data.astype(np.float16).astype(np.float32)
    stored = np.clip(np.rint(unit * CASE_STEPS), -127, 127) / CASE_STEPS
    return LearnedCases(stored.astype(np.float32), kept, labels.astype(np.float16))


def _balanced_regression(rows: csr_matrix, weights: Labels) -> tuple[Labels, float]:
    """A regression in which those that call for the category weigh as much as the rest together."""
    called_for = weights > 0
    if not called_for.any():
        return np.zeros(rows.shape[1]), 0.0
    importance = np.where(called_for, weights, 1.0)
    half = len(weights) / 2
    importance *= np.where(called_for, half / weights.sum(), half / np.count_nonzero(~called_for))
    fitted = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000).fit(
        rows, called_for, sample_weight=importance
    )
    return fitted.coef_[0], float(fitted.intercept_[0])


def _sigmoid(signs: Labels, called_for: NDArray[np.bool_]) -> list[float]:
    """Slopes and offset of a ridge logistic regression whose slopes may not be negative.

    A sign speaks for its category or says nothing; that few statements make it seem to speak against
    is chance. Where no statement calls for the category, its base rate is all that is known.
    """
    if called_for.all() or not called_for.any():
        count = np.count_nonzero(called_for) + 0.5
        return [0.0] * SIGNS + [float(np.log(count / (len(called_for) + 1.0 - count)))]
    design = np.column_stack([signs, np.ones(len(signs))])

    def loss(theta: Labels) -> tuple[float, Labels]:
        """Penalised negative log-likelihood and its gradient; the offset is free."""
        raw, slopes = design @ theta, np.append(theta[:-1], 0.0)
        likelihood = np.logaddexp(0.0, raw).sum() - raw[called_for].sum()
        return likelihood + 0.5 * slopes @ slopes, design.T @ (expit(raw) - called_for) + slopes

    start = np.append(np.full(SIGNS, 0.5), 0.0)
    bounds = [(0.0, None)] * SIGNS + [(None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return [float(value) for value in found.x]


def _as_stored(values: Labels, precision: type[np.floating]) -> Labels:
    """Rounded as the artefact stores them, so that a loaded model equals the fitted one."""
    return values.astype(precision).astype(np.float64)
