"""한국표준산업분류 (KSIC) 10차, section C, and how near two industries are along its tree."""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile

from matching.taxonomy._files import read_csv

ANCESTOR_DISTANCE = 0.05
"""30 and 30320: the wider code covers the narrower, so hardly apart."""

RELATED_DISTANCE = 0.7
UNRELATED_DISTANCE = 1.0
_DISTANCE_BY_SHARED_DIGITS = {4: 0.1, 3: 0.25, 2: 0.4}


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry by its KSIC code of 2 (중분류) to 5 (세세분류) digits."""

    code: str
    name: str

    @property
    def parent(self) -> str | None:
        """The code one level up; None for a division."""
        return self.code[:-1] if len(self.code) > 2 else None


@cache
def industries() -> tuple[Industry, ...]:
    """Every code of section C, parents before children."""
    return tuple(Industry(row["code"], row["name"]) for row in read_csv("industries.csv"))


def industry_name(code: str) -> str:
    """The Korean name; an unknown code is named by its nearest known ancestor, else stays itself."""
    names = _names()
    known = next((code[:length] for length in range(len(code), 1, -1) if code[:length] in names), None)
    return names[known] if known else code


def division_of(code: str) -> str:
    """The two-digit division (중분류) of a code."""
    return code.strip().upper().removeprefix("C")[:2]


@cache
def industry_distance(first: str, second: str) -> float:
    """0 for the same industry, up to 1 for unrelated ones; symmetric.

    Shared leading digits are the steps of the KSIC tree; divisions that buy from each other or
    work the same way (25 and 30) are nearer than strangers. An empty code is unrelated to all.
    """
    one, other = (code.strip().upper().removeprefix("C") for code in (first, second))
    if not one or not other:
        return UNRELATED_DISTANCE
    if one == other:
        return 0.0
    if one.startswith(other) or other.startswith(one):
        return ANCESTOR_DISTANCE
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    if shared >= 2:
        return _DISTANCE_BY_SHARED_DIGITS[min(shared, 4)]
    related = frozenset((one[:2], other[:2])) in _related_divisions()
    return RELATED_DISTANCE if related else UNRELATED_DISTANCE


@lru_cache(maxsize=4096)
def industry_closeness(need: str, offered: tuple[str, ...]) -> float:
    """1 minus the distance to the nearest offered industry; 0 when none is offered."""
    return max((1.0 - industry_distance(need, code) for code in offered), default=0.0)


@cache
def _names() -> dict[str, str]:
    return {industry.code: industry.name for industry in industries()}


@cache
def _related_divisions() -> frozenset[frozenset[str]]:
    rows = read_csv("related_industries.csv")
    return frozenset(frozenset((row["division"], row["related_division"])) for row in rows)
