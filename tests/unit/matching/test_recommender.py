"""Recommendations: eligible suppliers only, best first, explained, the same every time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from matching.diversity import BY_SCORE, KIND_COVER, NEWCOMER
from matching.domain import CapabilityProfile, FloatArray, HeldBack, Note, Recommendation, SupplierStatus
from matching.eligibility import exclusion_of
from matching.exposure import Exposure
from matching.ranker import Ranker, score_of
from matching.recommender import Recommender
from matching.stages import STAGES
from matching.taxonomy import category_codes
from tests.factories.matching import REFERENCE, VISION, WMS, embedded_need, index_of, need, supplier

TODAY = date(2026, 11, 2)


@dataclass(frozen=True)
class KnownIntent:
    """Answers with given probabilities whatever the text."""

    known: dict[str, float] = field(default_factory=lambda: {"VISION": 0.8, "WMS": 0.1})
    categories: Sequence[str] = category_codes()

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> NDArray[np.float64]:
        row = [self.known.get(code, 0.0) for code in self.categories]
        return np.array([row] * len(texts))


def recommender(*suppliers: CapabilityProfile, **known: float) -> Recommender:
    """A recommender over these suppliers with the expert's weights."""
    return Recommender(index_of(*suppliers), KnownIntent(known) if known else KnownIntent(), Ranker.expert())


def recommend(*suppliers: CapabilityProfile, limit: int = 10, **of_need: object) -> Recommendation:
    """The list for the bumper painter."""
    return recommender(*suppliers).recommend(embedded_need(need(**of_need)), limit, TODAY)


def ids(found: Recommendation) -> list[str]:
    """The suppliers in their order."""
    return [match.supplier_id for match in found.matches]


def test_the_right_kind_of_supplier_comes_first() -> None:
    found = recommend(supplier("wms", solutions=(WMS,)), supplier("vision"))
    assert ids(found) == ["vision", "wms"]
    assert found.matches[0].score > 5 * found.matches[1].score
    assert [item.category for item in found.inferred_categories] == ["VISION", "WMS"]


def test_scores_are_the_sigmoid_of_the_summed_contributions_and_fall() -> None:
    found = recommend(
        *(supplier(f"s{n}", region=region) for n, region in enumerate(["41", "11", "50", "48"]))
    )
    for match in found.matches:
        assert sum(reason.contribution for reason in match.reasons) == pytest.approx(match.log_odds, abs=1e-5)
        assert match.score == pytest.approx(score_of(match.log_odds))
    scores = [match.score for match in found.matches]
    assert scores == sorted(scores, reverse=True)
    assert [match.rank for match in found.matches] == [1, 2, 3, 4]


def test_the_excluded_are_counted_and_never_shown() -> None:
    found = recommend(
        supplier("fine"),
        supplier("full", capacity=1, active_projects=1),
        supplier("pending", status=SupplierStatus.PENDING),
        supplier("unwanted"),
        excluded_supplier_ids=("unwanted",),
    )
    assert ids(found) == ["fine"]
    assert {rule.code: rule.count for rule in found.excluded} == {
        "not_approved": 1,
        "excluded_by_manufacturer": 1,
        "no_capacity": 1,
    }
    assert found.considered == 4


def test_a_supplier_appears_once_with_its_best_solution() -> None:
    found = recommend(supplier("both", solutions=(WMS, VISION)))
    assert [(match.supplier_id, match.solution_id) for match in found.matches] == [("both", "vision")]


def test_a_solution_far_over_the_budget_gives_way_to_a_cheaper_one() -> None:
    dear = replace(VISION, price_min_won=90_000_000)
    cheap = replace(VISION, id="cheap", description="사진으로 기록합니다.", price_min_won=10_000_000)
    found = recommend(supplier("both", solutions=(dear, cheap)), budget_won=50_000_000)
    assert [match.solution_id for match in found.matches] == ["cheap"]


def test_equal_suppliers_are_ordered_by_id_whenever_they_came_in() -> None:
    names = ["d", "b", "a", "c"]
    assert ids(recommend(*map(supplier, names))) == sorted(names)
    assert ids(recommend(*map(supplier, reversed(names)))) == sorted(names)


