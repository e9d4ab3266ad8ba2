"""Many needs at once: the optimum against every plan there is, capacities, the floor, fairness."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment import (
    Assignment,
    Candidate,
    Rules,
    assign,
    assign_greedily,
    market_of,
    most_expected,
    own_choices,
)

NEEDS = ("n1", "n2", "n3", "n4")
SUPPLIERS = ("s1", "s2", "s3")
Rank = tuple[tuple[int, ...], float]

unhurried = settings(deadline=None)
"""On a busy machine one solution may take longer than hypothesis allows an example."""


@dataclass(frozen=True)
class Day:
    """Everything that is asked."""

    candidates: tuple[Candidate, ...]
    free: Mapping[str, int | None]
    rules: Rules

    def plan(self) -> Assignment:
        """The optimum."""
        return assign(market_of(NEEDS, self.candidates, self.free, self.rules))

    def capacity(self, supplier_id: str) -> int:
        """What the supplier can take, the unknown counted."""
        given = self.free.get(supplier_id)
        return self.rules.unknown_capacity if given is None else given


SCORES = st.integers(0, 20).map(lambda twentieths: twentieths / 20)


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Four needs, three suppliers, scores with many ties, some pairs not eligible."""
    eligible = draw(st.sets(st.sampled_from(list(product(NEEDS, SUPPLIERS)))))
    candidates = tuple(Candidate(*pair, draw(SCORES)) for pair in sorted(eligible))
    free = {one: draw(st.none() | st.integers(0, 4)) for one in SUPPLIERS[:2]}
    return Day(candidates, free, Rules(draw(st.integers(1, 3)), draw(SCORES), draw(st.integers(0, 2))))


def every_plan(day: Day) -> Iterator[tuple[Candidate, ...]]:
    """Every set of pairs that the rules allow."""
    good = [candidate for candidate in day.candidates if candidate.score >= day.rules.floor]
    choices = []
    for need in NEEDS:
        own = [candidate for candidate in good if candidate.need_id == need]
        sizes = range(min(day.rules.suppliers_per_need, len(own)) + 1)
        choices.append([chosen for size in sizes for chosen in combinations(own, size)])
    for chosen in product(*choices):
        pairs = tuple(pair for own in chosen for pair in own)
        if all(
            sum(pair.supplier_id == supplier for pair in pairs) <= day.capacity(supplier)
            for supplier in SUPPLIERS
        ):
            yield pairs


def rank(pairs: tuple[Candidate, ...], rules: Rules) -> Rank:
    """How many needs have a first, a second, ... supplier, then the sum of the scores."""
    counts = [sum(pair.need_id == need for pair in pairs) for need in NEEDS]
    rounds = tuple(sum(count > place for count in counts) for place in range(rules.suppliers_per_need))
    return rounds, round(sum(pair.score for pair in pairs), 6)


@unhurried
@given(days())
def test_no_plan_serves_the_rounds_better_or_expects_more(day: Day) -> None:
    best = max(rank(pairs, day.rules) for pairs in every_plan(day))
    assert rank(day.plan().pairs, day.rules) == best


@unhurried
@given(days())
def test_without_fairness_no_plan_expects_more(day: Day) -> None:
    market = market_of(NEEDS, day.candidates, day.free, day.rules)
    taken = most_expected(market, [0.0] * day.rules.suppliers_per_need)
    best = max(sum(pair.score for pair in pairs) for pairs in every_plan(day))
    assert sum(market.scores[taken]) == pytest.approx(best)


@unhurried
@given(days())
def test_both_ways_keep_to_capacity_floor_and_number(day: Day) -> None:
    market = market_of(NEEDS, day.candidates, day.free, day.rules)
    for plan in (assign(market), assign_greedily(market)):
        assert all(count <= day.capacity(supplier) for supplier, count in plan.needs_of.items())
        assert all(count <= day.rules.suppliers_per_need for count in plan.suppliers_of.values())
        assert all(pair.score >= day.rules.floor and pair in day.candidates for pair in plan.pairs)
        assert len(set(plan.pairs)) == len(plan.pairs)


@unhurried
@given(days())
def test_the_plan_is_never_behind_the_greedy_one(day: Day) -> None:
    greedy = assign_greedily(market_of(NEEDS, day.candidates, day.free, day.rules))
    assert rank(day.plan().pairs, day.rules) >= rank(greedy.pairs, day.rules)


@unhurried
@given(days())
def test_own_choices_are_a_bound_that_ignores_capacity(day: Day) -> None:
    own = own_choices(market_of(NEEDS, day.candidates, day.free, day.rules))
    assert own.expected_introductions >= day.plan().expected_introductions - 1e-9
    for need in NEEDS:
        good = sorted(c.score for c in day.candidates if c.need_id == need and c.score >= day.rules.floor)
        best = good[::-1][: day.rules.suppliers_per_need]
        assert [pair.score for pair in own.pairs if pair.need_id == need] == best


