"""How good a ranking is on a benchmark file, beside simple rankings measured in the same run.

The product's line comes from the very `Recommender` that answers requests: each document becomes a
supplier in an index, each need is recommended for, and what would be shown is graded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from matching.baselines import Ranking, Scores, baselines
from matching.benchmark import SUPPLIER_PROFILE, Benchmark
from matching.domain import FloatArray, PassageKind, Prompt
from matching.encoder import Encoder, embed
from matching.features import EmbeddedNeed
from matching.index import EmbeddedProfile, ProfileIndex
from matching.metrics import bootstrap_interval, ndcg, recall, reciprocal_rank
from matching.ranker import Ranker
from matching.recommender import Intent, Recommender
from matching.text import passages_of_need, passages_of_profile

DEPTH = 10
WHOLE, PROFILES_ONLY = "all_texts", "supplier_profiles"
ANY_DAY = date(2026, 1, 1)
"""Cautions about dates are no part of the measures."""

NAMES = {
    "random": "무작위",
    "tfidf_words": "TF-IDF(단어)",
    "tfidf_characters": "TF-IDF(문자)",
    "bm25": "BM25(문자)",
    "dense": "임베딩",
    "hybrid": "단순 결합",
    "product": "얼라이언스 추천",
    WHOLE: "모든 글",
    PROFILES_ONLY: "공급기업 소개만",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Means over the needs that have something relevant; the interval is of nDCG@10, 95 percent."""

    corpus: str
    method: str
    needs: int
    ndcg_at_10: float
    ndcg_low: float
    ndcg_high: float
    mrr: float
    recall_at_10: float
    recall_at_50: float


def evaluate_recommender(
    benchmark: Benchmark, encoder: Encoder, intent: Intent, ranker: Ranker
) -> tuple[Measured, ...]:
    """Measure the recommender and every baseline on a benchmark."""
    remembering = RememberingEncoder(encoder)
    rankings = {
        **baselines(remembering),
        "product": lambda benchmark: product_scores(benchmark, remembering, intent, ranker),
    }
    return evaluate(benchmark, rankings)


def evaluate(benchmark: Benchmark, rankings: Mapping[str, Ranking]) -> tuple[Measured, ...]:
    """Measure rankings on all texts, and on supplier profiles alone where there are other texts too."""
    corpora = {WHOLE: benchmark}
    if len({document.kind for document in benchmark.documents}) > 1:
        corpora[PROFILES_ONLY] = benchmark.restricted_to(SUPPLIER_PROFILE)
    return tuple(
        measured(corpus, method, part, ranking(part))
        for corpus, part in corpora.items()
        if part.needs and part.documents
        for method, ranking in rankings.items()
    )


def measured(corpus: str, method: str, benchmark: Benchmark, scores: Scores) -> Measured:
    """The measures of one ranking on one corpus."""
    pairs = [(grades, row) for grades, row in zip(benchmark.grades, scores, strict=True) if grades.any()]
    gains = np.array([ndcg(grades, row, DEPTH) for grades, row in pairs])
    low, high = bootstrap_interval(gains)
    return Measured(
        corpus=corpus,
        method=method,
        needs=len(pairs),
        ndcg_at_10=_mean(gains),
        ndcg_low=low,
        ndcg_high=high,
        mrr=_mean([reciprocal_rank(grades, row) for grades, row in pairs]),
        recall_at_10=_mean([recall(grades, row, 10) for grades, row in pairs]),
        recall_at_50=_mean([recall(grades, row, 50) for grades, row in pairs]),
    )


def product_scores(benchmark: Benchmark, encoder: Encoder, intent: Intent, ranker: Ranker) -> Scores:
    """Minus the place at which the recommender shows each document; the first ten as a user sees them."""
    recommender = Recommender(indexed(benchmark, encoder), intent, ranker)
    column = {document.id: place for place, document in enumerate(benchmark.documents)}
    scores = np.full(benchmark.grades.shape, -np.inf)
    for row, need in enumerate(benchmark.needs):
        asked = EmbeddedNeed(need, embed(encoder, passages_of_need(need)))
        shown = _shown(recommender, asked, DEPTH)
        rest = [each for each in _shown(recommender, asked, len(benchmark.documents)) if each not in shown]
        for place, supplier_id in enumerate((*shown, *rest)):
            scores[row, column[supplier_id]] = -float(place)
    return scores


def indexed(benchmark: Benchmark, encoder: Encoder) -> ProfileIndex:
    """An index of the benchmark's documents, without the sentences that only serve as evidence."""
    index = ProfileIndex(encoder.name, encoder.dimensions)
    for document in benchmark.documents:
        passages = passages_of_profile(document.profile)
        ranked = [each for each in passages if each.kind != PassageKind.SUPPLIER_SENTENCE]
        index.put(EmbeddedProfile(document.profile, embed(encoder, ranked)))
    return index


class RememberingEncoder:
    """Encodes a text once, however many rankings ask for it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[tuple[str, str], FloatArray] = {}

    @property
    def name(self) -> str:
        """That of the encoder behind it."""
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        """That of the encoder behind it."""
        return self._encoder.dimensions

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """As the encoder behind it."""
        new = [text for text in dict.fromkeys(texts) if (prompt, text) not in self._vectors]
        if new:
            vectors = self._encoder.encode(new, prompt)
            self._vectors.update({(prompt, text): row for text, row in zip(new, vectors, strict=True)})
        rows = [self._vectors[prompt, text] for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self.dimensions)


def as_json(results: Sequence[Measured]) -> list[dict[str, Any]]:
    """Plain values, rounded to what is meaningful."""
    return [
        {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(row).items()}
        for row in results
    ]


def as_table(results: Sequence[Measured]) -> str:
    """A table to print, one block a corpus."""
    blocks = []
    for corpus in dict.fromkeys(row.corpus for row in results):
        rows = [row for row in results if row.corpus == corpus]
        lines = [
            f"{NAMES.get(corpus, corpus)} · 수요 {rows[0].needs}건",
            "| 순위 방법 | nDCG@10 | 95% 구간 | MRR | 재현율@10 | 재현율@50 |",
            "| --- | --- | --- | --- | --- | --- |",
            *(_line(row) for row in rows),
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _line(row: Measured) -> str:
    interval = f"{row.ndcg_low:.3f}~{row.ndcg_high:.3f}"
    figures = (f"{row.ndcg_at_10:.3f}", interval, f"{row.mrr:.3f}", f"{row.recall_at_10:.3f}")
    return f"| {NAMES.get(row.method, row.method)} | {' | '.join(figures)} | {row.recall_at_50:.3f} |"


def _shown(recommender: Recommender, need: EmbeddedNeed, limit: int) -> list[str]:
    return [match.supplier_id for match in recommender.recommend(need, limit, ANY_DAY).matches]


def _mean(values: Sequence[float] | Scores) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
