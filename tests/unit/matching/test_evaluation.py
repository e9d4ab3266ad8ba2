"""Evaluation: measures worked out by hand, a benchmark file read strictly, rankings compared fairly."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.baselines import baselines
from matching.benchmark import BenchmarkError, read_benchmark
from matching.encoder import HashingEncoder
from matching.evaluation import (
    PROFILES_ONLY,
    WHOLE,
    RememberingEncoder,
    as_json,
    as_table,
    evaluate,
    evaluate_recommender,
)
from matching.intent_training import ProblemExample, fit_intent
from matching.metrics import bootstrap_interval, expected_calibration_error, ndcg, recall, reciprocal_rank
from matching.ranker import Ranker

ENCODER = HashingEncoder(64)

CONTENT: dict[str, Any] = {
    "queries": [
        {
            "query_id": "Q1",
            "text": "용접할 사람을 못 구해 로봇이 필요합니다",
            "ksic_division": "25",
            "categories_gold": ["ROBOT"],
        },
        {"query_id": "Q2", "text": "전기요금이 너무 많이 나옵니다", "categories_gold": ["FEMS"]},
        {"query_id": "Q3", "text": "아무도 풀지 못하는 문제", "categories_gold": ["XR"]},
    ],
    "documents": [
        {
            "doc_id": "D1",
            "kind": "supplier_profile",
            "text": "용접 로봇을 공급합니다",
            "categories": ["ROBOT"],
            "divisions": ["25"],
            "processes": ["용접"],
        },
        {
            "doc_id": "D2",
            "kind": "supplier_profile",
            "text": "전력 사용량을 재고 전기요금을 줄입니다",
            "categories": ["FEMS"],
        },
        {
            "doc_id": "D3",
            "kind": "case_solution",
            "text": "전기요금을 절반으로 줄인 사례",
            "categories": ["FEMS", "IOT"],
        },
        {
            "doc_id": "D4",
            "kind": "supplier_profile",
            "text": "창고 재고를 관리합니다",
            "categories": ["WMS"],
        },
    ],
    "qrels": {"Q1": {"D1": 2}, "Q2": {"D2": 1, "D3": 3}},
}


@pytest.fixture
def benchmark_file(tmp_path: Path) -> Path:
    return written(tmp_path, CONTENT)


def written(folder: Path, content: object) -> Path:
    path = folder / "benchmark.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def array(*values: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(values, np.float64)


def test_ndcg_follows_its_formula() -> None:
    grades, scores = array(3, 0, 2), array(0.1, 0.9, 0.5)
    found = 0 / math.log2(2) + 2 / math.log2(3) + 3 / math.log2(4)
    best = 3 / math.log2(2) + 2 / math.log2(3)
    assert ndcg(grades, scores) == pytest.approx(found / best)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30).filter(any), st.integers(0, 1000))
def test_ndcg_lies_between_zero_and_one_and_the_ideal_order_earns_one(grades: list[int], seed: int) -> None:
    graded = array(*grades)
    assert ndcg(graded, graded) == pytest.approx(1.0)
    assert 0.0 <= ndcg(graded, np.random.default_rng(seed).random(len(grades))) <= 1.0 + 1e-12


def test_needs_without_anything_relevant_have_no_measure() -> None:
    assert math.isnan(ndcg(array(0, 0), array(1, 2)))
    assert math.isnan(reciprocal_rank(array(0, 0), array(1, 2)))
    assert math.isnan(recall(array(0, 0), array(1, 2), 10))


def test_reciprocal_rank_and_recall_look_at_the_order() -> None:
    grades, scores = array(0, 1, 0, 2), array(0.9, 0.1, 0.5, 0.7)
    assert reciprocal_rank(grades, scores) == pytest.approx(1 / 2)
    assert recall(grades, scores, 2) == pytest.approx(1 / 2)
    assert recall(grades, scores, 4) == pytest.approx(1.0)


def test_the_interval_holds_the_mean_and_narrows_with_more_needs() -> None:
    few, many = array(*[0.2, 0.8] * 5), array(*[0.2, 0.8] * 200)
    low, high = bootstrap_interval(few)
    assert low < 0.5 < high
    narrow_low, narrow_high = bootstrap_interval(many)
    assert narrow_high - narrow_low < high - low


def test_calibration_error_is_the_gap_between_what_is_stated_and_what_happens() -> None:
    assert expected_calibration_error(array(1, 0, 1, 0), array(0.5, 0.5, 0.5, 0.5)) == pytest.approx(0.0)
    assert expected_calibration_error(array(0, 0, 0, 0), array(0.9, 0.9, 0.9, 0.9)) == pytest.approx(0.9)


def test_labels_of_a_need_are_never_read(tmp_path: Path) -> None:
    benchmark = read_benchmark(written(tmp_path, CONTENT))
    assert all(need.categories == () for need in benchmark.needs)
    unlabelled = [
        {key: value for key, value in row.items() if key != "categories_gold"} for row in CONTENT["queries"]
    ]
    again = read_benchmark(written(tmp_path, {**CONTENT, "queries": unlabelled}))
    assert again.needs == benchmark.needs


def test_what_a_document_declares_becomes_its_suppliers_profile(benchmark_file: Path) -> None:
    first = read_benchmark(benchmark_file).documents[0].profile
    assert first.solutions[0].categories == ("ROBOT",)
    assert first.solutions[0].industries == ("25",)
    assert first.solutions[0].processes == ("용접",)
    assert first.summary == "용접 로봇을 공급합니다"


def test_profiles_only_drops_other_texts_and_needs_that_no_profile_answers(benchmark_file: Path) -> None:
    benchmark = read_benchmark(benchmark_file)
    profiles = benchmark.restricted_to("supplier_profile")
    assert [document.id for document in profiles.documents] == ["D1", "D2", "D4"]
    assert [need.need_id for need in profiles.needs] == ["Q1", "Q2"]
    assert profiles.grades.tolist() == [[2, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"queries": [], "documents": []},
        {**CONTENT, "queries": [{"text": "수요"}]},
        {**CONTENT, "qrels": {"Q1": {"nowhere": 1}}},
        {**CONTENT, "documents": [*CONTENT["documents"], CONTENT["documents"][0]]},
    ],
)
def test_a_file_that_is_no_benchmark_is_refused(content: object, tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"benchmark\.json"):
        read_benchmark(written(tmp_path, content))


def test_a_ranking_that_knows_the_grades_beats_every_baseline(benchmark_file: Path) -> None:
    rankings = {**baselines(ENCODER), "clairvoyant": lambda benchmark: benchmark.grades}
    results = evaluate(read_benchmark(benchmark_file), rankings)
    for corpus in (WHOLE, PROFILES_ONLY):
        rows = {row.method: row for row in results if row.corpus == corpus}
        assert rows["clairvoyant"].ndcg_at_10 == pytest.approx(1.0)
        assert all(row.ndcg_at_10 <= 1.0 for row in rows.values())
        assert rows["clairvoyant"].needs == 2


def test_baselines_find_the_text_that_shares_the_words(benchmark_file: Path) -> None:
    benchmark = read_benchmark(benchmark_file)
    for code, ranking in baselines(ENCODER).items():
        scores = ranking(benchmark)
        assert scores.shape == benchmark.grades.shape
        if code != "random":
            assert scores[0].argmax() == 0, code


def test_ties_keep_the_order_of_the_documents() -> None:
    assert reciprocal_rank(array(0, 0, 1), array(0.5, 0.5, 0.5)) == pytest.approx(1 / 3)
    assert ndcg(array(0, 1), array(1, 1)) == pytest.approx(1 / math.log2(3))


def test_the_products_own_recommender_is_measured_beside_the_baselines(benchmark_file: Path) -> None:
    examples = [
        ProblemExample(f"{opening} {ending}", (code,))
        for code, opening in (("ROBOT", "용접할 사람이 없어"), ("FEMS", "전기요금이 많이 나와"))
        for ending in ("곤란합니다", "걱정입니다", "힘듭니다", "큰일입니다", "어렵습니다")
    ]
    results = evaluate_recommender(
        read_benchmark(benchmark_file), ENCODER, fit_intent(examples, ENCODER), Ranker.expert()
    )
    assert [row.method for row in results if row.corpus == WHOLE] == [
        "random", "tfidf_words", "tfidf_characters", "bm25", "dense", "hybrid", "product",
    ]  # fmt: skip
    product = next(row for row in results if row.method == "product" and row.corpus == PROFILES_ONLY)
    assert product.ndcg_at_10 > 0.7
    assert product.recall_at_50 == pytest.approx(1.0)


def test_the_table_and_the_json_hold_every_ranking(benchmark_file: Path) -> None:
    results = evaluate(read_benchmark(benchmark_file), baselines(ENCODER))
    table = as_table(results)
    assert table.count("TF-IDF(문자)") == 2
    assert "수요 2건" in table
    assert [row["method"] for row in as_json(results)] == [row.method for row in results]
    json.dumps(as_json(results))


def test_a_text_is_encoded_once_however_often_it_is_asked_for() -> None:
    encoded: list[str] = []

    class CountingEncoder(HashingEncoder):
        def encode(self, texts, prompt):  # type: ignore[no-untyped-def]
            encoded.extend(texts)
            return super().encode(texts, prompt)

    remembering = RememberingEncoder(CountingEncoder(64))
    remembering.encode(["가나다", "라마바", "가나다"], "query")
    vectors = remembering.encode(["라마바"], "query")
    assert encoded == ["가나다", "라마바"]
    np.testing.assert_array_equal(vectors, ENCODER.encode(["라마바"], "query"))
