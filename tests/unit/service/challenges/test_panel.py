"""Who reviews what: enough people, none with a conflict, the work shared as evenly as it can be."""

from collections import Counter
from itertools import combinations, product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.challenges.panel import Panel, TooFewReviewersError, assign

APPLICATIONS = [UUID(int=number) for number in range(1, 6)]
PEOPLE = [UUID(int=number) for number in range(101, 106)]


@st.composite
def calls(draw: st.DrawFn, most: int = 5) -> tuple[dict[UUID, set[UUID]], int]:
    """Some applications, who may review each, and how many should."""
    each = draw(st.integers(1, 3))
    applications = APPLICATIONS[: draw(st.integers(1, most))]
    people = st.sets(st.sampled_from(PEOPLE[:most]), min_size=each)
    return {application: draw(people) for application in applications}, each


def loads(panel: Panel, people: set[UUID]) -> list[int]:
    counted = Counter(reviewer for reviewers in panel.values() for reviewer in reviewers)
    return sorted(counted[each] for each in people)


@given(calls())
def test_every_application_has_enough_reviewers_and_none_with_a_conflict(
    call: tuple[dict[UUID, set[UUID]], int],
) -> None:
    eligible, each = call
    panel = assign(eligible, each)
    assert {application: len(reviewers) for application, reviewers in panel.items()} == dict.fromkeys(
        eligible, each
    )
    assert all(panel[application] <= people for application, people in eligible.items())
    assert assign(dict(reversed(eligible.items())), each) == panel


@given(calls(most=4))
def test_the_work_is_shared_as_evenly_as_the_conflicts_allow(
    call: tuple[dict[UUID, set[UUID]], int],
) -> None:
    """Even: the sum of squares is the least of all panels that there could be."""
    eligible, each = call
    people = set().union(*eligible.values())
    possible = product(*(combinations(sorted(able), each) for able in eligible.values()))
    best = min(
        sum(load * load for load in Counter(one for chosen in panel for one in chosen).values())
        for panel in possible
    )
    assert sum(load * load for load in loads(assign(eligible, each), people)) == best


def test_too_few_reviewers_are_counted() -> None:
    eligible = {APPLICATIONS[0]: {PEOPLE[0]}, APPLICATIONS[1]: set(PEOPLE[:2]), APPLICATIONS[2]: set(PEOPLE)}
    with pytest.raises(TooFewReviewersError) as refused:
        assign(eligible, 3)
    assert (refused.value.missing, refused.value.applications) == (2, 2)


def test_what_was_begun_stays() -> None:
    first, second = APPLICATIONS[:2]
    eligible = {first: set(PEOPLE[:3]), second: set(PEOPLE[:3])}
    kept = {first: {PEOPLE[0], PEOPLE[1]}, second: {PEOPLE[0], PEOPLE[1]}}
    assert assign(eligible, 2, kept) == kept
    assert assign(eligible, 1, {first: {PEOPLE[0]}})[second] != {PEOPLE[0]}
