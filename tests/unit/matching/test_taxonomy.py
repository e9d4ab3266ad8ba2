"""The code lists: complete, consistent, and found in running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import taxonomy

KSIC = st.sampled_from([industry.code for industry in taxonomy.industries()])


def test_there_are_27_categories_each_with_its_own_words() -> None:
    categories = taxonomy.solution_categories()
    assert len({category.code for category in categories}) == 27
    assert all(category.description.endswith("다.") and category.synonyms for category in categories)


def test_every_process_belongs_to_known_divisions() -> None:
    divisions = {industry.code for industry in taxonomy.industries() if industry.parent is None}
    assert len(taxonomy.processes()) >= 60
    assert all(set(process.industries) <= divisions for process in taxonomy.processes())


@pytest.mark.parametrize(
    ("text", "processes"),
    [
        ("사출기에서 나온 제품을 육안 검사합니다", ("사출", "검사")),
        ("티그 대신 TIG 용접을 씁니다", ("용접",)),
        ("prestige 상표", ()),
        ("레이저 용접", ("레이저가공",)),
    ],
)
def test_a_text_mentions_processes_by_the_words_of_the_shop_floor(
    text: str, processes: tuple[str, ...]
) -> None:
    assert taxonomy.mentioned_processes(text) == processes


@pytest.mark.parametrize(
    ("text", "codes"),
    [("해썹 기록과 ＭＥＳ", ("HACCP", "MES")), ("mes를 씁니다", ("MES",)), ("games messages", ())],
)
def test_a_text_names_categories_in_any_spelling(text: str, codes: tuple[str, ...]) -> None:
    assert taxonomy.mentioned_categories(text) == codes


def test_a_process_is_known_by_any_of_its_names_and_a_free_word_stays_itself() -> None:
    assert taxonomy.process_of("사출 성형") == "사출"
    assert taxonomy.process_of("  우리  공정 ") == "우리 공정"


@pytest.mark.parametrize(("former", "current"), [("42", "51"), ("45", "52"), ("41", "41"), ("99", "99")])
def test_former_region_codes_lead_to_those_in_force(former: str, current: str) -> None:
    assert taxonomy.current_region(former) == current


def test_regions_border_each_other_both_ways() -> None:
    codes = [region.code for region in taxonomy.regions()]
    assert all(taxonomy.are_neighbours(a, b) == taxonomy.are_neighbours(b, a) for a in codes for b in codes)
    assert taxonomy.are_neighbours("42", "41")
    assert not taxonomy.are_neighbours("50", "46")


@given(KSIC, KSIC)
def test_industry_distance_is_symmetric_and_between_0_and_1(first: str, second: str) -> None:
    distance = taxonomy.industry_distance(first, second)
    assert 0.0 <= distance <= 1.0
    assert distance == taxonomy.industry_distance(second, first)
    assert (distance == 0.0) == (first == second)


def test_industries_are_nearer_the_later_they_branch() -> None:
    near_to_far = ["30320", "30", "30310", "30200", "25", "10"]
    distances = [taxonomy.industry_distance("30320", code) for code in near_to_far]
    assert distances == sorted(distances)
    assert distances[-2] < distances[-1] == 1.0


def test_a_longer_code_than_ksic_is_named_by_its_ancestor() -> None:
    assert taxonomy.industry_name("30") == taxonomy.industry_name("30999")
    assert taxonomy.industry_name("99") == "99"


def test_smart_levels_are_ordered_by_name() -> None:
    assert [taxonomy.smart_level_order(name) for name in ("기초", "중간1", "중간2", "고도화", "없음")] == [
        1,
        2,
        3,
        4,
        None,
    ]
