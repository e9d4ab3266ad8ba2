"""The field types of the calculators: won are integers, rates decimal strings, days plain dates."""

import re
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from service.financing.percent import PATTERN, percent_text
from service.financing.terms import MOST_WON

_RATE = re.compile(PATTERN, re.ASCII)
_NEGATIVE_RATE = re.compile(r"^-\d+(\.\d+)?$", re.ASCII)
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)


def _whole_won(value: Any) -> Any:
    if type(value) is not int:
        raise PydanticCustomError("won_not_integer", "won must be an integer")
    return value


def _whole_count(value: Any) -> Any:
    if type(value) is not int:
        raise PydanticCustomError("count_not_integer", "a count must be an integer")
    return value


def _rate(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str) and _RATE.fullmatch(value):
        return Fraction(value)
    if isinstance(value, str) and _NEGATIVE_RATE.fullmatch(value):
        raise PydanticCustomError("rate_negative", "negative rate")
    raise PydanticCustomError("rate_malformed", "a rate is a decimal string")


def _day(value: Any) -> Any:
    if type(value) is date:
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("day_malformed", "a day is YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError as unknown:
        raise PydanticCustomError("day_unknown", "not a day of the calendar") from unknown


Won = Annotated[
    int,
    Field(strict=True, json_schema_extra={"minimum": 0, "maximum": MOST_WON}),
    BeforeValidator(_whole_won),
]
"""Bounds are the engine's to refuse, so that each refusal has its own code."""

Count = Annotated[int, Field(strict=True), BeforeValidator(_whole_count)]

Rate = Annotated[
    Fraction,
    BeforeValidator(_rate),
    PlainSerializer(percent_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["4.5"]}),
]
"""Percent a year."""

SolvedRate = Annotated[
    float,
    PlainSerializer(percent_text, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["4.49998733"]}),
]

Day = Annotated[date, BeforeValidator(_day)]