def test_the_same_question_gets_the_same_answer() -> None:
    asked = embedded_need(need())
    made = recommender(supplier("a"), supplier("b", solutions=(WMS,)))
    assert made.recommend(asked, 5, TODAY) == made.recommend(asked, 5, TODAY)


def test_the_limit_holds_and_an_empty_index_gives_an_empty_list() -> None:
    assert len(recommend(*(supplier(f"s{n}") for n in range(9)), limit=3).matches) == 3
    empty = recommend()
    assert (empty.matches, empty.considered) == ((), 0)


def test_an_uncertain_need_is_shown_both_kinds() -> None:
    many = [supplier(f"v{n}") for n in range(5)]
    other_kind = supplier("w", solutions=(replace(VISION, categories=("WMS",)),))
    unsure = recommender(*many, other_kind, VISION=0.4, WMS=0.3)
    sure = recommender(*many, other_kind, VISION=0.9, WMS=0.3)
    asked = embedded_need(need())
    assert "w" in ids(unsure.recommend(asked, 3, TODAY))
    assert "w" not in ids(sure.recommend(asked, 3, TODAY))


def test_a_solved_problem_like_this_one_lifts_a_supplier() -> None:
    other = replace(REFERENCE, problem="냉동 창고의 온도를 밤새 지켜보아야 했다.", industry="10")
    found = recommend(supplier("a", references=(other,)), supplier("b", references=(REFERENCE,)))
    assert ids(found) == ["b", "a"]
    told = next(reason for reason in found.matches[0].reasons if reason.code == "similar_problem")
    assert told.facts["reference"] == REFERENCE.title


def test_a_match_carries_the_features_that_a_judgement_will_need() -> None:
    match = recommend(supplier("a"), supplier("b", solutions=(WMS,))).matches[0]
    ranker = Ranker.expert()
    total = ranker.intercept + sum(ranker.weights[name] * value for name, value in match.features.items())
    assert total == pytest.approx(match.log_odds, abs=1e-5)


def test_leads_are_scored_as_the_need_itself_would_score_the_supplier() -> None:
    suppliers = [supplier("mine"), supplier("wms", solutions=(WMS,)), supplier("far", region="50")]
    needs = [
        embedded_need(need(need_id="near")),
        embedded_need(need(need_id="cheap", budget_won=1_000)),
        embedded_need(
            need(need_id="other", title="", description="냉동고 온도 기록", industry="10", region="50")
        ),
    ]
    made = recommender(*suppliers)
    leads = made.leads("mine", needs, 10, TODAY)
    assert [lead.need_id for lead in leads] == ["near", "other"]
    assert [lead.rank for lead in leads] == [1, 2]
    own = next(m for m in made.recommend(needs[0], 10, TODAY).matches if m.supplier_id == "mine")
    assert leads[0].match.log_odds == pytest.approx(own.log_odds)


def test_a_supplier_that_may_not_be_recommended_has_no_leads() -> None:
    suspended = supplier("s", status=SupplierStatus.SUSPENDED)
    assert exclusion_of(suspended, need()) == "suspended"
    made = recommender(suspended)
    assert made.leads("s", [embedded_need(need())], 10, TODAY) == ()
    assert made.leads("nobody", [embedded_need(need())], 10, TODAY) == ()


def test_scores_of_many_needs_are_those_of_their_recommendations() -> None:
    made = recommender(supplier("a"), supplier("b", solutions=(WMS,)), supplier("c", region="50"))
    needs = [
        embedded_need(need()),
        embedded_need(need(title="", description="창고 재고가 장부와 다릅니다", budget_won=25_000_000)),
    ]
    for asked, scores in zip(needs, made.scores(needs), strict=True):
        matches = made.recommend(asked, 10, TODAY).matches
        assert [one for one, _ in scores] == [match.supplier_id for match in matches]
        assert [score for _, score in scores] == pytest.approx([match.score for match in matches])


def test_scores_count_in_who_is_only_busy() -> None:
    made = recommender(
        supplier("busy", capacity=2, active_projects=2),
        supplier("gone", status=SupplierStatus.SUSPENDED, capacity=2, active_projects=2),
    )
    asked = embedded_need(need())
    assert [one for one, _ in made.scores([asked])[0]] == ["busy"]
    assert made.recommend(asked, 10, TODAY).matches == ()


