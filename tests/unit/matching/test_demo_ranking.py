"""The ranking on the demo judgements is no worse than committed, see `matching.evaluation.record`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.domain import Passage
from matching.encoder import SentenceTransformerEncoder
from matching.encoder_folder import ENCODER_NAME
from matching.evaluation import PRODUCT, Benchmark, RememberingEncoder, evaluate, product_ranking
from matching.evaluation.product import ranked_passages
from matching.evaluation.record import FIGURES_FILE, VECTORS_FILE, identity
from matching.intent import IntentModel
from matching.ranker import Ranker
from matching.stored_vectors import StoredVectors
from seed_data import VECTORS
from service.demo_benchmark import demo_benchmark

RECORD = Path(__file__).parents[2] / "golden" / "evaluation"
REMAKE = "make it again: alliance evaluate --write-baseline tests/golden/evaluation"
WORST_LOSS = 0.01
SAMPLE = 24


@pytest.fixture(scope="module")
def benchmark() -> Benchmark:
    return demo_benchmark()


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RECORD / FIGURES_FILE).read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def stored() -> StoredVectors:
    return StoredVectors.load(RECORD / VECTORS_FILE)


def test_the_record_is_of_this_model_and_these_judgements(
    benchmark: Benchmark, record: dict[str, Any]
) -> None:
    present = identity(benchmark, ENCODER_NAME, IntentModel.load(), Ranker.expert())
    assert {name: record[name] for name in present} == present, REMAKE


def test_the_product_ranks_no_worse_than_recorded(
    benchmark: Benchmark, record: dict[str, Any], stored: StoredVectors
) -> None:
    intent = IntentModel.load(encoder_name=stored.name)
    ranking = product_ranking(RememberingEncoder(stored), intent, Ranker.expert())
    (evaluation,) = evaluate(benchmark, {PRODUCT: ranking})
    recorded = next(row for row in record["results"] if row["method"] == PRODUCT)
    (measured,) = evaluation.measured
    assert measured.needs == recorded["needs"]
    assert measured.ndcg_at_10 >= recorded["ndcg_at_10"] - WORST_LOSS


def test_the_product_is_recorded_as_better_than_every_baseline(record: dict[str, Any]) -> None:
    assert record["comparison"]["low"] > 0


def test_vectors_are_kept_for_exactly_the_texts_that_are_ranked(
    benchmark: Benchmark, stored: StoredVectors
) -> None:
    again = StoredVectors.of(ranked_passages(benchmark), RememberingEncoder(stored))
    assert again.rows.keys() == stored.rows.keys(), REMAKE


@pytest.mark.slow_encoder
@pytest.mark.parametrize("file", [RECORD / VECTORS_FILE, VECTORS], ids=["record", "demo"])
def test_kept_vectors_are_those_of_the_encoder(
    benchmark: Benchmark, file: Path, e5: SentenceTransformerEncoder
) -> None:
    stored = StoredVectors.load(file)
    passages = ranked_passages(benchmark)
    chosen = np.random.default_rng(0).choice(len(passages), SAMPLE, replace=False)
    assert stored.name == e5.name
    for each in (passages[int(place)] for place in chosen):
        assert _cosine(each, stored, e5) > 0.9999, each.text


def _cosine(passage: Passage, stored: StoredVectors, e5: SentenceTransformerEncoder) -> float:
    kept, made = (encoder.encode([passage.text], passage.prompt)[0] for encoder in (stored, e5))
    return float(kept @ made)
