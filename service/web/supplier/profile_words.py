"""A supplier's profile in words: each field by its name, each code by its meaning."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.messages.profiles import EMPTY, FIELDS
from service.web import wording

Rows = Sequence[tuple[str, str]]

REPLACED = "replaced"


def field_name(name: str) -> str:
    """What a field is called on a page."""
    return FIELDS.get(name, name)


def field_value(name: str, value: Any) -> str:
    """What a value of that field means, lines for lists of parts."""
    if value in (None, "", []):
        return EMPTY.get(name, "없음")
    if isinstance(value, list):
        between = "\n" if name in ("solutions", "references") else ", "
        return between.join(_EACH.get(name, str)(each) for each in value)
    return _ONE.get(name, str)(value)


def profile_rows(profile: Mapping[str, Any], names: Sequence[str]) -> Rows:
    """Name and meaning of these fields, empty ones too."""
    return [(field_name(name), field_value(name, profile.get(name))) for name in names]


def without_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same with every list sorted whose order means nothing: boxes come in the order of the page.

    The first category is the main one and stays first; solutions and references stay as they are.
    """
    return {name: _sorted(name, value) for name, value in document.items()}


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[tuple[str, str, str]]:
    """Each field that differs: its name, its meaning before and after."""
    was, now = without_order(before), without_order(after)
    found = [(field_name(name), field_value(name, was.get(name)), field_value(name, now.get(name)))
             for name in FIELDS if name != REPLACED and was.get(name) != now.get(name)]  # fmt: skip
    return [change for change in found if change[1] != change[2]]


def also_changed(after: Mapping[str, Any]) -> str:
    """What an event only tells the names of: parts that were replaced as a whole, and people."""
    return field_value(REPLACED, after[REPLACED]) if after.get(REPLACED) else ""


def price(row: Mapping[str, Any]) -> str:
    """A price range: 3,000만 원 ~ 8,000만 원."""
    low, high = row.get("price_min_won"), row.get("price_max_won")
    if not isinstance(low, int) and not isinstance(high, int):
        return "가격 없음"
    return " ~ ".join(wording.reading(each) for each in (low, high) if isinstance(each, int))


def _sorted(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if all(isinstance(each, Mapping) for each in value):
        return [without_order(each) for each in value]
    return value[:1] + sorted(value[1:]) if name == "categories" else sorted(value)


def _solution(row: Mapping[str, Any]) -> str:
    kinds = ", ".join(map(wording.category, row.get("categories", [])))
    parts = [str(row.get("name", "")), kinds, price(row), str(row.get("description", ""))]
    parts += [", ".join(map(wording.industry, row.get("industries", [])))]
    parts += [", ".join(row.get("processes", [])), ", ".join(row.get("smart_levels", []))]
    return " · ".join(part for part in parts if part)


def _reference(row: Mapping[str, Any]) -> str:
    parts = [str(row.get("title", "")), str(row.get("problem", "")), str(row.get("outcome") or "")]
    parts += [wording.industry(row["industry"])] if row.get("industry") else []
    parts += [wording.day(str(row["completed_on"]))] if row.get("completed_on") else []
    return " · ".join(part for part in parts if part)


_ONE: Mapping[str, Callable[[Any], str]] = {
    "region": wording.region,
    "founded_on": wording.day,
    "expires_on": wording.day,
    "business_number": wording.business_number,
    "status": lambda value: wording.label(value, "supplier_status"),
    "employee_count": lambda value: f"{value:,}명" if isinstance(value, int) else str(value),
    "concurrent_project_capacity": lambda value: f"{value}건" if value else "지금은 받지 않음",
    "certification": wording.certification,
}
_EACH: Mapping[str, Callable[[Any], str]] = {
    "service_regions": wording.region,
    "certifications": wording.certification,
    "dropped": wording.certification,
    "replaced": lambda name: FIELDS.get(name, name),
    "solutions": _solution,
    "references": _reference,
}
