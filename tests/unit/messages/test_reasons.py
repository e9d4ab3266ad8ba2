"""Sentences for reasons, cautions and exclusions: concrete, polite, and one for every code."""

import re

import pytest

from matching import explanation
from matching.diversity import LIST_RULES
from matching.domain import Caution, Fact, Note, Reason
from matching.eligibility import RULES
from matching.features import FEATURES
from service.messages.reasons import (
    caution_text,
    exclusion_text,
    held_back_text,
    note_text,
    reason_text,
)

REASONS: dict[str, tuple[dict[str, Fact], str]] = {
    "category_fit": (
        {"category": "VISION", "probability": 0.71, "solution": "도금 두께 인라인 측정"},
        "머신비전·식별 분야가 필요해 보이며, 이 회사는 '도금 두께 인라인 측정'을 그 분야로 등록했습니다.",
    ),
    "declared_category": (
        {"categories": ("MES", "ERP"), "solution": "현장 ERP"},
        "수요에서 직접 고른 제조실행시스템(MES·POP), 전사자원관리(ERP) 분야에 '현장 ERP'가 해당합니다.",
    ),
    "text_fit": (
        {"solution": "외관 검사기"},
        "'외관 검사기'를 소개한 글이 적힌 문제와 내용이 가깝습니다.",
    ),
    "similar_problem": (
        {"reference": "범퍼 검사", "year": 2024, "industry": "13"},
        "비슷한 문제를 해결한 구축 실적 '범퍼 검사'(2024년, 섬유제품 제조업)가 있습니다.",
    ),
    "industry_fit": (
        {"industry": "30320", "offered": "30", "references": 2},
        "자동차 및 트레일러 제조업을 대상으로 하는 솔루션이고, 같은 업종 구축 실적이 2건 있습니다.",
    ),
    "process_fit": ({"processes": ("도금", "검사")}, "도금, 검사 공정을 다루는 솔루션입니다."),
    "region_fit": (
        {"region": "41", "need_region": "41", "on_site": 1},
        "현장 지원을 원하는 수요인데, 공급기업이 같은 지역인 경기도에 있어 오가기 쉽습니다.",
    ),
    "budget_fit": (
        {"budget_won": 100_000_000, "price_min_won": 30_000_000, "price_max_won": 80_000_000},
        "등록한 가격 3,000만 원~8,000만 원이 예산 1억 원 안에 들어옵니다.",
    ),
    "smart_level_fit": (
        {"smart_level": "기초", "offered": ("기초", "중간1")},
        "지금 기초 수준인 공장에 맞는 솔루션입니다.",
    ),
    "supplier_size": ({"employee_count": 1200}, "임직원 1,200명 규모의 회사입니다."),
    "certification": (
        {"certifications": ("VENTURE", "GS")},
        "벤처기업확인, GS(Good Software) 인증 1·2등급을 갖추었습니다.",
    ),
    "existing_systems": ({"systems": ("더존 ERP",)}, "이미 쓰고 있는 더존 ERP를 소개 글에서 언급했습니다."),
    "track_record": (
        {"introduced": 5, "contracted": 2},
        "담당자가 5번 소개했고 그 가운데 2건이 계약되었습니다.",
    ),
    "other": ({}, "그 밖의 항목을 모두 더한 값입니다."),
    "base": ({}, "어느 공급기업에나 똑같이 적용되는 기본값입니다."),
}

CAUTIONS: dict[str, tuple[dict[str, Fact], str]] = {
    "intent_uncertain": (
        {"categories": ("AI",)},
        "적힌 문제만으로는 제조 AI·빅데이터 분야가 필요한지 확실하지 않습니다. 먼저 확인해 주세요.",
    ),
    "over_budget": (
        {"budget_won": 100_000_000, "price_min_won": 120_000_000, "percent": 20},
        "등록한 최저 가격 1억 2,000만 원이 예산보다 20% 높습니다.",
    ),
    "may_exceed_budget": (
        {"budget_won": 100_000_000, "price_max_won": 150_000_000},
        "사양에 따라 예산 1억 원을 넘을 수 있습니다(등록한 최고 가격 1억 5,000만 원).",
    ),
    "price_unknown": ({}, "가격을 등록하지 않았으니 견적을 먼저 받아 보세요."),
    "no_reference": ({}, "등록한 구축 실적이 없습니다."),
    "no_reference_in_industry": ({"industry": "10"}, "식료품 제조업 구축 실적은 등록하지 않았습니다."),
    "busy": (
        {"active_projects": 3, "capacity": 4},
        "동시에 맡을 수 있는 과제 4건 가운데 3건을 이미 진행하고 있습니다.",
    ),
    "far_region": (
        {"region": "50", "need_region": "41"},
        "현장 지원을 원하는 수요인데 공급기업은 제주특별자치도에 있어 거리가 멉니다.",
    ),
    "young_company": (
        {"year": 2024, "month": 5},
        "2024년 5월에 세운 회사여서 업력이 3년이 되지 않습니다.",
    ),
    "unattended": ({}, "이 회사에서 연락을 받던 사람이 모두 계정을 닫았으니 대표 번호로 먼저 연락해 보세요."),
}


