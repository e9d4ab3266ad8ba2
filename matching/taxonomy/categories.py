"""The 27 kinds of solution that suppliers declare and that problems call for."""

from dataclasses import dataclass
from functools import cache

from matching.taxonomy._files import read_json
from matching.taxonomy.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class SolutionCategory:
    """One kind of solution; `pool_box` is its box in the national supplier pool, empty if it has none."""

    code: str
    name: str
    group: str
    pool_box: str
    description: str
    synonyms: tuple[str, ...]


@cache
def solution_categories() -> tuple[SolutionCategory, ...]:
    """All categories in the order that every probability vector follows."""
    rows = read_json("solution_categories.json")
    return tuple(SolutionCategory(**{**row, "synonyms": tuple(row["synonyms"])}) for row in rows)


@cache
def category_codes() -> tuple[str, ...]:
    """The codes alone, in the same order."""
    return tuple(category.code for category in solution_categories())


def category_name(code: str) -> str:
    """The Korean name; an unknown code stays itself."""
    return _names().get(code, code)


def mentioned_categories(text: str) -> tuple[str, ...]:
    """Codes of the categories that the text names outright (MES, 머신비전, 해썹), in order of mention."""
    return _vocabulary().names_in(text)


@cache
def _names() -> dict[str, str]:
    return {category.code: category.name for category in solution_categories()}


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary({c.code: (c.name, *c.synonyms) for c in solution_categories()})
