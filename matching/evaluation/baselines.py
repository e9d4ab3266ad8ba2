"""Simple rankings that a better one has to beat. They see the documents' text only."""

from typing import Any

import numpy as np

from matching.domain import NeedProfile
from matching.evaluation.rankings import Answering, Documents, Ranking, RememberingEncoder, Scores, timed
from matching.lexical import LENGTH_WEIGHT, SATURATION
from matching.text import lexical_form

DENSE = "dense"


def baselines(encoder: RememberingEncoder) -> dict[str, Ranking]:
    """Every baseline by its code, the simplest first."""
    return {
        "random": random_order,
        "tfidf_words": tfidf_words,
        "tfidf_characters": tfidf_characters,
        "bm25": bm25,
        DENSE: lambda documents: dense(documents, encoder),
        "hybrid": lambda documents: hybrid(documents, encoder),
    }


def random_order(documents: Documents) -> Answering:
    """What chance earns; one fixed draw."""
    generator = np.random.default_rng(0)
    return timed(lambda need: generator.random(len(documents)))


def tfidf_words(documents: Documents) -> Answering:
    """Cosine of TF-IDF over words as they stand."""
    return _tfidf(documents, {"token_pattern": r"\w+"})


def tfidf_characters(documents: Documents) -> Answering:
    """Cosine of TF-IDF over character 2- to 4-grams inside words."""
    return _tfidf(documents, {"analyzer": "char_wb", "ngram_range": (2, 4)})


def bm25(documents: Documents) -> Answering:
    """BM25 over character 2-grams, which on Korean comes near to BM25 on morphemes."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - slow to import, only for this

    counter = CountVectorizer(analyzer="char_wb", ngram_range=(2, 2))
    counts = counter.fit_transform(_texts(documents)).astype(np.float64)
    size = counts.shape[0]
    document_frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log1p((size - document_frequency + 0.5) / (document_frequency + 0.5))
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths / lengths.mean())
    in_row = np.repeat(damping, np.diff(counts.indptr))
    counts.data *= (SATURATION + 1) / (counts.data + in_row) * rarity[counts.indices]
    columns = counts.T.tocsr()
    return timed(lambda need: _row(counter.transform([lexical_form(need.text)]).sign() @ columns))


def dense(documents: Documents, encoder: RememberingEncoder) -> Answering:
    """Cosine of sentence vectors, "query" against "passage"."""
    vectors = encoder.encode([document.text for document in documents], "passage")
    return timed(lambda need: _row(vectors @ encoder.fresh.encode([need.text], "query")[0]))


def hybrid(documents: Documents, encoder: RememberingEncoder) -> Answering:
    """Dense plus half of BM25 plus half of character TF-IDF, each as z-scores of the need."""
    parts = ((1.0, dense(documents, encoder)), (0.5, bm25(documents)), (0.5, tfidf_characters(documents)))

    def score(need: NeedProfile) -> Scores:
        return np.asarray(sum(weight * _standard(answer(need).scores) for weight, answer in parts))

    return timed(score)


def _tfidf(documents: Documents, options: dict[str, Any]) -> Answering:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - slow to import, only for this

    vectorizer = TfidfVectorizer(sublinear_tf=True, **options)
    columns = vectorizer.fit_transform(_texts(documents)).T.tocsr()
    return timed(lambda need: _row(vectorizer.transform([lexical_form(need.text)]) @ columns))


def _texts(documents: Documents) -> list[str]:
    return [lexical_form(document.text) for document in documents]


def _row(scores: object) -> Scores:
    """One need's scores, from a dense row or a sparse one."""
    dense = scores.toarray() if hasattr(scores, "toarray") else scores
    return np.asarray(dense, np.float64).ravel()


def _standard(scores: Scores) -> Scores:
    spread = float(scores.std())
    return np.asarray((scores - scores.mean()) / (spread if spread > 0 else 1.0))
