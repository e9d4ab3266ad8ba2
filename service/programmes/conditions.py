"""Which fields of a company's profile a published condition asks about.

A condition is a sentence of an announcement. This only finds the fields that it speaks of, so that a page can
show them beside it; whether the condition is met is for people, until there are rules as dated data.
"""

from collections.abc import Mapping, Sequence

FIELD_WORDS: Mapping[str, Sequence[str]] = {
    "employee_count": ("중소", "소기업", "중견", "근로자", "인 미만"),
    "annual_revenue_won": ("중소", "소기업", "중견", "매출"),
    "industry": ("제조", "식품", "농생명", "업종", "분야"),
    "region": ("에 있는", "지역", "소재"),
    "smart_level": ("수준", "기초 단계", "고도화", "스마트공장을 이미 구축", "스마트공장을 구축한"),
    "existing_systems": ("데이터를 모으고", "공정 데이터"),
}


def fields_asked(condition: str) -> tuple[str, ...]:
    """The fields, in the order of the table; none when the profile has nothing to say about it."""
    return tuple(name for name, words in FIELD_WORDS.items() if any(word in condition for word in words))
