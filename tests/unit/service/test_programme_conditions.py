"""Which fields of a profile a published condition speaks of."""

import pytest

import seed_data
from service.programmes.conditions import fields_asked


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        ("상시근로자 10인 미만의 제조기업이어야 합니다.", {"employee_count", "industry"}),
        (
            "경북, 전남, 전북에 있는 중소 제조기업이어야 합니다.",
            {"region", "employee_count", "annual_revenue_won", "industry"},
        ),
        ("같은 수준을 다시 신청하면 더 낮은 한도를 적용합니다.", {"smart_level"}),
        ("공정 데이터를 모으고 있어야 합니다.", {"existing_systems"}),
        ("정부지원금을 받은 때에는 자부담 금액에 대하여 적용합니다.", set()),
    ],
)
def test_a_condition_names_the_fields_it_asks_about(condition: str, fields: set[str]) -> None:
    assert set(fields_asked(condition)) == fields


def test_most_published_conditions_ask_about_something_the_profile_has() -> None:
    conditions = [
        text
        for programme in seed_data.programmes()
        if "manufacturer" in programme["audience"]
        for text in programme["eligibility"]
    ]
    asked = [text for text in conditions if fields_asked(text)]
    assert len(asked) > len(conditions) / 2
