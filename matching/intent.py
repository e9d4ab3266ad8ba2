"""From a problem in a manufacturer's own words to the kinds of solution that it calls for.

Each solution category has its own logistic regression over two views of the text: the sentence
vector (meaning) and TF-IDF of character 2- to 4-grams (words of the trade that the encoder blurs).
Its output is then put through a sigmoid fitted on held-out statements (Platt, 1999), so that 0.6
means that about six in ten such texts call for the category. Several categories may be probable.

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
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.domain import FloatArray, InferredCategory
from matching.text import lexical_form

ARTEFACT_FOLDER = Path(__file__).parent / "artefacts" / "intent"
NUMBERS_FILE = "model.npz"
VOCABULARY_FILE = "vocabulary.json"
CARD_FILE = "card.json"
GRAMS = (2, 4)

VECTOR_SCALE = 3.0
"""Weight of the sentence vector beside the n-grams, whose rows have length 1."""

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
class IntentModel:
    """Calibrated probability of each solution category; rows of the weights follow `categories`."""

    categories: tuple[str, ...]
    encoder_name: str
    features: IntentFeatures
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    slopes: NDArray[np.float64]
    offsets: NDArray[np.float64]
    card: Mapping[str, Any]

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> Probabilities:
        """Shape (n, categories). `vectors` are those of the texts under the "query" prompt."""
        return np.asarray(expit(self.decisions(texts, vectors) * self.slopes + self.offsets))

    def decisions(self, texts: Sequence[str], vectors: FloatArray) -> Probabilities:
        """Log-odds of class-balanced regressions, before calibration."""
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
            slopes=self.slopes.astype(np.float32),
            offsets=self.offsets.astype(np.float32),
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
        features = IntentFeatures(vocabulary, numbers.pop("rarity"), numbers.pop("centre"))
        categories, name = tuple(card.pop("categories")), card.pop("encoder")
        return cls(categories, name, features, card=card, **numbers)


def gram_vectorizer(**options: Any) -> TfidfVectorizer:
    """Character n-grams inside words, with damped counts."""
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=GRAMS, sublinear_tf=True, lowercase=False, **options
    )


def _write_json(path: Path, content: object, indent: int | None = None) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