NOTES: dict[str, tuple[dict[str, Fact], str]] = {
    "kind_cover": (
        {"categories": ("AI",)},
        "어떤 솔루션이 필요한지 확실하지 않아 제조 AI·빅데이터 분야의 공급기업도 함께 보여 드립니다.",
    ),
    "newcomer": ({}, "최근 추천이 적었던 공급기업이라 함께 보여 드립니다."),
    "exposure_bound": (
        {},
        "최근 추천 목록에 많이 나온 공급기업이 자리를 내주어 함께 보여 드립니다.",
    ),
}


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_is_told_from_its_facts(code: str) -> None:
    facts, expected = REASONS[code]
    assert reason_text(Reason(code, 1.0, facts)) == expected


@pytest.mark.parametrize("code", CAUTIONS)
def test_a_caution_is_told_from_its_facts(code: str) -> None:
    facts, expected = CAUTIONS[code]
    assert caution_text(Caution(code, facts)) == expected


def test_every_reason_that_can_be_given_has_a_sentence() -> None:
    silent = {"load"}
    assert {feature.reason for feature in FEATURES} - silent <= set(REASONS)


def test_every_caution_that_can_be_given_has_a_sentence() -> None:
    source = explanation.__file__
    assert source is not None
    with open(source, encoding="utf-8") as file:
        given = set(re.findall(r'Caution\(\s*"(\w+)"', file.read()))
    assert given == set(CAUTIONS)


def test_every_exclusion_rule_has_a_sentence_with_its_count() -> None:
    texts = [exclusion_text(rule, 1234) for rule in RULES]
    assert len(set(texts)) == len(RULES)
    assert all("1,234곳" in text and text.endswith("니다.") and "{" not in text for text in texts)


@pytest.mark.parametrize("code", NOTES)
def test_a_note_is_told_from_its_facts(code: str) -> None:
    facts, expected = NOTES[code]
    assert note_text(Note(code, facts)) == expected


def test_every_rule_of_a_list_is_told_on_both_sides() -> None:
    assert set(NOTES) == set(LIST_RULES)
    texts = [held_back_text(rule, 1234) for rule in LIST_RULES]
    assert len(set(texts)) == len(LIST_RULES)
    assert all("1,234곳" in text and text.endswith("니다.") and "{" not in text for text in texts)


def test_a_solution_without_a_name_is_still_spoken_of() -> None:
    assert reason_text(Reason("text_fit", 1.0, {"solution": ""})).startswith("등록한 솔루션을 ")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"budget_won": 50_000_000, "price_min_won": 30_000_000},
            "등록한 최저 가격 3,000만 원이 예산 5,000만 원",
        ),
        ({"budget_won": 50_000_000, "price_max_won": 30_000_000}, "등록한 가격 3,000만 원이 예산 5,000만 원"),
        (
            {"budget_won": 50_000_000, "price_min_won": 30_000_000, "price_max_won": 90_000_000},
            "등록한 최저 가격 3,000만 원이 예산 5,000만 원",
        ),
    ],
)
def test_only_prices_that_are_known_are_named(facts: dict[str, Fact], expected: str) -> None:
    assert reason_text(Reason("budget_fit", 1.0, facts)).startswith(expected)


def test_a_next_level_and_an_unread_industry_have_their_own_wording() -> None:
    level = Reason("smart_level_fit", 1.0, {"smart_level": "기초", "offered": ("중간1",)})
    industry = Reason("industry_fit", 1.0, {"industry": "10", "references": 3})
    assert "다음 수준" in reason_text(level)
    assert reason_text(industry) == "식료품 제조업 구축 실적이 3건 있습니다."
