"""Learning from feedback: better lists, judged on needs never learned from, and no winner that takes all."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from matching.features import FEATURE_NAMES
from matching.learning import JudgedNeed, Outcome, ShownCandidate, Trial, challenge, judgements_of, quality
from matching.ranker import Judgement, Ranker, Verdict
from tests.factories.feedback_world import FeedbackWorld, taste_for, without_positions

TASTE = taste_for(region_same=6, region_near=4, process_overlap=4, dense_solution=0.2, lexical=0.3)
ATTENTION = -0.5
EXPERT = Ranker.expert()


def candidate(position: int, verdict: Verdict | None = None, **known: float) -> ShownCandidate:
    """A shown candidate; features not named are 0."""
    features = {name: known.get(name, 0.0) for name in FEATURE_NAMES}
    return ShownCandidate(f"s{position}", position, features, verdict)


def judged(name: str, *decisions: tuple[float, dict[str, float]]) -> JudgedNeed:
    """A need with decisions of outcome and features."""
    made = (
        Judgement({feature: known.get(feature, 0.0) for feature in FEATURE_NAMES}, outcome)
        for outcome, known in decisions
    )
    return JudgedNeed(name, tuple(made))


def named(*, held_out: bool, count: int) -> Iterable[str]:
    """Ids of needs that are held out, or are not."""
    ids = (f"need {number}" for number in range(10_000))
    chosen = [name for name in ids if JudgedNeed(name, ()).is_held_out is held_out]
    return chosen[:count]


def taught(
    world: FeedbackWorld, days: int, *, corrected: bool = True
) -> tuple[list[float], Ranker, list[Trial]]:
    """Lists made, decided on and learned from, night after night; regret before each night and at the end."""
    ranker, decisions, regrets, trials = EXPERT, [], [], []
    for day in range(days):
        regrets.append(world.regret(ranker))
        decisions += world.decide(ranker, day)
        trial = challenge(ranker, decisions if corrected else without_positions(decisions), EXPERT)
        trials.append(trial)
        ranker = trial.fitted if trial.outcome is Outcome.PROMOTED else ranker
    return [*regrets, world.regret(ranker)], ranker, trials


def test_regret_falls_as_account_managers_decide() -> None:
    world = FeedbackWorld.drawn(60, 60, TASTE, ATTENTION, seed=1)

    regrets, _, trials = taught(world, days=8)

    assert regrets[-1] < 0.6 * regrets[0]
    assert sum(trial.outcome is Outcome.PROMOTED for trial in trials) >= 2


def test_learning_does_not_collapse_onto_popular_suppliers() -> None:
    world = FeedbackWorld.drawn(60, 60, TASTE, ATTENTION, seed=2)
    at_first = world.top_tenth_share(EXPERT)

    _, learned, _ = taught(world, days=8)

    ideal = world.top_tenth_share(TASTE)
    assert world.top_tenth_share(learned) <= max(at_first, ideal) + 0.05


def test_the_position_is_not_taken_for_merit() -> None:
    """Where everything is decided by position, the weights stay where the expert put them."""
    indifferent = replace(EXPERT, intercept=0.5, weights=dict.fromkeys(EXPERT.weights, 0.0))
    corrected = FeedbackWorld.drawn(60, 60, indifferent, -1.5, seed=3)
    decisions = corrected.decide(EXPERT, 0)

    aware = challenge(EXPERT, decisions, EXPERT).fitted
    unaware = challenge(EXPERT, without_positions(decisions), EXPERT).fitted

    def merit(ranker: Ranker) -> float:
        return sum(ranker.weights[name] for name in ("category_focus", "lexical", "dense_solution"))

    assert aware.position_weight < -0.5
    assert merit(aware) < merit(unaware)


def test_weights_that_explain_held_out_decisions_worse_are_not_promoted() -> None:
    """Those learned from want the opposite of those held out."""
    learned = [
        judged(name, *[(1.0, {"load": 0.9}), (0.0, {"region_same": 1.0})] * 10)
        for name in named(held_out=False, count=40)
    ]
    held_out = [
        judged(name, *[(0.0, {"load": 0.9}), (1.0, {"region_same": 1.0})] * 10)
        for name in named(held_out=True, count=20)
    ]

    trial = challenge(EXPERT, learned + held_out, EXPERT)

    assert trial.outcome in (Outcome.NOT_BETTER, Outcome.ORDERS_WORSE)
    assert trial.held_out_needs == 20


def test_too_few_held_out_decisions_promote_nothing() -> None:
    learned = [judged(name, (1.0, {"region_same": 1.0})) for name in named(held_out=False, count=200)]
    held_out = [judged(name, (1.0, {"region_same": 1.0})) for name in named(held_out=True, count=19)]

    assert challenge(EXPERT, learned + held_out, EXPERT).outcome is Outcome.TOO_FEW_HELD_OUT


def test_without_decisions_there_is_nothing_new() -> None:
    trial = challenge(EXPERT, [], EXPERT)

    assert trial.outcome is Outcome.NOTHING_NEW
    assert trial.fitted == EXPERT


def test_a_fifth_of_all_needs_is_held_out_whatever_comes_later() -> None:
    needs = [JudgedNeed(f"need {number}", ()) for number in range(2000)]

    assert 0.16 < sum(need.is_held_out for need in needs) / len(needs) < 0.24
    assert JudgedNeed("need 7", ()).is_held_out == needs[7].is_held_out


def test_learning_starts_from_what_an_administrator_set() -> None:
    generous = replace(EXPERT, weights={**EXPERT.weights, "certification": 2.0})

    assert challenge(generous, [], generous).fitted.weights["certification"] == pytest.approx(2.0)


def test_candidates_below_the_last_decision_were_perhaps_not_looked_at() -> None:
    shown = [candidate(1), candidate(2, "introduced"), candidate(3), candidate(4)]

    passed_over, introduced = judgements_of(shown)

    assert (passed_over.outcome, passed_over.position) == (0.0, 1)
    assert (introduced.outcome, introduced.position) == (1.0, 2)
    assert passed_over.weight < introduced.weight


def test_a_list_without_a_decision_teaches_nothing() -> None:
    assert judgements_of([candidate(1), candidate(2)]) == ()


def test_features_of_another_version_are_left_out() -> None:
    old = ShownCandidate("s1", 1, {"a_feature_of_old": 1.0}, "introduced")

    assert judgements_of([old]) == ()


def test_quality_counts_pairs_that_stand_in_the_right_order() -> None:
    needs = [
        judged(
            "one", (1.0, {"category_focus": 0.9}), (0.0, {"category_focus": 0.1}), (0.0, {"lexical": 1.0})
        ),
        judged("two", (1.0, {"category_focus": 0.1}), (0.0, {"category_focus": 0.9})),
    ]

    measured = quality(EXPERT, needs)

    assert (measured.pairs, measured.judgements) == (3, 5)
    assert measured.ordered == pytest.approx(2 / 3)
