"""Evaluation: measures worked out by hand, rankings compared fairly, failures told."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.domain import NeedProfile
from matching.encoder import HashingEncoder
from matching.evaluation import (
    PRODUCT,
    PROFILES_ONLY,
    WHOLE,
    Benchmark,
    Evaluation,
    RememberingEncoder,
    evaluate,
    evaluate_recommender,
    product_ranking,
    read_benchmark,
)
from matching.evaluation.baselines import baselines
from matching.evaluation.breakdown import by_category, worst_needs
from matching.evaluation.plain import as_json
from matching.evaluation.rankings import Answering, Documents, Ranking, timed
from matching.features import FEATURE_NAMES
from matching.intent import IntentModel
from matching.intent_training import fit_intent
from matching.metrics import bootstrap_interval, ndcg, recall, reciprocal_rank
from matching.problem_examples import ProblemExample
from matching.ranker import Ranker
from tests.factories.encoders import CountingEncoder

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
def benchmark(tmp_path: Path) -> Benchmark:
    path = tmp_path / "benchmark.json"
    path.write_text(json.dumps(CONTENT, ensure_ascii=False), encoding="utf-8")
    return read_benchmark(path)


@pytest.fixture(scope="module")
def intent() -> IntentModel:
    """Tells robots from energy."""
    examples = [
        ProblemExample(f"{opening} {ending}", (code,))
        for code, opening in (("ROBOT", "용접할 사람이 없어"), ("FEMS", "전기요금이 많이 나와"))
        for ending in ("곤란합니다", "걱정입니다", "힘듭니다", "큰일입니다", "어렵습니다")
    ]
    return fit_intent(examples, ENCODER)


def placing(orders: dict[str, list[str]]) -> Ranking:
    """A ranking with a fixed order of document ids by need."""

    def rank(documents: Documents) -> Answering:
        def score(need: NeedProfile) -> np.ndarray[Any, np.dtype[np.float64]]:
            order = orders[need.need_id or ""]
            return array(*(-float(order.index(document.id)) for document in documents))

        return timed(score)

    return rank


RIGHT = {"Q1": ["D1", "D2", "D3", "D4"], "Q2": ["D3", "D2", "D1", "D4"], "Q3": ["D1", "D2", "D3", "D4"]}
WRONG = {"Q1": ["D4", "D3", "D2", "D1"], "Q2": ["D3", "D2", "D1", "D4"], "Q3": ["D1", "D2", "D3", "D4"]}


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


def test_profiles_only_drops_other_texts_and_needs_that_no_profile_answers(benchmark: Benchmark) -> None:
    profiles = benchmark.restricted_to("supplier_profile")
    assert [document.id for document in profiles.documents] == ["D1", "D2", "D4"]
    assert [need.need_id for need in profiles.needs] == ["Q1", "Q2"]
    assert profiles.grades.tolist() == [[2, 0, 0], [0, 1, 0]]
    assert profiles.labels == (("ROBOT",), ("FEMS",))


def test_ties_keep_the_order_of_the_documents() -> None:
    assert reciprocal_rank(array(0, 0, 1), array(0.5, 0.5, 0.5)) == pytest.approx(1 / 3)
    assert ndcg(array(0, 1), array(1, 1)) == pytest.approx(1 / math.log2(3))


def test_the_perfect_order_beats_every_baseline(benchmark: Benchmark) -> None:
    rankings = {**baselines(RememberingEncoder(ENCODER)), "perfect": placing(RIGHT)}
    for evaluation in evaluate(benchmark, rankings):
        rows = {row.method: row for row in evaluation.measured}
        assert rows["perfect"].ndcg_at_10 == pytest.approx(1.0)
        assert all(row.ndcg_at_10 <= 1.0 for row in rows.values())
        assert rows["perfect"].needs == 2


def test_all_texts_and_supplier_profiles_are_measured_apart(benchmark: Benchmark) -> None:
    evaluations = evaluate(benchmark, {"perfect": placing(RIGHT)})
    assert [each.corpus for each in evaluations] == [WHOLE, PROFILES_ONLY]
    assert [len(each.benchmark.documents) for each in evaluations] == [4, 3]


def test_baselines_find_the_text_that_shares_the_words(benchmark: Benchmark) -> None:
    for code, ranking in baselines(RememberingEncoder(ENCODER)).items():
        answer = ranking(benchmark.documents)(benchmark.needs[0])
        assert answer.scores.shape == (4,)
        assert answer.seconds > 0
        if code != "random":
            assert answer.scores.argmax() == 0, code


def test_a_ranking_receives_documents_and_needs_and_nothing_to_cheat_with(benchmark: Benchmark) -> None:
    received: list[object] = []

    def spying(documents: Documents) -> Answering:
        received.extend(documents)

        def score(need: NeedProfile) -> np.ndarray[Any, np.dtype[np.float64]]:
            received.append(need)
            return np.zeros(len(documents))

        return timed(score)

    evaluate(benchmark, {"spy": spying})
    assert {type(each).__name__ for each in received} == {"BenchmarkDocument", "NeedProfile"}
    assert all(need.categories == () for need in received if isinstance(need, NeedProfile))


def test_the_products_own_recommender_is_measured_beside_the_baselines(
    benchmark: Benchmark, intent: IntentModel
) -> None:
    whole, profiles = evaluate_recommender(benchmark, RememberingEncoder(ENCODER), intent, Ranker.expert())
    assert [row.method for row in whole.measured] == [
        "random", "tfidf_words", "tfidf_characters", "bm25", "dense", "hybrid", "product",
    ]  # fmt: skip
    product = next(row for row in profiles.measured if row.method == PRODUCT)
    assert product.ndcg_at_10 > 0.7
    assert product.recall_at_50 == pytest.approx(1.0)
    dense = next(row for row in whole.measured if row.method == "dense")
    assert dense.times_dense == pytest.approx(1.0)
    assert all(row.milliseconds > 0 for row in whole.measured)


def test_a_difference_is_taken_need_by_need(benchmark: Benchmark) -> None:
    (whole, _) = evaluate(benchmark, {"wrong": placing(WRONG), PRODUCT: placing(RIGHT)})
    found = whole.comparison
    assert found is not None
    lost = 1 - 1 / math.log2(5)
    assert (found.method, found.rival) == (PRODUCT, "wrong")
    assert found.difference == pytest.approx(lost / 2)
    assert (found.better, found.equal, found.worse) == (1, 1, 0)
    assert found.low == pytest.approx(0.0)
    assert found.high == pytest.approx(lost)
    turned = whole.compare("wrong", PRODUCT)
    assert (turned.difference, turned.worse) == (pytest.approx(-lost / 2), 1)


def test_the_product_is_compared_with_the_best_of_the_others(benchmark: Benchmark) -> None:
    rankings = {"wrong": placing(WRONG), "right": placing(RIGHT), PRODUCT: placing(WRONG)}
    comparison = evaluate(benchmark, rankings)[0].comparison
    assert comparison is not None
    assert comparison.rival == "right"
    assert comparison.difference < 0


def test_two_rankers_can_be_judged_on_the_same_needs(benchmark: Benchmark, intent: IntentModel) -> None:
    blind = replace(Ranker.expert(), weights=dict.fromkeys(FEATURE_NAMES, 0.0))
    encoder = RememberingEncoder(ENCODER)
    rankings = {
        "expert": product_ranking(encoder, intent, Ranker.expert()),
        "blind": product_ranking(encoder, intent, blind),
    }
    found = evaluate(benchmark, rankings)[0].compare("expert", "blind")
    assert found.difference > 0
    assert found.worse == 0


def test_each_label_has_its_own_figure_and_its_needs(benchmark: Benchmark) -> None:
    (whole, _) = evaluate(benchmark, {"right": placing(RIGHT), PRODUCT: placing(WRONG)})
    rows = by_category(whole)
    assert [(row.category, row.needs) for row in rows] == [("ROBOT", 1), ("FEMS", 1)]
    assert rows[0].ndcg_at_10 == pytest.approx(1 / math.log2(5))
    assert rows[0].rival_ndcg_at_10 == pytest.approx(1.0)


def test_without_labels_there_is_no_breakdown(benchmark: Benchmark) -> None:
    unlabelled = replace(benchmark, labels=((),) * 3)
    (whole, _) = evaluate(unlabelled, {"right": placing(RIGHT), PRODUCT: placing(RIGHT)})
    assert by_category(whole) == ()


def test_the_worst_need_is_told_with_what_went_wrong(benchmark: Benchmark, intent: IntentModel) -> None:
    whole = evaluate_recommender(benchmark, RememberingEncoder(ENCODER), intent, Ranker.expert())[0]
    wrong = Evaluation(
        WHOLE,
        benchmark,
        {PRODUCT: [replace(answer, scores=-answer.scores) for answer in whole.answers[PRODUCT]]},
    )
    first = worst_needs(wrong, 1)[0]
    assert first.need_id == "Q1"
    assert first.labels == ("ROBOT",)
    assert first.inferred[0].category == "ROBOT"
    assert [each.place for each in first.first] == [1, 2, 3]
    assert [(each.place, each.document, each.grade) for each in first.best] == [(4, "D1", 2.0)]
    assert {need.need_id for need in worst_needs(wrong, 10)} == {"Q1", "Q2"}


def test_a_document_that_is_not_shown_has_no_place(benchmark: Benchmark) -> None:
    hidden = timed(lambda need: array(-np.inf, 0.0, -1.0, -2.0))
    (whole, _) = evaluate(
        benchmark,
        {
            PRODUCT: lambda documents: (
                hidden if len(documents) == 4 else timed(lambda need: np.zeros(len(documents)))
            )
        },
    )
    need = next(need for need in worst_needs(whole, 2) if need.need_id == "Q1")
    assert [(each.document, each.place) for each in need.best] == [("D1", None)]


def test_the_json_has_no_number_that_json_does_not_know(benchmark: Benchmark, intent: IntentModel) -> None:
    found = evaluate_recommender(
        replace(benchmark, labels=((),) * 3), RememberingEncoder(ENCODER), intent, Ranker.expert()
    )
    content = as_json(found, errors=2)
    json.dumps(content, allow_nan=False)
    json.dumps(as_json(evaluate(benchmark, {PRODUCT: placing(RIGHT)})), allow_nan=False)
    assert [row["method"] for row in content[0]["results"]] == [row.method for row in found[0].measured]
    assert len(content[0]["errors"]) == 2
    assert content[0]["comparison"]["method"] == PRODUCT


def test_a_document_is_encoded_once_and_a_need_whenever_it_is_asked(
    benchmark: Benchmark, intent: IntentModel
) -> None:
    counting = CountingEncoder(HashingEncoder(64))
    evaluate_recommender(benchmark, RememberingEncoder(counting), intent, Ranker.expert())
    assert counting.encoded.count("전기요금을 절반으로 줄인 사례") == 1
    needs_times = counting.encoded.count("전기요금이 너무 많이 나옵니다")
    assert needs_times == 2 * len(("dense", "hybrid", "product"))


def test_remembered_vectors_are_those_of_the_encoder() -> None:
    remembering = RememberingEncoder(ENCODER)
    remembering.encode(["가나다", "라마바", "가나다"], "query")
    vectors = remembering.encode(["라마바"], "query")
    np.testing.assert_array_equal(vectors, ENCODER.encode(["라마바"], "query"))


def test_what_nobody_judged_can_be_taken_out_of_the_list(benchmark: Benchmark) -> None:
    judged = np.array([[True, True, False, False], [True] * 4, [False] * 4])
    (whole, _) = evaluate(replace(benchmark, judged=judged), {PRODUCT: placing(WRONG)})
    (row,) = whole.measured
    # Q1: D4 and D3 leave the list, so D1 moves from the fourth place to the second.
    assert row.ndcg_of_judged == pytest.approx((1 / math.log2(3) + 1) / 2)
    assert row.ndcg_at_10 == pytest.approx((1 / math.log2(5) + 1) / 2)
