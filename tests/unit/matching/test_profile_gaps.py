"""A gap promises no more than the ranker would give."""

from dataclasses import replace

import pytest

from matching.domain import CapabilityProfile, Solution
from matching.features import fit
from matching.features.signals import WITHOUT_REFERENCE
from matching.prior import PRIOR
from matching.profile_gaps import profile_gaps
from tests.factories.matching import REFERENCE, VISION, need, supplier

WEIGHTS = {name: weight.mean for name, weight in PRIOR.items()}
BARE = Solution(id="bare", name="바른 솔루션", description="일을 쉽게 해 드립니다.", categories=("MES",))


def gaps_of(profile: CapabilityProfile) -> dict[str, float]:
    return {gap.code: gap.gain for gap in profile_gaps(profile, WEIGHTS)}


def test_a_full_profile_has_no_gaps() -> None:
    full = supplier(
        solutions=(VISION,),
        references=(REFERENCE,),
        certifications=("GS", "NET", "NEP"),
        employee_count=20,
    )
    assert profile_gaps(full, WEIGHTS) == ()


def test_an_empty_profile_names_everything_that_the_ranker_would_read() -> None:
    gaps = profile_gaps(supplier(solutions=(BARE,), references=(), certifications=()), WEIGHTS)
    assert {gap.code for gap in gaps} == {
        "references", "processes", "industries", "prices", "smart_levels", "employee_count",
        "certifications",
    }  # fmt: skip
    assert [gap.gain for gap in gaps] == sorted((gap.gain for gap in gaps), reverse=True)


@pytest.mark.parametrize(
    ("code", "filled", "asked"),
    [
        ("prices", {"price_min_won": 1}, {"budget_won": 10_000_000}),
        ("industries", {"industries": ("30",)}, {"industry": "30"}),
        ("smart_levels", {"smart_levels": ("기초",)}, {"smart_level": "기초"}),
    ],
)
def test_a_gain_is_the_weight_times_what_the_feature_gains_with_a_need_that_fits(
    code: str, filled: dict[str, object], asked: dict[str, object]
) -> None:
    measures = {
        "prices": ("budget_fit", fit.budget_fit),
        "industries": ("industry_closeness", fit.industry_fit),
        "smart_levels": ("smart_level_fit", fit.smart_level_fit),
    }
    name, measure = measures[code]
    wanted = need(**asked)
    gained = measure(wanted, replace(BARE, **filled)) - measure(wanted, BARE)
    assert gaps_of(supplier(solutions=(BARE,)))[code] == pytest.approx(WEIGHTS[name] * gained)


def test_references_count_by_their_problem_and_their_industry() -> None:
    without = gaps_of(supplier(references=()))
    most = WEIGHTS["dense_reference_problem"] * (1 - WITHOUT_REFERENCE) + WEIGHTS["reference_industry"]
    assert without["references"] == pytest.approx(most)
    unnamed = gaps_of(supplier(references=(replace(REFERENCE, industry=None),)))
    assert unnamed["reference_industries"] == pytest.approx(WEIGHTS["reference_industry"])
    assert "references" not in unnamed


def test_each_further_mark_counts_until_three() -> None:
    gains = [
        gaps_of(supplier(certifications=marks)).get("certifications", 0.0)
        for marks in ((), ("GS",), ("GS", "NET"), ("GS", "NET", "NEP"))
    ]
    assert gains == pytest.approx([WEIGHTS["certification"] * share for share in (1, 2 / 3, 1 / 3, 0)])


def test_a_process_that_the_text_mentions_need_not_be_listed() -> None:
    told = replace(BARE, description="사출 공정의 조건을 모아 드립니다.")
    assert "processes" not in gaps_of(supplier(solutions=(told,)))


def test_a_gap_names_the_solutions_that_lack_it() -> None:
    gaps = profile_gaps(supplier(solutions=(VISION, BARE)), WEIGHTS)
    assert next(gap for gap in gaps if gap.code == "prices").solutions == (BARE.name,)


def test_what_the_weights_do_not_count_is_no_gap() -> None:
    none = dict.fromkeys(WEIGHTS, 0.0)
    assert profile_gaps(supplier(solutions=(BARE,), references=()), none) == ()
