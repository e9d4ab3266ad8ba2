"""시도 regions by their current 법정동 codes, the former codes that still turn up, and who borders whom."""

from dataclasses import dataclass
from functools import cache

from matching.taxonomy._files import read_csv


@dataclass(frozen=True, slots=True)
class Region:
    """A 시도. `former_code` is the code before it became a 특별자치도, if it did."""

    code: str
    name: str
    short_name: str
    former_code: str | None
    neighbours: tuple[str, ...]


@cache
def regions() -> tuple[Region, ...]:
    """The 17 regions in the order of their codes."""
    return tuple(
        Region(
            row["code"],
            row["name"],
            row["short_name"],
            row["former_code"] or None,
            tuple(row["neighbours"].split()),
        )
        for row in read_csv("regions.csv")
    )


def current_region(code: str) -> str:
    """The code in force today: 42 becomes 51 (강원), 45 becomes 52 (전북); others stay themselves."""
    return _successors().get(code.strip(), code.strip())


def region_name(code: str) -> str:
    """The Korean name of a current or former code; an unknown code stays itself."""
    region = _by_code().get(current_region(code))
    return region.name if region else code


def are_neighbours(first: str, second: str) -> bool:
    """Whether two different regions border each other."""
    region = _by_code().get(current_region(first))
    return region is not None and current_region(second) in region.neighbours


@cache
def _by_code() -> dict[str, Region]:
    return {region.code: region for region in regions()}


@cache
def _successors() -> dict[str, str]:
    return {region.former_code: region.code for region in regions() if region.former_code}
