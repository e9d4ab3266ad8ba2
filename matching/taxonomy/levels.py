"""스마트공장 수준 and the certifications that suppliers hold."""

from dataclasses import dataclass
from functools import cache

from matching.taxonomy._files import read_json


@dataclass(frozen=True, slots=True)
class SmartLevel:
    """A smart factory level. Sources disagree on its number, so the name is the key."""

    name: str
    order: int
    description: str


@dataclass(frozen=True, slots=True)
class Certification:
    """A mark that a supplier may hold; `valid_years` is None when it does not expire."""

    code: str
    name: str
    valid_years: int | None


@cache
def smart_levels() -> tuple[SmartLevel, ...]:
    """The four levels from 기초 to 고도화."""
    return tuple(SmartLevel(**row) for row in read_json("smart_levels.json"))


@cache
def smart_level_order(name: str) -> int | None:
    """1 for 기초 to 4 for 고도화; None for a name that is no level."""
    return next((level.order for level in smart_levels() if level.name == name), None)


@cache
def certifications() -> tuple[Certification, ...]:
    """The marks that have a code."""
    return tuple(Certification(**row) for row in read_json("certifications.json"))


def certification_name(code: str) -> str:
    """The Korean name; an unknown code stays itself."""
    return next((item.name for item in certifications() if item.code == code), code)
