"""Who is in the list: the best by score, within bounds that an account manager can defend."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.diversity import (
    BY_SCORE,
    EXPOSURE_BOUND,
    KIND_COVER,
    NEWCOMER,
    WHOLE_LIST,
    Choice,
    ListPolicy,
    Selection,
    probable_categories,
    select,
)
from matching.domain import InferredCategory

DEFAULT = ListPolicy()
FAIR = 5.0
OFTEN = 100
"""Recent lists far over every bound while the fair share is `FAIR`."""


def inferred(**known: float) -> list[InferredCategory]:
    """Categories with their probabilities."""
    return [InferredCategory(code, value) for code, value in known.items()]


def choice(score: float, *categories: str, lists: int = 5) -> Choice:
    """A candidate for these kinds, neither new nor shown too often unless told."""
    return Choice(score, frozenset(categories), lists)


def falling(*lists: int) -> list[Choice]:
    """Candidates that were in so many recent lists, each a hundredth behind the one before."""
    return [choice(0.9 - place / 100, lists=count) for place, count in enumerate(lists)]


def test_a_certain_kind_needs_no_cover() -> None:
    assert probable_categories(inferred(MES=0.8, ERP=0.5), DEFAULT) == ()


def test_an_uncertain_need_names_the_kinds_that_keep_up_with_the_first() -> None:
    unsure = inferred(MES=0.5, ERP=0.3, AI=0.2, XR=0.01)
    assert probable_categories(unsure, DEFAULT) == ("MES", "ERP")
    assert probable_categories(unsure, replace(DEFAULT, cover_kinds=False)) == ()


def test_nothing_probable_means_nothing_to_cover() -> None:
    assert probable_categories([], DEFAULT) == ()
    assert probable_categories(inferred(MES=0.1, ERP=0.09), DEFAULT) == ()


def test_the_lowest_choice_makes_room_for_a_kind_not_shown() -> None:
    choices = [choice(0.8, "MES"), choice(0.7, "MES"), choice(0.6, "MES"), choice(0.5, "ERP")]
    assert select(choices, 3, DEFAULT, ("MES", "ERP")) == Selection(
        (0, 1, 3), {3: KIND_COVER}, {2: KIND_COVER}
    )


def test_a_hopeless_candidate_is_not_shown_for_variety() -> None:
    choices = [choice(0.8, "MES"), choice(0.7, "MES"), choice(0.01, "ERP")]
    assert select(choices, 2, DEFAULT, ("MES", "ERP")).places == (0, 1)


def test_a_supplier_that_is_in_every_list_yields_to_one_that_is_nearly_as_good() -> None:
    choices = falling(5, OFTEN, 5, 5)
    assert select(choices, 3, DEFAULT, fair_share=FAIR) == Selection(
        (0, 2, 3), {3: EXPOSURE_BOUND}, {1: EXPOSURE_BOUND}
    )


def test_it_keeps_its_place_where_nobody_comes_near() -> None:
    choices = [choice(0.9), choice(0.8, lists=OFTEN), choice(0.7), choice(0.1)]
    assert select(choices, 3, DEFAULT, fair_share=FAIR).places == (0, 1, 2)


def test_it_keeps_its_place_where_it_alone_stands_for_a_probable_kind() -> None:
    choices = [choice(0.9, "MES"), choice(0.8, "ERP", lists=OFTEN), choice(0.79, "MES"), choice(0.7, "ERP")]
    assert select(choices, 2, DEFAULT, ("MES", "ERP"), FAIR).places == (0, 3)
    assert select(choices[:3], 2, DEFAULT, ("MES", "ERP"), FAIR).places == (0, 1)


def test_the_first_place_belongs_to_the_best_however_often_it_was_shown() -> None:
    assert select(falling(OFTEN, OFTEN, 0), 1, DEFAULT, fair_share=FAIR).places == (0,)


def test_a_few_lists_are_never_too_many() -> None:
    """A young alliance has few lists: three of them are no reason to make anybody wait."""
    assert select(falling(5, 9, 0), 2, DEFAULT, fair_share=0.1).places == (0, 1)


def test_a_newcomer_gets_the_last_place_of_a_list_of_ten() -> None:
    choices = falling(*[5] * 12, 2)
    assert select(choices, WHOLE_LIST, DEFAULT, fair_share=FAIR) == Selection(
        (*range(9), 12), {12: NEWCOMER}, {9: NEWCOMER}
    )


def test_of_several_newcomers_the_one_in_the_fewest_lists_comes_first() -> None:
    choices = falling(*[5] * 10, 2, 0, 1)
    assert select(choices, WHOLE_LIST, DEFAULT, fair_share=FAIR).places == (*range(9), 11)


def test_a_list_that_has_a_newcomer_already_stays_as_it_is() -> None:
    choices = falling(5, 0, *[5] * 10, 0)
    assert select(choices, WHOLE_LIST, DEFAULT, fair_share=FAIR).places == tuple(range(10))


def test_a_newcomer_far_behind_is_not_shown() -> None:
    choices = [*falling(*[5] * 10), choice(0.1, lists=0)]
    assert select(choices, WHOLE_LIST, DEFAULT, fair_share=FAIR).places == tuple(range(10))


def test_a_short_list_has_no_place_for_a_newcomer() -> None:
    assert select(falling(5, 5, 5, 0), 3, DEFAULT, fair_share=FAIR).places == (0, 1, 2)


def test_whoever_left_for_a_newcomer_comes_back_for_one_that_was_shown_too_often() -> None:
    choices = falling(5, 5, 5, OFTEN, *[5] * 6, 0)
    assert select(choices, WHOLE_LIST, DEFAULT, fair_share=FAIR) == Selection(
        (0, 1, 2, *range(4, 11)), {10: NEWCOMER}, {3: EXPOSURE_BOUND}
    )


@pytest.mark.parametrize(
    "bounds",
    [{"newcomer_share": 0.0}, {"bound_share": 1.1}, {"exposure_bound": 0.5}, {"newcomer_lists": 11}],
)
def test_bounds_that_contradict_each_other_are_refused(bounds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"share|bound"):
        ListPolicy(**bounds)


KINDS = ["MES", "ERP", "AI"]
CHOICES = st.lists(
    st.builds(
        choice,
        st.one_of(st.floats(0, 1), st.sampled_from([0.5, 0.6])),
        st.sampled_from([*KINDS, "XR"]),
        lists=st.one_of(st.integers(0, 4), st.integers(0, 40)),
    ),
    max_size=16,
).map(lambda found: sorted(found, key=lambda each: -each.score))
LIMITS = st.integers(1, 12)
COVERED = st.lists(st.sampled_from(KINDS), unique=True)
FAIR_SHARES = st.floats(0, 10)
POLICIES = st.builds(
    ListPolicy,
    newcomer_places=st.integers(0, 3),
    exposure_bound=st.one_of(st.none(), st.floats(1, 5)),
    bound_share=st.floats(0.1, 1),
    newcomer_share=st.floats(0.1, 1),
    kind_share=st.floats(0.1, 1),
)


@given(CHOICES, LIMITS, POLICIES, COVERED, FAIR_SHARES)
def test_a_list_is_full_in_order_led_by_the_best_and_never_covers_less(
    choices: list[Choice], limit: int, policy: ListPolicy, kinds: list[str], fair_share: float
) -> None:
    shown = select(choices, limit, policy, kinds, fair_share).places
    assert shown == tuple(sorted(set(shown)))
    assert len(shown) == min(limit, len(choices))
    assert not choices or shown[0] == 0
    plain = {c for place in range(len(shown)) for c in choices[place].categories} & set(kinds)
    assert plain <= {c for place in shown for c in choices[place].categories}


@given(CHOICES, LIMITS, POLICIES, COVERED, FAIR_SHARES)
def test_whatever_differs_from_the_order_of_score_is_told_with_its_rule(
    choices: list[Choice], limit: int, policy: ListPolicy, kinds: list[str], fair_share: float
) -> None:
    found = select(choices, limit, policy, kinds, fair_share)
    by_score = set(range(min(limit, len(choices))))
    assert set(found.added) == set(found.places) - by_score
    assert set(found.held_back) == by_score - set(found.places)
    assert len(found.added) == len(found.held_back)


@given(CHOICES, LIMITS, POLICIES, COVERED, FAIR_SHARES)
def test_whoever_comes_in_has_a_stated_share_of_the_score_of_somebody_held_back(
    choices: list[Choice], limit: int, policy: ListPolicy, kinds: list[str], fair_share: float
) -> None:
    least = min(policy.kind_share, policy.newcomer_share, policy.bound_share)
    found = select(choices, limit, policy, kinds, fair_share)
    lowest = min((choices[place].score for place in found.held_back), default=0.0)
    assert all(choices[place].score >= least * lowest for place in found.added)
    only_bound = replace(policy, newcomer_places=0)
    swapped = select(choices, limit, only_bound, (), fair_share)
    pairs = zip(sorted(swapped.held_back, reverse=True), sorted(swapped.added), strict=True)
    assert all(choices[comer].score >= policy.bound_share * choices[leaver].score for leaver, comer in pairs)


@given(CHOICES, LIMITS, FAIR_SHARES)
def test_without_bounds_the_list_is_the_best_by_score(
    choices: list[Choice], limit: int, fair_share: float
) -> None:
    count = min(limit, len(choices))
    assert select(choices, limit, BY_SCORE, (), fair_share) == Selection(tuple(range(count)), {}, {})


@given(CHOICES, LIMITS, POLICIES, FAIR_SHARES)
def test_nobody_over_the_bound_has_a_place_while_an_equal_one_within_it_waits(
    choices: list[Choice], limit: int, policy: ListPolicy, fair_share: float
) -> None:
    shown = select(choices, limit, policy, (), fair_share).places
    most = policy.most_lists(fair_share)
    waiting = [each for place, each in enumerate(choices) if place not in shown and each.lists <= most]
    best = max((each.score for each in waiting), default=-math.inf)
    over = [choices[place] for place in shown[1:] if choices[place].lists > most]
    assert not any(best >= each.score for each in over)


@given(CHOICES, st.integers(WHOLE_LIST, 12), POLICIES, FAIR_SHARES)
def test_a_fitting_newcomer_waits_only_when_the_places_for_newcomers_are_taken(
    choices: list[Choice], limit: int, policy: ListPolicy, fair_share: float
) -> None:
    shown = select(choices, limit, policy, (), fair_share).places

    def is_new(place: int) -> bool:
        return choices[place].lists < policy.newcomer_lists

    seated = sum(map(is_new, shown))
    waiting = [each.score for place, each in enumerate(choices) if place not in shown and is_new(place)]
    known = [choices[place].score for place in shown[1:] if not is_new(place)]
    if waiting and known and seated < policy.newcomer_places:
        assert max(waiting) < policy.newcomer_share * min(known)
