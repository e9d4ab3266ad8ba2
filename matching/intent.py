"""From a problem in a manufacturer's own words to the kinds of solution that it calls for.

Each solution category has its own logistic regression over two views of the text: the sentence
vector (meaning) and TF-IDF of character 2- to 4-grams (words of the trade that the encoder blurs).
Its log-odds, and how they stand against those of the other categories, then go through a sigmoid
fitted on held-out statements (Platt, 1999), so that 0.6 means that about six in ten such texts call
for the category. Several categories may be probable at once.

The fitted numbers lie in `artefacts/intent`; `matching.intent_training` makes them again.
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
from scipy.special import expit, log_softmax
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.domain import FloatArray, InferredCategory
from matching.text import lexical_form

ARTEFACT_FOLDER = Path(__file__).parent / "artefacts" / "intent"
NUMBERS_FILE = "model.npz"
VOCABULARY_FILE = "vocabulary.json"
CARD_FILE = "card.json"
GRAMS = (2, 4)

VECTOR_SCALE = 1.0
"""Weight of the sentence vector beside the n-grams, whose rows have length 1 (1 won against 0.7 to 8)."""

Probabilities = NDArray[np.float64]


class EncoderMismatchError(ValueError):
    """The intent model was fitted on vectors of another encoder; fit it again for this one."""


@dataclass(frozen=True, eq=False)
class IntentFeatures:
    """The two views of a text as one sparse row: centred, scaled vector | n-gram TF-IDF."""

    vocabulary: tuple[str, ...]
    rarity: NDArray[np.float64]
    centre: NDArray[np.float64]

    def rows(self, texts: Sequence[str], vectors: FloatArray) -> sparse.csr_matrix:
        """Features of the texts with their "query" vectors, shape (n, dimensions + n-grams)."""
        dense = (np.asarray(vectors, np.float64) - self.centre) * VECTOR_SCALE
        grams = self._vectorizer.transform([lexical_form(text) for text in texts])
        return sparse.hstack([sparse.csr_matrix(dense), grams], format="csr")

    @cached_property
    def _vectorizer(self) -> TfidfVectorizer:
        vectorizer = gram_vectorizer(vocabulary=list(self.vocabulary))
        vectorizer.idf_ = self.rarity
        return vectorizer


@dataclass(frozen=True, eq=False)
class Sigmoids:
    """Turns log-odds of class-balanced regressions into calibrated probabilities, by category."""

    own: NDArray[np.float64]
    share: NDArray[np.float64]
    offset: NDArray[np.float64]

    def __call__(self, decisions: NDArray[np.float64]) -> Probabilities:
        """Shape as `decisions`, (n, categories)."""
        return np.asarray(expit(decisions * self.own + log_shares(decisions) * self.share + self.offset))


def log_shares(decisions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log of the share that each category has of the odds (log-softmax): low when others fit as well."""
    return np.asarray(log_softmax(decisions, axis=1))


@dataclass(frozen=True, eq=False)
class IntentModel:
    """Calibrated probability of each solution category; rows of the weights follow `categories`."""

    categories: tuple[str, ...]
    encoder_name: str
    features: IntentFeatures
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    sigmoids: Sigmoids
    card: Mapping[str, Any]

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> Probabilities:
        """Shape (n, categories). `vectors` are those of the texts under the "query" prompt."""
        return self.sigmoids(self.decisions(texts, vectors))

    def decisions(self, texts: Sequence[str], vectors: FloatArray) -> NDArray[np.float64]:
        """Log-odds of the class-balanced regressions, before calibration."""
        if vectors.shape != (len(texts), len(self.features.centre)):
            raise ValueError(f"{len(texts)} texts need vectors of their encoder, got {vectors.shape}")
        return np.asarray(self.features.rows(texts, vectors) @ self.weights.T + self.intercepts)

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
            own=self.sigmoids.own.astype(np.float32),
            share=self.sigmoids.share.astype(np.float32),
            offset=self.sigmoids.offset.astype(np.float32),
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
        with np.load(folder / NUMBERS_FILE, allow_pickle=False) as stored:
            numbers = {name: stored[name].astype(np.float64) for name in stored.files}
        return cls(
            categories=tuple(card.pop("categories")),
            encoder_name=card.pop("encoder"),
            features=IntentFeatures(vocabulary, numbers["rarity"], numbers["centre"]),
            weights=numbers["weights"],
            intercepts=numbers["intercepts"],
            sigmoids=Sigmoids(numbers["own"], numbers["share"], numbers["offset"]),
            card=card,
        )


def gram_vectorizer(**options: Any) -> TfidfVectorizer:
    """Character n-grams inside words, with damped counts."""
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=GRAMS, sublinear_tf=True, lowercase=False, **options
    )


def _write_json(path: Path, content: object, indent: int | None = None) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
