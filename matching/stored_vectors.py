"""Vectors of known texts in a file, in half precision: what need not be encoded again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.domain import FloatArray, Passage, PassageKind, Prompt
from matching.encoder import Encoder, embed
from matching.text import text_hash


@dataclass(frozen=True, eq=False)
class StoredVectors:
    """An encoder that knows certain texts only; KeyError for any other."""

    name: str
    rows: Mapping[str, FloatArray]
    """By the hash of prompt and text."""

    @classmethod
    def of(cls, passages: Sequence[Passage], encoder: Encoder) -> "StoredVectors":
        """The vectors of these passages, encoded now."""
        embedded = embed(encoder, passages)
        kept = embedded.vectors.astype(np.float16)
        return cls(
            encoder.name,
            {text_hash(each): row for each, row in zip(embedded.passages, kept, strict=True)},
        )

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return len(next(iter(self.rows.values())))

    def knows(self, text: str, prompt: Prompt) -> bool:
        """Whether the text has a vector here."""
        return _hash(text, prompt) in self.rows

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """The stored vectors, made unit length again after the loss of precision."""
        vectors = np.array([self.rows[_hash(text, prompt)] for text in texts], np.float32)
        vectors = vectors.reshape(len(texts), -1)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def save(self, path: Path) -> None:
        """One array of hashes and one of vectors."""
        keys = sorted(self.rows)
        np.savez_compressed(
            path, name=self.name, hashes=keys, vectors=np.array([self.rows[key] for key in keys], np.float16)
        )

    @classmethod
    def load(cls, path: Path) -> "StoredVectors":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(
                str(stored["name"]), dict(zip(stored["hashes"].tolist(), stored["vectors"], strict=True))
            )


@dataclass(frozen=True, eq=False)
class InformedEncoder:
    """An encoder that is asked only for texts whose vectors are not stored. Both must be of one name."""

    stored: StoredVectors
    encoder: Encoder

    @property
    def name(self) -> str:
        """Of both."""
        return self.encoder.name

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self.encoder.dimensions

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """Shape (texts, dimensions)."""
        known = np.array([self.stored.knows(text, prompt) for text in texts], dtype=bool)
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for chosen, source in ((known, self.stored), (~known, self.encoder)):
            rows = np.flatnonzero(chosen)
            if len(rows):
                vectors[rows] = source.encode([texts[int(row)] for row in rows], prompt)
        return vectors


def _hash(text: str, prompt: Prompt) -> str:
    return text_hash(Passage("", PassageKind.NEED, text, prompt))
