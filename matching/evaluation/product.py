"""The very `Recommender` that answers requests, as a ranking: every document becomes a supplier in an index.

Sentences that only serve as evidence are not embedded, neither of suppliers nor of needs: they change no
order, and would double the time that an evaluation takes.
"""

from datetime import date
from time import perf_counter

import numpy as np

from matching.domain import NeedProfile, Passage, PassageKind
from matching.encoder import Encoder, embed
from matching.evaluation.benchmark import Benchmark, BenchmarkDocument
from matching.evaluation.rankings import Answer, Answering, Documents, Ranking, RememberingEncoder
from matching.features import EmbeddedNeed
from matching.index import EmbeddedProfile, ProfileIndex
from matching.ranker import Ranker
from matching.recommender import Intent, Recommender
from matching.text import passages_of_need, passages_of_profile

PRODUCT = "product"
SHOWN = 10
ANY_DAY = date(2026, 1, 1)
"""Cautions about dates are no part of the measures."""

RANKED = (PassageKind.NEED, PassageKind.SOLUTION, PassageKind.SUMMARY, PassageKind.REFERENCE_PROBLEM)


def product_ranking(encoder: RememberingEncoder, intent: Intent, ranker: Ranker) -> Ranking:
    """The recommender with this ranker; its scores are minus the place at which a document is shown."""

    def rank(documents: Documents) -> Answering:
        recommender = Recommender(indexed(documents, encoder), intent, ranker)
        ids = [document.id for document in documents]
        return lambda need: _answer(recommender, encoder.fresh, ids, need)

    return rank


def ranked_passages(benchmark: Benchmark) -> tuple[Passage, ...]:
    """Every text whose vector the recommender's order depends on."""
    needs = (passage for need in benchmark.needs for passage in _passages_of_need(need))
    documents = (passage for document in benchmark.documents for passage in _passages_of(document))
    return (*needs, *documents)


def _answer(recommender: Recommender, encoder: Encoder, ids: list[str], need: NeedProfile) -> Answer:
    """The first ten as a user sees them, diversified, and behind them everybody else by score."""
    began = perf_counter()
    asked = embedded(need, encoder)
    shown = recommender.recommend(asked, SHOWN, ANY_DAY)
    seconds = perf_counter() - began
    everybody = recommender.recommend(asked, len(ids), ANY_DAY).matches
    order = dict.fromkeys(match.supplier_id for match in (*shown.matches, *everybody))
    place = {supplier_id: -float(number) for number, supplier_id in enumerate(order)}
    return Answer(
        scores=np.array([place.get(each, -np.inf) for each in ids]),
        seconds=seconds,
        probabilities={match.supplier_id: match.score for match in everybody},
        inferred=recommender.infer([asked])[0],
    )


def embedded(need: NeedProfile, encoder: Encoder) -> EmbeddedNeed:
    """A need with the vectors that an order depends on."""
    return EmbeddedNeed(need, embed(encoder, _passages_of_need(need)))


def indexed(documents: Documents, encoder: Encoder) -> ProfileIndex:
    """An index of the documents, without the sentences that only serve as evidence."""
    index = ProfileIndex(encoder.name, encoder.dimensions)
    for document in documents:
        index.put(EmbeddedProfile(document.profile, embed(encoder, _passages_of(document))))
    return index


def _passages_of(document: BenchmarkDocument) -> list[Passage]:
    return [each for each in passages_of_profile(document.profile) if each.kind in RANKED]


def _passages_of_need(need: NeedProfile) -> list[Passage]:
    return [each for each in passages_of_need(need) if each.kind in RANKED]
