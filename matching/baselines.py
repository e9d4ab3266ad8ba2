"""Simple rankings that a better one has to beat, over the same needs and texts in the same run.

Each takes a benchmark and gives scores of shape (needs, documents). They see the documents' text only.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from matching.benchmark import Benchmark
from matching.encoder import Encoder
from matching.lexical import LENGTH_WEIGHT, SATURATION
from matching.text import lexical_form

Scores = NDArray[np.float64]
Ranking = Callable[[Benchmark], Scores]


def baselines(encoder: Encoder) -> dict[str, Ranking]:
    """Every baseline by its code, the simplest first."""
    return {
        "random": random_order,
        "tfidf_words": tfidf_words,
        "tfidf_characters": tfidf_characters,
        "bm25": bm25,
        "dense": lambda benchmark: dense(benchmark, encoder),
        "hybrid": lambda benchmark: hybrid(benchmark, encoder),
    }


def random_order(benchmark: Benchmark) -> Scores:
    """What chance earns; one fixed draw."""
    return np.random.default_rng(0).random(benchmark.grades.shape)


def tfidf_words(benchmark: Benchmark) -> Scores:
    """Cosine of TF-IDF over words as they stand."""
    return _tfidf(benchmark, TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+"))


def tfidf_characters(benchmark: Benchmark) -> Scores:
    """Cosine of TF-IDF over character 2- to 4-grams inside words."""
    return _tfidf(benchmark, TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 4)))


def bm25(benchmark: Benchmark) -> Scores:
    """BM25 over character 2-grams, which on Korean comes near to BM25 on morphemes."""
    counter = CountVectorizer(analyzer="char_wb", ngram_range=(2, 2))
    counts = counter.fit_transform(document_texts(benchmark)).astype(np.float64)
    size = counts.shape[0]
    document_frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log1p((size - document_frequency + 0.5) / (document_frequency + 0.5))
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths / lengths.mean())
    in_row = np.repeat(damping, np.diff(counts.indptr))
    counts.data *= (SATURATION + 1) / (counts.data + in_row) * rarity[counts.indices]
    asked = counter.transform(need_texts(benchmark)).sign()
    return np.asarray((asked @ counts.T).toarray())


def dense(benchmark: Benchmark, encoder: Encoder) -> Scores:
    """Cosine of sentence vectors, "query" against "passage"."""
    needs = encoder.encode([need.text for need in benchmark.needs], "query")
    documents = encoder.encode([document.text for document in benchmark.documents], "passage")
    return np.asarray(needs @ documents.T, np.float64)


def hybrid(benchmark: Benchmark, encoder: Encoder) -> Scores:
    """Dense plus half of BM25 plus half of character TF-IDF, each as z-scores of the need."""
    return (
        _standard(dense(benchmark, encoder))
        + 0.5 * _standard(bm25(benchmark))
        + 0.5 * _standard(tfidf_characters(benchmark))
    )


def need_texts(benchmark: Benchmark) -> list[str]:
    """The needs as lexical baselines compare them."""
    return [lexical_form(need.text) for need in benchmark.needs]


def document_texts(benchmark: Benchmark) -> list[str]:
    """The documents as lexical baselines compare them."""
    return [lexical_form(document.text) for document in benchmark.documents]


def _tfidf(benchmark: Benchmark, vectorizer: TfidfVectorizer) -> Scores:
    documents = vectorizer.fit_transform(document_texts(benchmark))
    return np.asarray((vectorizer.transform(need_texts(benchmark)) @ documents.T).toarray())


def _standard(scores: Scores) -> Scores:
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0))
