"""Lists to choose from: (code, name) pairs as the select fields take them."""

from collections.abc import Mapping, Sequence

from matching import taxonomy

Choices = Sequence[tuple[str, str]]

DIVISION_DIGITS = 2


def industries(also: str = "") -> Choices:
    """The divisions of KSIC, which people know; a narrower code that a link names is added."""
    return [
        (each.code, each.name)
        for each in taxonomy.industries()
        if len(each.code) == DIVISION_DIGITS or each.code == also
    ]


def regions() -> Choices:
    """The provinces."""
    return [(each.code, each.name) for each in taxonomy.regions()]


def categories() -> Choices:
    """The solution categories."""
    return [(each.code, each.name) for each in taxonomy.solution_categories()]


def category_groups() -> Mapping[str, Sequence[str]]:
    """The codes of the categories by their group, in the order of the list."""
    groups: dict[str, list[str]] = {}
    for each in taxonomy.solution_categories():
        groups.setdefault(each.group, []).append(each.code)
    return groups
