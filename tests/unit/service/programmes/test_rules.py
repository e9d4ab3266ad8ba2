"""Rules of programmes: met, refused, unknown, and why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from service.programmes.rules import Eligibility, Finding, place_in_rule, read_rule

REGION = {"field": "region", "in": ["47", "46"], "text": "경북이나 전남에 있어야 합니다."}
SMALL = {"field": "employee_count", "at_most": 9, "text": "상시근로자가 10명 미만이어야 합니다."}
SME = {"confirm": "중소기업확인서가 있어야 합니다."}


def _judge(rule: dict[str, Any], **facts: Any) -> Finding:
    return read_rule(rule).judge(facts)


def test_a_company_that_meets_everything_is_eligible_and_told_what_to_confirm() -> None:
    found = _judge({"all": [REGION, SMALL, SME]}, region="47", employee_count=8)
    assert found == Finding(Eligibility.ELIGIBLE, to_confirm=("중소기업확인서가 있어야 합니다.",))


def test_one_refusal_decides_even_when_something_is_unknown_and_is_the_only_reason_told() -> None:
    found = _judge({"all": [SMALL, REGION, SME]}, region="11", employee_count=None)
    assert found == Finding(Eligibility.NOT_ELIGIBLE, failed=("경북이나 전남에 있어야 합니다.",))


def test_an_empty_field_leaves_the_answer_open_and_is_named() -> None:
    found = _judge({"all": [REGION, SMALL]}, region="47", employee_count=None)
    assert found == Finding(Eligibility.UNKNOWN, missing=("employee_count",))


def test_one_of_several_ways_is_enough_and_the_one_with_least_to_confirm_is_taken() -> None:
    rule = {"any": [SME, SMALL], "text": "소기업이어야 합니다."}
    assert _judge(rule, employee_count=3).to_confirm == ()
    assert _judge(rule, employee_count=30).to_confirm == ("중소기업확인서가 있어야 합니다.",)


def test_when_no_way_is_open_the_rule_says_so_as_a_whole() -> None:
    rule = {"any": [REGION, SMALL], "text": "지역이나 규모가 맞아야 합니다."}
    assert _judge(rule, region="11", employee_count=30).failed == ("지역이나 규모가 맞아야 합니다.",)
    assert _judge(rule, region="11", employee_count=None).missing == ("employee_count",)


@pytest.mark.parametrize(
    ("condition", "value", "answer"),
    [
        ({"field": "industry", "starts_with": ["10", "11"]}, "10742", "eligible"),
        ({"field": "industry", "starts_with": ["10", "11"]}, "25", "not_eligible"),
        ({"field": "smart_level", "at_least": "중간1"}, "고도화", "eligible"),
        ({"field": "smart_level", "at_least": "중간1"}, "기초", "not_eligible"),
        ({"field": "categories", "contains_any": ["PRIVATE_5G"]}, ["MES", "PRIVATE_5G"], "eligible"),
        ({"field": "categories", "contains_any": ["PRIVATE_5G"]}, [], "unknown"),
        ({"field": "existing_systems", "filled": True}, [], "not_eligible"),
        ({"field": "employee_count", "at_least": 0}, 0, "eligible"),
        ({"field": "status", "equals": "approved"}, "pending", "not_eligible"),
    ],
)
def test_each_comparison(condition: dict[str, Any], value: object, answer: str) -> None:
    found = _judge(condition | {"text": "조건입니다."}, **{condition["field"]: value})
    assert found.answer == answer


def test_a_field_that_this_kind_of_company_does_not_have_cannot_be_met() -> None:
    assert _judge(REGION, employee_count=3).failed == ("경북이나 전남에 있어야 합니다.",)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"all": []},
        {"field": "region", "text": "어디든"},
        {"field": "region", "in": ["47"], "equals": "47", "text": "두 번"},
        {"field": "colour", "equals": "red", "text": "없는 항목"},
        {"field": "smart_level", "at_least": "아주높음", "text": "없는 수준"},
        {"field": "region", "in": ["47"]},
        {"any": [REGION]},
        {"all": [REGION], "wrong": 1},
        {"all": ["경북"]},
        {"field": "region", "in": [], "text": "빈 목록"},
        {"field": "region", "in": ["99"], "text": "없는 지역"},
        {"field": "categories", "contains_any": ["PRIVAT_5G"], "text": "틀린 분야"},
        {"field": "industry", "starts_with": ["77"], "text": "제조업이 아닌 업종"},
        {"field": "employee_count", "equals": "9", "text": "수를 글자로"},
        {"field": "region", "at_least": 47, "text": "지역의 크기"},
        {"field": "smart_level", "at_least": 2, "text": "수준을 수로"},
    ],
)
def test_a_rule_that_says_nothing_sensible_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read_rule(rule)


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"all": [REGION, {"any": [{"field": "colour", "equals": "x", "text": "색"}], "text": "둘"}]},
         ("all", 1, "any", 0, "field")),
        ({"all": [{"all": [{"field": "region", "in": ["99"], "text": "없음"}]}]}, ("all", 0, "all", 0)),
        ({"any": [], "text": "하나"}, ("any",)),
        ({"all": [REGION, "경북"]}, ("all", 1)),
    ],
)  # fmt: skip
def test_a_refused_rule_names_the_place_in_the_json(rule: dict[str, Any], place: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_rule(rule)
    assert place_in_rule(refusal.value.errors()[0]["loc"])[: len(place)] == place


@given(st.sampled_from(["47", "46", "11", None]), st.sampled_from([3, 30, None]))
def test_filling_in_a_field_never_changes_an_answer_that_was_certain(region: Any, staff: Any) -> None:
    for rule in ({"all": [REGION, SMALL]}, {"any": [REGION, SMALL], "text": "둘 가운데 하나"}):
        before = _judge(rule, region=region, employee_count=staff).answer
        for filled_region in [region] if region else ["47", "11"]:
            for filled_staff in [staff] if staff else [3, 30]:
                after = _judge(rule, region=filled_region, employee_count=filled_staff).answer
                assert before in (Eligibility.UNKNOWN, after)
