"""Explanations: reasons that add up, evidence that agrees, cautions that are due."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matching.domain import CapabilityProfile, Caution, InferredCategory, NeedProfile
from matching.explanation import MOST_REASONS, Pair, cautions, evidence, reasons
from matching.features import FEATURE_NAMES
from matching.index.sentences import packed
from tests.factories.matching import (
    ENCODER,
    REFERENCE,
    VISION,
    embedded,
    embedded_need,
    need,
    supplier,
)

TODAY = date(2026, 11, 2)
LIKELY_VISION = (InferredCategory("VISION", 0.8), InferredCategory("MES", 0.1))


def pair(
    of_supplier: CapabilityProfile | None = None,
    of_need: NeedProfile | None = None,
    inferred: tuple[InferredCategory, ...] = LIKELY_VISION,
    **features: float,
) -> Pair:
    """A pair of which only the named features are above 0."""
    profile = of_supplier or supplier(references=(REFERENCE,))
    return Pair(
        need=embedded_need(of_need or need()),
        profile=profile,
        solution=profile.solutions[0],
        processes=frozenset({"도장", "검사"}),
        nearest_reference=profile.references[0] if profile.references else None,
        inferred=inferred,
        features={name: features.get(name, 0.0) for name in FEATURE_NAMES},
    )


ALL_STRONG = dict.fromkeys(FEATURE_NAMES, 1.0)


def test_reasons_add_up_to_the_log_odds_with_base_and_other() -> None:
    contributions = {name: 0.1 * place - 0.2 for place, name in enumerate(FEATURE_NAMES)}
    found = reasons(pair(**ALL_STRONG), contributions, intercept=-5.0)
    assert sum(reason.contribution for reason in found) == pytest.approx(sum(contributions.values()) - 5.0)
    assert [reason.code for reason in found[-2:]] == ["other", "base"]
    assert 3 <= len(found) - 2 <= MOST_REASONS
    told = [reason.contribution for reason in found[:-2]]
    assert told == sorted(told, reverse=True)


def test_a_reason_without_facts_is_not_told() -> None:
    contributions = dict.fromkeys(FEATURE_NAMES, 1.0)
    bare = pair(supplier(solutions=(replace(VISION, price_min_won=None, price_max_won=None),)), need())
    codes = {reason.code for reason in reasons(bare, contributions, 0.0)}
    assert codes.isdisjoint({"budget_fit", "similar_problem", "region_fit", "certification", "text_fit"})


def test_a_kind_is_named_only_when_it_is_probable() -> None:
    strong = {**dict.fromkeys(FEATURE_NAMES, 0.0), "category_fit": 1.0}
    likely = reasons(pair(), strong, 0.0)[0]
    assert (likely.code, likely.facts["category"], likely.facts["solution"]) == (
        "category_fit",
        "VISION",
        VISION.name,
    )
    unlikely = reasons(pair(inferred=(InferredCategory("VISION", 0.02),)), strong, 0.0)
    assert [reason.code for reason in unlikely] == ["other", "base"]


@pytest.mark.parametrize(
    ("asked", "agreeing"),
    [
        ("창고에서 자재를 못 찾습니다.", "창고에서 자재를 바로 찾습니다."),
        ("도장면의 긁힘을 작업자가 놓칩니다.", "도장면의 긁힘을 카메라가 찾습니다."),
    ],
)
def test_evidence_pairs_the_sentences_that_say_the_same(asked: str, agreeing: str) -> None:
    offered = supplier(
        summary=f"직원 서른 명이 일합니다. {agreeing} 납품한 뒤에도 곁에 있겠습니다.", solutions=()
    )
    found = evidence(embedded_need(need(title="", description=asked)), packed(embedded(offered).embedded))
    assert [(each.need_text, each.supplier_text) for each in found][:1] == [(asked, agreeing)]
    assert 0.0 < found[0].similarity <= 1.0


def test_evidence_uses_no_sentence_twice() -> None:
    found = evidence(embedded_need(need()), packed(embedded(supplier(references=(REFERENCE,))).embedded))
    assert found
    assert len({each.need_text for each in found}) == len(found)
    assert len({each.supplier_text for each in found}) == len(found)


def test_without_sentences_there_is_no_evidence() -> None:
    nothing = packed(embedded(supplier()).embedded.of_kind())
    assert evidence(embedded_need(need()), nothing) == ()
    assert nothing.vectors.shape == (0, ENCODER.dimensions)


@pytest.mark.parametrize(
    ("code", "of_supplier", "of_need"),
    [
        ("over_budget", {}, {"budget_won": 28_000_000}),
        ("may_exceed_budget", {}, {"budget_won": 50_000_000}),
        (
            "price_unknown",
            {"solutions": (replace(VISION, price_min_won=None, price_max_won=None),)},
            {"budget_won": 50_000_000},
        ),
        ("no_reference", {"references": ()}, {}),
        ("no_reference_in_industry", {}, {}),
        ("busy", {"capacity": 4, "active_projects": 3}, {}),
        ("far_region", {"region": "50"}, {"needs_on_site_support": True}),
        ("young_company", {"founded_on": date(2024, 5, 1)}, {}),
        ("unattended", {"unattended": True}, {}),
    ],
)
def test_each_caution_is_given_when_due(
    code: str, of_supplier: dict[str, Any], of_need: dict[str, Any]
) -> None:
    profile = supplier(**{"references": (REFERENCE,), **of_supplier})
    assert code in {caution.code for caution in cautions(pair(profile, need(**of_need)), TODAY)}


def test_a_well_fitting_supplier_needs_no_caution() -> None:
    profile = supplier(references=(REFERENCE,), founded_on=date(2010, 1, 1), capacity=3)
    asked = need(budget_won=100_000_000, needs_on_site_support=True)
    assert cautions(pair(profile, asked, region_same=1.0, reference_industry=1.0), TODAY) == ()


def test_over_budget_says_by_how_much() -> None:
    found = cautions(pair(of_need=need(budget_won=28_000_000)), TODAY)
    facts = {"budget_won": 28_000_000, "price_min_won": 30_000_000, "percent": 8}
    assert Caution("over_budget", facts) in found


def test_an_improbable_kind_is_pointed_out_unless_it_was_asked_for() -> None:
    unclear = (InferredCategory("VISION", 0.2),)
    codes = {caution.code for caution in cautions(pair(inferred=unclear), TODAY)}
    asked = {
        caution.code
        for caution in cautions(pair(of_need=need(categories=("VISION",)), inferred=unclear), TODAY)
    }
    assert "intent_uncertain" in codes
    assert "intent_uncertain" not in asked
