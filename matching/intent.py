"""From a problem in a manufacturer's own words to the kinds of solution that it calls for.

Two views of the text are used: the sentence vector (meaning) and TF-IDF of character 2- to 4-grams
(words of the trade that the encoder blurs). Two judges look at them: a logistic regression for each
solution category, and the vote of the learned statements that are most like the text. What they say
goes through a sigmoid fitted on held-out statements (Platt, 1999), so that 0.6 means that about six
in ten such texts call for the category. Several categories may be probable at once.

The fitted numbers lie in `artefacts/intent`; `matching.intent_training` makes them again. In memory the large
ones are as narrow as they are in the file, and are computed with in full width where a text needs them: every
process of the service holds them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, log_softmax, logit, softmax

from matching.domain import FloatArray, InferredCategory
from matching.grams import count_rows, known_counts
from matching.text import lexical_form

ARTEFACT_FOLDER = Path(__file__).parent / "artefacts" / "intent"
NUMBERS_FILE = "model.npz"
VOCABULARY_FILE = "vocabulary.json"
CARD_FILE = "card.json"
GRAMS = (2, 4)

VECTOR_SCALE = 1.0
"""Weight of the sentence vector beside the n-grams, whose rows have length 1 (1 won against 0.7 to 8)."""

VECTOR_LIKENESS = 0.5
"""Weight of the vectors' cosine beside that of the n-grams where a text is compared with learned cases."""

VOTERS = 80
VOTE_WIDTH = 0.1
"""A case that is less like the text than the likest by this much votes with a third of its weight."""

LEAST_SHARE = 0.002

CASE_STEPS = 256
"""The vectors of learned cases are stored in so many steps a unit, a byte a number: that moves a cosine by a
thousandth and halves the largest part of the artefact."""

WRITTEN_HASH = "written_statements_sha256"
"""On the card of a refitted model: the statements to which the confirmed needs were added."""

Numbers = NDArray[np.float64]
Narrow = NDArray[np.float16]
Probabilities = NDArray[np.float64]

_SMALL = ("rarity", "centre", "intercepts", "slopes", "offsets")
"""Held in full width."""


class EncoderMismatchError(ValueError):
    """The intent model was fitted on vectors of another encoder; fit it again for this one."""


@dataclass(frozen=True, eq=False)
class IntentFeatures:
    """The two views of a text, as learned from the statements."""

    vocabulary: tuple[str, ...]
    rarity: Numbers
    centre: Numbers

    def centred(self, vectors: FloatArray) -> Numbers:
        """Sentence vectors less their mean: e5 vectors all point nearly the same way."""
        return np.asarray(vectors, np.float64) - self.centre

    def grams(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """TF-IDF of n-grams with damped counts, rows of length 1, as `gram_vectorizer` fits them."""
        counted = [known_counts(lexical_form(text), *GRAMS, self._columns) for text in texts]
        rows = count_rows(counted, len(self.vocabulary))
        rows.data = (np.log(rows.data) + 1.0) * self.rarity[rows.indices]
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        rows.data /= np.repeat(lengths, np.diff(rows.indptr))
        return rows

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {gram: column for column, gram in enumerate(self.vocabulary)}


@dataclass(frozen=True, eq=False)
class LearnedCases:
    """The statements learned from: unit centred vectors, n-grams (float32), label weights (n, categories)."""

    vectors: FloatArray
    grams: sparse.csr_matrix
    labels: Narrow

    def votes(self, centred: Numbers, grams: sparse.csr_matrix) -> Numbers:
        """Log-odds of each category by the labels of the cases most like each text."""
        unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        likeness = VECTOR_LIKENESS * unit.astype(np.float32) @ self.vectors.T
        # A dense factor: that product of two sparse ones takes ten times as long for one text.
        likeness += (self.grams @ grams.astype(np.float32).toarray().T).T
        nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :VOTERS]
        found = np.take_along_axis(likeness, nearest, axis=1).astype(np.float64)
        weights = softmax(found / VOTE_WIDTH, axis=1)
        shares = np.einsum("nk,nkc->nc", weights, self.labels[nearest])
        return np.asarray(logit(np.clip(shares, LEAST_SHARE, 1 - LEAST_SHARE)))


@dataclass(frozen=True, eq=False)
class Sigmoids:
    """Turns the judges' log-odds into calibrated probabilities: slopes (categories, signs), offsets."""

    slopes: Numbers
    offsets: Numbers

    def __call__(self, signs: Numbers) -> Probabilities:
        """From (n, categories, signs) to (n, categories)."""
        return np.asarray(expit((signs * self.slopes).sum(axis=2) + self.offsets))


