"""How good a ranking is on a benchmark, beside simple rankings measured in the same run.

`evaluate_recommender` measures the product and every baseline; `evaluate` measures any rankings, for example
two rankers (`product_ranking`) on needs that neither was fitted on.
"""

from collections.abc import Mapping

from matching.evaluation.baselines import baselines
from matching.evaluation.benchmark import SUPPLIER_PROFILE, Benchmark, BenchmarkDocument
from matching.evaluation.benchmark_files import BenchmarkError, read_benchmark
from matching.evaluation.measures import Evaluation
from matching.evaluation.product import PRODUCT, embedded, indexed, product_ranking
from matching.evaluation.rankings import Ranking, RememberingEncoder
from matching.ranker import Ranker
from matching.recommender import Intent

__all__ = [
    "PRODUCT",
    "PROFILES_ONLY",
    "WHOLE",
    "Benchmark",
    "BenchmarkDocument",
    "BenchmarkError",
    "Evaluation",
    "RememberingEncoder",
    "embedded",
    "evaluate",
    "evaluate_recommender",
    "indexed",
    "product_ranking",
    "read_benchmark",
]

WHOLE, PROFILES_ONLY = "all_texts", "supplier_profiles"


def evaluate_recommender(
    benchmark: Benchmark, encoder: RememberingEncoder, intent: Intent, ranker: Ranker
) -> tuple[Evaluation, ...]:
    """Measure the recommender and every baseline on a benchmark."""
    return evaluate(benchmark, {**baselines(encoder), PRODUCT: product_ranking(encoder, intent, ranker)})


def evaluate(benchmark: Benchmark, rankings: Mapping[str, Ranking]) -> tuple[Evaluation, ...]:
    """Measure rankings on all texts, and on supplier profiles alone where there are other texts too."""
    corpora = {WHOLE: benchmark}
    if len({document.kind for document in benchmark.documents}) > 1:
        corpora[PROFILES_ONLY] = benchmark.restricted_to(SUPPLIER_PROFILE)
    return tuple(
        _evaluation(corpus, part, rankings)
        for corpus, part in corpora.items()
        if part.needs and part.documents
    )


def _evaluation(corpus: str, benchmark: Benchmark, rankings: Mapping[str, Ranking]) -> Evaluation:
    """Every ranking answers a need before the next need comes: their times are then of one moment."""
    answering = {method: ranking(benchmark.documents) for method, ranking in rankings.items()}
    by_need = [{method: answer(need) for method, answer in answering.items()} for need in benchmark.needs]
    return Evaluation(
        corpus, benchmark, {method: [answers[method] for answers in by_need] for method in answering}
    )