def test_chosen_suppliers_are_explained_as_a_recommendation_would() -> None:
    made = recommender(supplier("a"), supplier("b", solutions=(WMS,)), supplier("c", references=(REFERENCE,)))
    asked = embedded_need(need())
    whole = {match.supplier_id: match for match in made.recommend(asked, 10, TODAY).matches}
    (chosen,) = made.explain([(asked, ["b", "c", "nobody"])], TODAY)
    assert [(match.rank, match.supplier_id) for match in chosen.matches] == [(1, "c"), (2, "b")]
    for match in chosen.matches:
        assert replace(match, rank=whole[match.supplier_id].rank) == whole[match.supplier_id]


def test_every_stage_is_named_once_in_order_and_changes_nothing() -> None:
    seen: list[str] = []

    @contextmanager
    def watch(stage: str) -> Iterator[None]:
        seen.append(f"{stage} begins")
        yield
        seen.append(f"{stage} ends")

    plain = recommender(supplier("a"), supplier("b"))
    watched = replace(plain, watch=watch).recommend(embedded_need(need()), 10, TODAY)
    assert seen == [f"{stage} {what}" for stage in STAGES for what in ("begins", "ends")]
    assert watched == plain.recommend(embedded_need(need()), 10, TODAY)


def test_a_held_recommender_does_not_see_later_writes() -> None:
    index = index_of(supplier("a"))
    made = Recommender(index, KnownIntent(), Ranker.expert())
    held = made.held()
    index.remove("a")
    asked = [embedded_need(need())]
    assert [one for one, _ in held.scores(asked)[0]] == ["a"]
    assert made.scores(asked) == [()]


def many(count: int) -> list[CapabilityProfile]:
    """Equal suppliers, ordered by id."""
    return [supplier(f"s{number:02}") for number in range(count)]


def test_a_newcomer_is_shown_with_its_own_score_and_a_note_that_says_why() -> None:
    made = recommender(*many(12), supplier("young", employee_count=1))
    asked = embedded_need(need())
    seen = Exposure({f"s{number:02}": 5 for number in range(12)})
    found = made.recommend(asked, 10, TODAY, seen)
    assert ids(found) == [f"s{number:02}" for number in range(9)] + ["young"]
    assert [note.code for match in found.matches for note in match.notes] == [NEWCOMER]
    assert found.held_back == (HeldBack(NEWCOMER, ("s09",)),)
    everybody = made.recommend(asked, 13, TODAY, seen).matches
    scores = {match.supplier_id: match.score for match in everybody}
    assert all(match.score == scores[match.supplier_id] for match in found.matches)


def test_the_lists_of_equal_suppliers_even_out() -> None:
    """Twenty equal suppliers and lists of ten: by score alone the same ten would take all of them."""
    made = recommender(*many(20))
    asked = embedded_need(need())
    lists = {f"s{number:02}": 0 for number in range(20)}
    for _ in range(60):
        for supplier_id in ids(made.recommend(asked, 10, TODAY, Exposure(dict(lists)))):
            lists[supplier_id] += 1
    assert min(lists.values()) > 0
    first, *others = sorted(lists.values(), reverse=True)
    assert first == lists["s00"] == 60
    assert max(others) <= 3 * 30


def test_a_recommender_without_bounds_shows_the_best_by_score() -> None:
    made = replace(recommender(*many(12)), policy=BY_SCORE)
    found = made.recommend(embedded_need(need()), 10, TODAY, Exposure({"s01": 1000}))
    assert ids(found) == [f"s{number:02}" for number in range(10)]
    assert found.held_back == ()


def test_the_kind_that_a_supplier_was_brought_in_for_is_told() -> None:
    other_kind = supplier("w", solutions=(replace(VISION, categories=("WMS",), industries=("10",)),))
    made = recommender(*many(5), other_kind, VISION=0.4, WMS=0.25)
    found = made.recommend(embedded_need(need()), 3, TODAY)
    assert found.matches[-1].notes == (Note(KIND_COVER, {"categories": ("WMS",)}),)
    assert found.held_back == (HeldBack(KIND_COVER, ("s02",)),)
