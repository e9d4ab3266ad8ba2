"""Which suppliers to show when it is not certain what kind of solution the problem calls for."""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.domain import InferredCategory

CERTAIN = 0.6
"""From this probability on the first kind is taken as given, and the best suppliers are shown as they are."""

PROBABLE = 0.2
SHARE_OF_FIRST = 0.5
MOST_KINDS = 4
WORTH_SHOWING = 0.3
"""A supplier must reach this share of the score that it displaces."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate with its score and the kinds of solution that it stands for."""

    score: float
    categories: frozenset[str]


def probable_categories(inferred: Sequence[InferredCategory]) -> tuple[str, ...]:
    """The kinds that a list should cover: none when the first is certain or only one is probable."""
    ordered = sorted(inferred, key=lambda item: (-item.probability, item.category))
    if not ordered or ordered[0].probability >= CERTAIN:
        return ()
    least = max(PROBABLE, SHARE_OF_FIRST * ordered[0].probability)
    kinds = tuple(item.category for item in ordered if item.probability >= least)[:MOST_KINDS]
    return kinds if len(kinds) > 1 else ()


def chosen(choices: Sequence[Choice], kinds: Sequence[str], limit: int) -> list[int]:
    """Places of the choices to show, best score first (`choices` are in that order).

    The first `limit` are taken; then each uncovered kind replaces the lowest choice that covers nothing
    by itself with its own best candidate, provided that one is worth showing. The first stays first.
    """
    shown = list(range(min(limit, len(choices))))
    for kind in kinds:
        if any(kind in choices[place].categories for place in shown):
            continue
        newcomer = _first_of(choices, kind, len(shown))
        leaver = _least_needed(choices, shown, kinds)
        if newcomer is None or leaver is None:
            continue
        if choices[newcomer].score >= WORTH_SHOWING * choices[leaver].score:
            shown[shown.index(leaver)] = newcomer
    return sorted(shown)


def _first_of(choices: Sequence[Choice], kind: str, start: int) -> int | None:
    return next((p for p in range(start, len(choices)) if kind in choices[p].categories), None)


def _least_needed(choices: Sequence[Choice], shown: Sequence[int], kinds: Sequence[str]) -> int | None:
    """The lowest place whose probable kinds are all covered by others; never the first."""
    for place in sorted(shown, reverse=True):
        others = [choices[other].categories for other in shown if other != place]
        own = [kind for kind in kinds if kind in choices[place].categories]
        if place != 0 and all(any(kind in categories for categories in others) for kind in own):
            return place
    return None
