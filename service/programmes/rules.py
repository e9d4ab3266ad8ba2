"""Who a programme is for: a rule over the fields of a profile, as data, answered in three ways.

A rule is JSON: `{"all": [...]}`, `{"any": [...], "text": "..."}`, a condition on one field
(`{"field": "region", "in": ["47"], "text": "..."}`), or what no field holds and a person has to see to
(`{"confirm": "중소기업확인서가 있어야 합니다."}`).

The logic is Kleene's: a field that was not filled in makes a condition unknown, `all` is refused by one
refusal however much is unknown, `any` is met by one met however much is unknown. What has to be confirmed
does not make a company ineligible or unknown; it is told beside the answer.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from matching import taxonomy
from matching.taxonomy import smart_level_order

Facts = Mapping[str, Any]
"""The fields of a company by name; None or an empty list where nothing was filled in."""


class Eligibility(StrEnum):
    """The answer to a rule."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """The answer and what it rests on.

    `failed`: the conditions that were not met. `missing`: the fields without which it cannot be said.
    `to_confirm`: what a person has to see to, whatever the answer is.
    """

    answer: Eligibility
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()


MET = Finding(Eligibility.ELIGIBLE)

FieldName = Literal[
    "region", "industry", "employee_count", "annual_revenue_won", "smart_level", "existing_systems",
    "status", "certifications", "categories", "years_in_business",
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Part):
    """One field compared with one thing. `text` is the condition as a person reads it."""

    field: FieldName
    text: str = Field(min_length=2)
    equals: str | None = None
    one_of: list[str] | None = Field(None, alias="in", min_length=1)
    starts_with: list[str] | None = Field(None, min_length=1)
    contains_any: list[str] | None = Field(None, min_length=1)
    at_least: int | str | None = None
    at_most: int | str | None = None
    filled: Literal[True] | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> "Condition":
        """One comparison that this field knows, with values that it can have.

        A misspelt code would refuse every company without anybody seeing why.
        """
        compared = self.model_fields_set - {"field", "text"}
        if len(compared) != 1:
            raise PydanticCustomError("rule_one_comparison", "a condition compares with exactly one thing")
        (comparison,) = compared
        wanted = getattr(self, comparison)
        if comparison not in _COMPARISONS_OF[self.field]:
            raise PydanticCustomError(
                "rule_comparison", "not of this field", {"known": ", ".join(_COMPARISONS_OF[self.field])}
            )
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if not _is_value_of(self.field, comparison, value):
                raise PydanticCustomError("rule_value", "unknown value", {"value": str(value)[:50]})
        return self

    def judge(self, facts: Facts) -> Finding:
        """Met, not met, or unknown because the field is empty.

        A field that this kind of company does not have at all is a condition that it cannot meet.
        """
        if self.field not in facts:
            return Finding(Eligibility.NOT_ELIGIBLE, failed=(self.text,))
        value = facts[self.field]
        if value is None or (value in ([], "") and self.filled is None):
            return Finding(Eligibility.UNKNOWN, missing=(self.field,))
        return MET if self._is_met_by(value) else Finding(Eligibility.NOT_ELIGIBLE, failed=(self.text,))

    def _is_met_by(self, value: Any) -> bool:
        (name,) = self.model_fields_set - {"field", "text"}
        return _COMPARISONS[name](value, getattr(self, name))


def _order(value: int | str) -> int:
    return value if isinstance(value, int) else smart_level_order(value) or 0


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, wanted: bool(value == wanted),
    "one_of": lambda value, wanted: value in wanted,
    "starts_with": lambda value, wanted: str(value).startswith(tuple(wanted)),
    "contains_any": lambda value, wanted: bool(set(value) & set(wanted)),
    "at_least": lambda value, wanted: _order(value) >= _order(wanted),
    "at_most": lambda value, wanted: _order(value) <= _order(wanted),
    "filled": lambda value, _: bool(value),
}


_CODES = ("equals", "one_of", "starts_with", "filled")
_NUMBERS = ("at_least", "at_most", "filled")
_COMPARISONS_OF: Mapping[str, tuple[str, ...]] = {
    "region": _CODES,
    "industry": _CODES,
    "status": _CODES,
    "employee_count": _NUMBERS,
    "annual_revenue_won": _NUMBERS,
    "years_in_business": _NUMBERS,
    "smart_level": (*_NUMBERS, "equals", "one_of"),
    "existing_systems": ("contains_any", "filled"),
    "certifications": ("contains_any", "filled"),
    "categories": ("contains_any", "filled"),
}
"""What a field can be compared with."""

_KNOWN: Mapping[str, Callable[[], Collection[str]]] = {
    "region": lambda: {each.code for each in taxonomy.regions()},
    "industry": lambda: {each.code for each in taxonomy.industries()},
    "status": lambda: ("pending", "approved", "rejected", "suspended"),
    "smart_level": lambda: {each.name for each in taxonomy.smart_levels()},
    "certifications": lambda: {each.code for each in taxonomy.certifications()},
    "categories": taxonomy.category_codes,
}
"""The codes that a field can hold; a field that is not here holds numbers or free text."""


def _is_value_of(field: str, comparison: str, value: object) -> bool:
    if comparison == "filled":
        return True
    if field not in _KNOWN:
        return isinstance(value, str) if comparison == "contains_any" else isinstance(value, int)
    known = _KNOWN[field]()
    if comparison == "starts_with":
        return any(code.startswith(str(value)) for code in known)
    return isinstance(value, str) and value in known


class Confirmation(_Part):
    """What no field of a profile holds: a person has to see to it."""

    confirm: str = Field(min_length=2)

    def judge(self, facts: Facts) -> Finding:
        """Met, on condition."""
        del facts
        return Finding(Eligibility.ELIGIBLE, to_confirm=(self.confirm,))


class AllOf(_Part):
    """Every part has to be met."""

    all: list["Rule"] = Field(min_length=1)

    def judge(self, facts: Facts) -> Finding:
        """Refused by one refusal; else unknown by one unknown; else met."""
        findings = [part.judge(facts) for part in self.all]
        answers = {finding.answer for finding in findings}
        worst = next(
            answer
            for answer in (Eligibility.NOT_ELIGIBLE, Eligibility.UNKNOWN, Eligibility.ELIGIBLE)
            if answer in answers
        )
        return _together(worst, findings)


class AnyOf(_Part):
    """One part has to be met. `text` is told when none is."""

    any: list["Rule"] = Field(min_length=1)
    text: str = Field(min_length=2)

    def judge(self, facts: Facts) -> Finding:
        """Met by one that is met, the one with least to confirm; else unknown by one unknown."""
        findings = [part.judge(facts) for part in self.any]
        met = [finding for finding in findings if finding.answer is Eligibility.ELIGIBLE]
        if met:
            return min(met, key=lambda finding: len(finding.to_confirm))
        unknown = [finding for finding in findings if finding.answer is Eligibility.UNKNOWN]
        if unknown:
            return _together(Eligibility.UNKNOWN, unknown)
        return Finding(Eligibility.NOT_ELIGIBLE, failed=(self.text,))


def _together(answer: Eligibility, findings: Sequence[Finding]) -> Finding:
    """One finding of several; what an answer does not rest on is left out."""
    refused = answer is Eligibility.NOT_ELIGIBLE
    return Finding(
        answer,
        failed=_all_of(finding.failed for finding in findings) if refused else (),
        missing=() if refused else _all_of(finding.missing for finding in findings),
        to_confirm=() if refused else _all_of(finding.to_confirm for finding in findings),
    )


def _all_of(parts: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in parts for each in part))


def _kind_of(part: Any) -> str:
    keys = part.keys() if isinstance(part, Mapping) else getattr(type(part), "model_fields", ())
    return next((kind for kind in _KINDS if kind in keys), "field")


_KINDS = ("all", "any", "confirm", "field")


Rule = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Confirmation, Tag("confirm")]
    | Annotated[Condition, Tag("field")],
    Discriminator(_kind_of),
]
AllOf.model_rebuild()
AnyOf.model_rebuild()
_reader: TypeAdapter[AllOf | AnyOf | Confirmation | Condition] = TypeAdapter(Rule)


def place_in_rule(location: Sequence[str | int]) -> tuple[str | int, ...]:
    """Where in the JSON that was written: without the kind that pydantic names before each part."""
    if not location:
        return ()
    kind, *rest = location
    inside = rest if kind in _KINDS else list(location)
    if len(inside) > 2 and inside[0] in ("all", "any"):
        return (inside[0], inside[1], *place_in_rule(inside[2:]))
    return tuple(inside)


def read_rule(rule: Mapping[str, Any]) -> AllOf | AnyOf | Confirmation | Condition:
    """The rule that JSON states. Raises pydantic's `ValidationError` for one that says nothing sensible."""
    return _reader.validate_python(rule)
