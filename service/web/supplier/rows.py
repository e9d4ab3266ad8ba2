"""Rows of a form, added and taken away by buttons: `do` says which button sent the form.

"next", "back", "more:solutions" (one more empty row), "remove:solutions.2" (that row, as it was numbered
on the page).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.web.forms import Pairs

GROUPS = ("solutions", "references")


@dataclass(frozen=True)
class Wish:
    """What the button that was pressed asks for."""

    verb: str
    group: str = ""
    number: str = ""

    @property
    def stays(self) -> bool:
        """Whether the same page is shown again, changed."""
        return self.verb in ("more", "remove")


def wish_of(pairs: Pairs) -> Wish:
    """The button's wish; anything unknown goes on."""
    verb, _, what = next((value for name, value in pairs if name == "do"), "next").partition(":")
    group, _, number = what.partition(".")
    known = verb == "back" or group in GROUPS
    return Wish(verb, group, number) if known else Wish("next")


def without_removed(pairs: Pairs, wish: Wish) -> Pairs:
    """The fields without the row that is to go."""
    if wish.verb != "remove":
        return pairs
    return [pair for pair in pairs if not pair[0].startswith(f"{wish.group}.{wish.number}.")]


def more_rows(wish: Wish) -> Mapping[str, int]:
    """How many rows more than are filled are to be shown, by group."""
    return {group: int(wish.verb == "more" and wish.group == group) for group in GROUPS}
