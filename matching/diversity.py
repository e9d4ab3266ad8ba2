"""Who is in the list: the best by score, within bounds that keep it varied and let others have a turn.

Scores stay as they are and the list stays in their order; a policy only chooses who is in it. The first
place always belongs to the best score, and whoever comes in for another has a stated share of its score,
so that an account manager can defend every place. Nothing is drawn by chance.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matching.domain import InferredCategory

KIND_COVER, NEWCOMER, EXPOSURE_BOUND = "kind_cover", "newcomer", "exposure_bound"
LIST_RULES = (KIND_COVER, NEWCOMER, EXPOSURE_BOUND)
"""Why a supplier may come in for another, in the order in which the rules are applied."""

WHOLE_LIST = 10
"""A list shorter than this is too short to give a place to a newcomer."""


@dataclass(frozen=True, slots=True)
class ListPolicy:
    """The bounds of a list. A share is of the score that the leaving supplier has.

    An uncertain intent (its first kind under `certain`) has up to `most_kinds` kinds covered: those from
    `probable` on and from `share_of_first` of the first. `exposure_bound` is a multiple of the fair share,
    the recent lists that each supplier would be in if all were in as many; under `fewest_lists` nobody is
    over it. A newcomer was in fewer than `newcomer_lists` recent lists. Raises ValueError when the bounds
    contradict each other.
    """

    cover_kinds: bool = True
    certain: float = 0.6
    probable: float = 0.2
    share_of_first: float = 0.5
    most_kinds: int = 4
    kind_share: float = 0.3
    newcomer_places: int = 1
    newcomer_lists: int = 3
    newcomer_share: float = 0.5
    exposure_bound: float | None = 3.0
    fewest_lists: int = 10
    bound_share: float = 0.8

    def __post_init__(self) -> None:
        shares = (self.kind_share, self.newcomer_share, self.bound_share)
        if not all(0.0 < share <= 1.0 for share in shares):
            raise ValueError("a share lies above 0 and is at most 1")
        if self.exposure_bound is not None and not self.exposure_bound >= 1.0:
            raise ValueError("not everybody can be under the fair share: the bound is at least 1")
        if self.newcomer_lists > self.fewest_lists:
            raise ValueError("a newcomer must not be over the bound")

    def most_lists(self, fair_share: float) -> float:
        """In more recent lists than this, a supplier yields its place to one that is nearly as good."""
        if self.exposure_bound is None:
            return math.inf
        return max(self.fewest_lists, self.exposure_bound * fair_share)


BY_SCORE = ListPolicy(cover_kinds=False, newcomer_places=0, exposure_bound=None)
"""No bounds: the best by score."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate with its score, the kinds of solution it stands for and the recent lists it was in."""

    score: float
    categories: frozenset[str]
    lists: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Places of the choices to show, best score first.

    `added` names the rule that brought a choice in, `held_back` the rule by which one that belongs there
    by its score left.
    """

    places: tuple[int, ...]
    added: Mapping[int, str] = field(default_factory=dict)
    held_back: Mapping[int, str] = field(default_factory=dict)


def probable_categories(inferred: Sequence[InferredCategory], policy: ListPolicy) -> tuple[str, ...]:
    """The kinds that a list should cover: none when the first is certain or only one is probable."""
    ordered = sorted(inferred, key=lambda item: (-item.probability, item.category))
    if not policy.cover_kinds or not ordered or ordered[0].probability >= policy.certain:
        return ()
    least = max(policy.probable, policy.share_of_first * ordered[0].probability)
    kinds = tuple(item.category for item in ordered if item.probability >= least)[: policy.most_kinds]
    return kinds if len(kinds) > 1 else ()


def select(
    choices: Sequence[Choice],
    limit: int,
    policy: ListPolicy,
    kinds: Sequence[str] = (),
    fair_share: float = 0.0,
) -> Selection:
    """Choose up to `limit` of the choices, which are given best score first.

    Starts from the first `limit`. The bound on exposure is applied last, so that nobody over it keeps a
    place for which one who left for another rule would do.
    """
    draft = _Draft(choices, kinds, min(limit, len(choices)))
    for kind in kinds:
        _cover(draft, kind, policy.kind_share)
    if limit >= WHOLE_LIST:
        _seat_newcomers(draft, policy)
    _bound_exposure(draft, policy.most_lists(fair_share), policy.bound_share)
    return draft.selection()


class _Draft:
    """A list in the making. The first place and what alone covers a kind are not given away."""

    def __init__(self, choices: Sequence[Choice], kinds: Sequence[str], length: int) -> None:
        self.choices = choices
        self._kinds = frozenset(kinds)
        self._length = length
        self._shown = set(range(length))
        self._rules: dict[int, str] = {}

    def shown(self) -> list[int]:
        """Who is in, the lowest score first."""
        return sorted(self._shown, reverse=True)

    def waiting(self) -> Iterator[int]:
        """Who is not, the best score first."""
        return (place for place in range(len(self.choices)) if place not in self._shown)

    def covers(self, kind: str) -> bool:
        """Whether somebody who is in stands for this kind."""
        return any(kind in self.choices[place].categories for place in self._shown)

    def swap_first(self, pairs: Iterable[tuple[int, int]], share: float, rule: str) -> bool:
        """Swap the first (leaver, comer) that may be swapped; whether there was one.

        The comer must reach that share of the leaver's score.
        """
        for leaver, comer in pairs:
            good_enough = self.choices[comer].score >= share * self.choices[leaver].score
            if good_enough and self._may_leave(leaver, comer):
                self._shown.remove(leaver)
                self._shown.add(comer)
                self._rules[leaver] = self._rules[comer] = rule
                return True
        return False

    def selection(self) -> Selection:
        """The list, with the rules behind whatever differs from the order of score."""
        by_score = set(range(self._length))
        return Selection(
            tuple(sorted(self._shown)),
            {place: self._rules[place] for place in sorted(self._shown - by_score)},
            {place: self._rules[place] for place in sorted(by_score - self._shown)},
        )

    def _may_leave(self, leaver: int, comer: int) -> bool:
        others = (self.choices[place].categories for place in self._shown if place != leaver)
        alone_covers = (self.choices[leaver].categories & self._kinds).difference(*others)
        return leaver != 0 and alone_covers <= self.choices[comer].categories


def _cover(draft: _Draft, kind: str, share: float) -> None:
    """Bring in the best of a kind that nobody stands for yet, for the lowest that can be spared."""
    comer = next((place for place in draft.waiting() if kind in draft.choices[place].categories), None)
    if comer is not None and not draft.covers(kind):
        draft.swap_first(((leaver, comer) for leaver in draft.shown()), share, KIND_COVER)


def _seat_newcomers(draft: _Draft, policy: ListPolicy) -> None:
    """Bring in newcomers until there are enough, each for the lowest that is none.

    Those in the fewest lists come first: by score alone the same few would have the place until each is
    known, and a supplier that joined today would wait for all of them.
    """

    def is_new(place: int) -> bool:
        return draft.choices[place].lists < policy.newcomer_lists

    missing = policy.newcomer_places - sum(map(is_new, draft.shown()))
    newcomers = sorted(filter(is_new, draft.waiting()), key=lambda place: (draft.choices[place].lists, place))
    for comer in newcomers:
        if missing <= 0:
            return
        pairs = [(leaver, comer) for leaver in draft.shown() if not is_new(leaver)]
        missing -= draft.swap_first(pairs, policy.newcomer_share, NEWCOMER)


def _bound_exposure(draft: _Draft, most_lists: float, share: float) -> None:
    """Let each who took too much yield to the best waiting one who did not, the lowest score first."""
    for leaver in draft.shown():
        if draft.choices[leaver].lists > most_lists:
            rested = [place for place in draft.waiting() if draft.choices[place].lists <= most_lists]
            draft.swap_first([(leaver, comer) for comer in rested], share, EXPOSURE_BOUND)
