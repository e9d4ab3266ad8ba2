"""The product's figures on the demo judgements as they are committed, so that a test can guard them.

Embedding the demo suppliers takes most of an evaluation. A test that did so would be skipped before long, and
one on a few needs would miss whatever breaks elsewhere. So the vectors of exactly the texts that the order
depends on are kept beside the figures, in half precision: the test ranks every demo need with them in
seconds, and embeds a random sample of the texts again to see that they still are what the encoder says.
The figures are computed from the kept vectors too, so that they can be reproduced to the last digit.

Time is left out: it would differ at every making.
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from matching.evaluation import evaluate
from matching.evaluation.benchmark import Benchmark
from matching.evaluation.measures import Evaluation
from matching.evaluation.plain import rounded
from matching.evaluation.product import PRODUCT, product_ranking, ranked_passages
from matching.evaluation.rankings import RememberingEncoder
from matching.intent import IntentModel
from matching.ranker import Ranker
from matching.stored_vectors import StoredVectors

FIGURES_FILE, VECTORS_FILE = "demo.json", "demo_vectors.npz"
OF_TIME = ("milliseconds", "times_dense")


def write_record(
    folder: Path, evaluation: Evaluation, encoder: RememberingEncoder, intent: IntentModel, ranker: Ranker
) -> None:
    """Write vectors and figures; the product is measured again with the vectors as they are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    benchmark = evaluation.benchmark
    stored = StoredVectors.of(ranked_passages(benchmark), encoder)
    stored.save(folder / VECTORS_FILE)
    (again,) = evaluate(benchmark, {PRODUCT: product_ranking(RememberingEncoder(stored), intent, ranker)})
    kept = replace(evaluation, answers={**evaluation.answers, **again.answers})
    record = {**identity(benchmark, encoder.name, intent, ranker), **figures(kept)}
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (folder / FIGURES_FILE).write_text(text + "\n", encoding="utf-8")


def figures(evaluation: Evaluation) -> dict[str, Any]:
    """Measures of every ranking and the product's lead."""
    rows = [rounded(asdict(row)) for row in evaluation.measured]
    return {
        "results": [{name: value for name, value in row.items() if name not in OF_TIME} for row in rows],
        "comparison": rounded(asdict(evaluation.comparison)) if evaluation.comparison else None,
    }


def identity(benchmark: Benchmark, encoder_name: str, intent: IntentModel, ranker: Ranker) -> dict[str, str]:
    """What must be the same for two sets of figures to be compared."""
    card = json.dumps(intent.card, sort_keys=True, ensure_ascii=False)
    return {
        "encoder": encoder_name,
        "intent_card_sha256": hashlib.sha256(card.encode()).hexdigest(),
        "model_version": ranker.version,
        "benchmark_sha256": benchmark.sha256,
    }
