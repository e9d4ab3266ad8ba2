"""The ranking is fair to strict and lenient reviewers, and says what it did where it cannot be."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.challenges.ranking import Basis, Ranking, Score, rank, weighted_points

A, B, C, D = (UUID(int=number) for number in range(1, 5))
KIM, LEE, PARK = (UUID(int=number) for number in range(101, 104))
APPLICATIONS = [UUID(int=number) for number in range(1, 7)]


def given_by(
    reviewer: UUID, points: Sequence[int], applications: Sequence[UUID] = APPLICATIONS
) -> list[Score]:
    """A reviewer's points for the first applications."""
    return [Score(each, reviewer, value) for each, value in zip(applications, points, strict=False)]


def order(ranking: Ranking) -> list[tuple[UUID, int | None]]:
    return [(each.application, each.rank) for each in ranking.standings]


varied = st.lists(st.integers(100, 500), min_size=6, max_size=6).filter(lambda points: len(set(points)) > 1)


@given(st.lists(varied, min_size=2, max_size=4), st.integers(1, 4), st.integers(-300, 300))
def test_a_stricter_or_narrower_reviewer_moves_nobody(panel: list[list[int]], scale: int, shift: int) -> None:
    people = [UUID(int=101 + number) for number in range(len(panel))]
    plain = [score for who, points in zip(people, panel, strict=True) for score in given_by(who, points)]
    moved = [
        Score(each.application, each.reviewer, each.points * scale + shift)
        if each.reviewer == people[0]
        else each
        for each in plain
    ]
    before = {each.application: each.z for each in rank(APPLICATIONS, plain).standings}
    after = {each.application: each.z for each in rank(APPLICATIONS, moved).standings}
    assert after == pytest.approx(before, abs=1e-6)


@given(st.lists(varied, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_the_order_in_which_scores_come_does_not_matter(panel: list[list[int]], chance: object) -> None:
    scores = [
        each for number, points in enumerate(panel) for each in given_by(UUID(int=101 + number), points)
    ]
    applications = list(APPLICATIONS)
    straight = rank(applications, scores)
    chance.shuffle(scores)
    chance.shuffle(applications)
    assert rank(applications, scores) == straight


@given(st.lists(st.integers(100, 500), min_size=1, max_size=6))
def test_one_reviewer_alone_ranks_by_the_plain_scores(points: list[int]) -> None:
    ranked = rank(APPLICATIONS[: len(points)], given_by(KIM, points)).standings
    shown = [each.raw_mean for each in ranked]
    assert shown == sorted(points, reverse=True)
    assert [each.rank for each in ranked] == [1 + sum(more > each for more in points) for each in shown]


def test_a_lenient_reviewer_does_not_carry_what_they_read() -> None:
    """A and B are read by the strict one only, C and D by the lenient one only."""
    strict = given_by(KIM, [300, 200, 100], [A, B, C])
    lenient = given_by(LEE, [500, 400, 450], [B, C, D])
    assert rank([A, B, C, D], strict + lenient).standings[0].application == A
    by_mean = sorted([(300, A), (350, B), (250, C), (450, D)], reverse=True)
    assert by_mean[0][1] == D


def test_equal_applications_share_their_rank_and_the_next_is_left_out() -> None:
    ranking = rank([A, B, C, D], given_by(KIM, [400, 300, 300, 200], [A, B, C, D]))
    assert order(ranking) == [(A, 1), (B, 2), (C, 2), (D, 4)]


def test_what_nobody_scored_stands_last_without_a_rank() -> None:
    ranking = rank([A, B, C, D], given_by(KIM, [200, 300, 400], [B, C, D]))
    assert order(ranking) == [(D, 1), (C, 2), (B, 3), (A, None)]


def test_it_says_how_each_reviewer_was_measured() -> None:
    scores = [
        *given_by(KIM, [400, 300, 200], [A, B, C]),
        *given_by(LEE, [300, 300, 300], [A, B, C]),
        *given_by(PARK, [500], [A]),
    ]
    ranking = rank([A, B, C], scores)
    assert {who: scale.basis for who, scale in ranking.scales.items()} == {
        KIM: Basis.OWN_SCORES,
        LEE: Basis.NO_DIFFERENCE,
        PARK: Basis.ALL_SCORES,
    }
    marks = {mark.reviewer: mark.z for mark in ranking.standings[0].marks}
    assert marks[LEE] == 0
    assert marks[PARK] > 0
    assert ranking.scales[PARK].mean == pytest.approx(2300 / 7)


def test_strong_disagreement_is_flagged_and_mere_strictness_is_not() -> None:
    strict = given_by(KIM, [300, 200, 100], [A, B, C])
    lenient = given_by(LEE, [500, 450, 400], [A, B, C])
    contrary = given_by(PARK, [100, 200, 300], [A, B, C])
    assert not any(each.contested for each in rank([A, B, C], strict + lenient).standings)
    flagged = {each.application for each in rank([A, B, C], strict + contrary).standings if each.contested}
    assert flagged == {A, C}


def test_weights_count() -> None:
    assert weighted_points([5, 1], [70, 30]) == 380
    assert weighted_points([1, 1, 1], [30, 30, 40]) == 100
    assert weighted_points([5, 5, 5], [30, 30, 40]) == 500