@dataclass(frozen=True, eq=False)
class IntentModel:
    """Calibrated probability of each solution category; rows of the weights follow `categories`."""

    categories: tuple[str, ...]
    encoder_name: str
    features: IntentFeatures
    weights: Narrow
    intercepts: Numbers
    cases: LearnedCases
    sigmoids: Sigmoids
    card: Mapping[str, Any]

    @property
    def dimensions(self) -> int:
        """Length of the vectors that it reads."""
        return len(self.features.centre)

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> Probabilities:
        """Shape (n, categories). `vectors` are those of the texts under the "query" prompt."""
        return self.sigmoids(self.signs(texts, vectors))

    def signs(self, texts: Sequence[str], vectors: FloatArray) -> Numbers:
        """What the judges say, shape (n, categories, 3).

        The regressions' log-odds, the log of their share among all categories (low when others fit as
        well), and the log-odds of the votes.
        """
        if vectors.shape != (len(texts), len(self.features.centre)):
            raise ValueError(f"{len(texts)} texts need vectors of their encoder, got {vectors.shape}")
        centred, grams = self.features.centred(vectors), self.features.grams(texts)
        decisions = self._decisions(features_row(centred, grams))
        votes = self.cases.votes(centred, grams)
        return np.stack([decisions, log_softmax(decisions, axis=1), votes], axis=2)

    def _decisions(self, rows: sparse.csr_matrix) -> Numbers:
        """Log-odds of the regressions, from the weights of those features alone that some row has."""
        seen = np.unique(rows.indices)
        return np.asarray(rows[:, seen] @ self.weights[:, seen].T.astype(np.float64) + self.intercepts)

    def infer(self, text: str, vector: FloatArray) -> tuple[InferredCategory, ...]:
        """Every category with its probability, the most probable first."""
        row = self.probabilities([text], vector.reshape(1, -1))[0]
        return tuple(
            InferredCategory(self.categories[i], float(row[i])) for i in np.argsort(-row, kind="stable")
        )

    def save(self, folder: Path) -> None:
        """Write numbers, n-grams and card; nothing in the files can run code."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            folder / NUMBERS_FILE,
            rarity=self.features.rarity.astype(np.float32),
            centre=self.features.centre.astype(np.float32),
            weights=self.weights.astype(np.float16),
            intercepts=self.intercepts.astype(np.float32),
            case_vectors=np.rint(self.cases.vectors * CASE_STEPS).astype(np.int8),
            case_labels=self.cases.labels.astype(np.float16),
            case_grams=self.cases.grams.data.astype(np.float16),
            case_gram_columns=self.cases.grams.indices.astype(np.int32),
            case_gram_rows=self.cases.grams.indptr.astype(np.int32),
            slopes=self.sigmoids.slopes.astype(np.float32),
            offsets=self.sigmoids.offsets.astype(np.float32),
        )
        _write_json(folder / VOCABULARY_FILE, list(self.features.vocabulary))
        heading = {"categories": list(self.categories), "encoder": self.encoder_name}
        _write_json(folder / CARD_FILE, {**heading, **self.card}, indent=1)

    @classmethod
    def load(cls, folder: Path = ARTEFACT_FOLDER, encoder_name: str | None = None) -> "IntentModel":
        """Read what `save` wrote; EncoderMismatchError when it was fitted on another encoder's vectors."""
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        if encoder_name is not None and card["encoder"] != encoder_name:
            raise EncoderMismatchError(f"fitted on {card['encoder']}, asked for {encoder_name}")
        vocabulary = tuple(json.loads((folder / VOCABULARY_FILE).read_text(encoding="utf-8")))
        # Opened here: numpy leaves a file that it cannot read open.
        with (folder / NUMBERS_FILE).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            numbers = {name: stored[name] for name in stored.files}
        grams = sparse.csr_matrix(
            (
                numbers["case_grams"].astype(np.float32),
                numbers["case_gram_columns"],
                numbers["case_gram_rows"],
            ),
            shape=(len(numbers["case_labels"]), len(vocabulary)),
        )
        vectors = numbers["case_vectors"].astype(np.float32) / np.float32(CASE_STEPS)
        exact = {name: numbers[name].astype(np.float64) for name in _SMALL}
        return cls(
            categories=tuple(card.pop("categories")),
            encoder_name=card.pop("encoder"),
            features=IntentFeatures(vocabulary, exact["rarity"], exact["centre"]),
            weights=numbers["weights"],
            intercepts=exact["intercepts"],
            cases=LearnedCases(vectors, grams, numbers["case_labels"]),
            sigmoids=Sigmoids(exact["slopes"], exact["offsets"]),
            card=card,
        )


def is_refit_of(refitted: IntentModel, shipped: IntentModel) -> bool:
    """Whether a model was fitted on the shipped one's statements and more: an older one is outranked."""
    return bool(refitted.card.get(WRITTEN_HASH) == shipped.card["statements_sha256"])


def features_row(centred: Numbers, grams: sparse.csr_matrix) -> sparse.csr_matrix:
    """Both views side by side, as the regressions see them."""
    return sparse.hstack([sparse.csr_matrix(centred * VECTOR_SCALE), grams], format="csr")


def _write_json(path: Path, content: object, indent: int | None = None) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