@unhurried
@given(days(), st.randoms(use_true_random=False))
def test_the_order_of_the_question_does_not_change_the_plan(day: Day, chance: random.Random) -> None:
    shuffled = list(day.candidates)
    chance.shuffle(shuffled)
    again = Day(tuple(shuffled), dict(reversed(day.free.items())), day.rules)
    assert again.plan() == day.plan()


@unhurried
@given(days())
def test_every_need_that_could_take_more_is_told_with_its_reason(day: Day) -> None:
    plan = day.plan()
    for short in plan.shortfalls:
        good = sum(c.need_id == short.need_id and c.score >= day.rules.floor for c in day.candidates)
        has = plan.suppliers_of[short.need_id]
        assert short.missing == day.rules.suppliers_per_need - has
        assert short.code == ("no_candidate_above_floor" if good == has else "capacity_exhausted")
        if short.code == "capacity_exhausted":
            own = {pair.supplier_id for pair in plan.pairs if pair.need_id == short.need_id}
            left = {
                c.supplier_id
                for c in day.candidates
                if c.need_id == short.need_id and c.score >= day.rules.floor and c.supplier_id not in own
            }
            assert all(plan.needs_of[one] == day.capacity(one) for one in left), "those are really full"
    told = {short.need_id for short in plan.shortfalls}
    assert all(plan.suppliers_of[need] == day.rules.suppliers_per_need for need in set(NEEDS) - told)


def test_a_need_gets_its_first_supplier_before_another_gets_its_second() -> None:
    """The best pair first leaves n2 without anybody; the plan gives up 0.6 of the sum for it."""
    candidates = [Candidate("n1", "s1", 0.9), Candidate("n1", "s2", 0.4), Candidate("n2", "s1", 0.3)]
    market = market_of(["n1", "n2"], candidates, {"s1": 1, "s2": 1}, Rules(2))
    assert [(pair.need_id, pair.supplier_id) for pair in assign(market).pairs] == [("n1", "s2"), ("n2", "s1")]
    assert assign_greedily(market).suppliers_of == {"n1": 2}


def test_later_rounds_are_shared_out_in_the_same_way() -> None:
    """s3 has one place: n2's second supplier goes before n1's third, though n1 scores higher."""
    candidates = [Candidate("n1", one, 0.9) for one in ("s1", "s2", "s3")]
    candidates += [Candidate("n2", "s4", 0.5), Candidate("n2", "s3", 0.4)]
    plan = assign(market_of(["n1", "n2"], candidates, {"s3": 1}))
    assert plan.suppliers_of == {"n1": 2, "n2": 2}


def test_a_swap_gains_over_the_best_pair_first() -> None:
    candidates = [
        Candidate("n1", "s1", 0.9), Candidate("n1", "s2", 0.8),
        Candidate("n2", "s1", 0.8), Candidate("n2", "s2", 0.3),
    ]  # fmt: skip
    market = market_of(["n1", "n2"], candidates, {"s1": 1, "s2": 1}, Rules(1))
    assert assign_greedily(market).expected_introductions == pytest.approx(1.2)
    assert assign(market).expected_introductions == pytest.approx(1.6)


def test_pairs_come_in_the_order_of_the_needs_best_first() -> None:
    candidates = [
        Candidate(need, one, score) for need in ("b", "a") for one, score in (("x", 0.4), ("y", 0.7))
    ]
    plan = assign(market_of(["b", "a"], candidates, {}))
    assert [(pair.need_id, pair.supplier_id) for pair in plan.pairs] == [
        ("b", "y"), ("b", "x"), ("a", "y"), ("a", "x"),
    ]  # fmt: skip


def test_a_day_without_candidates_is_a_plan_without_pairs() -> None:
    plan = assign(market_of(["n1"], [], {}))
    assert (plan.pairs, plan.expected_introductions) == ((), 0)
    assert [(short.need_id, short.missing, short.code) for short in plan.shortfalls] == [
        ("n1", 3, "no_candidate_above_floor")
    ]


@pytest.mark.parametrize(
    ("needs", "candidates", "free"),
    [
        (["n1", "n1"], [], {}),
        (["n1"], [Candidate("n1", "s1", 0.5), Candidate("n1", "s1", 0.6)], {}),
        (["n1"], [Candidate("n2", "s1", 0.5)], {}),
        (["n1"], [Candidate("n1", "s1", 1.1)], {}),
        (["n1"], [Candidate("n1", "s1", float("nan"))], {}),
        (["n1"], [Candidate("n1", "s1", 0.5)], {"s1": -1}),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    needs: list[str], candidates: list[Candidate], free: dict[str, int | None]
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        market_of(needs, candidates, free)


@pytest.mark.parametrize(
    "wrong", [{"suppliers_per_need": 0}, {"floor": -0.1}, {"floor": 1.1}, {"unknown_capacity": -1}]
)
def test_rules_that_no_plan_can_keep_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no plan"):
        Rules(**wrong)
