"""Who reviews what: as many reviewers for each application as are wanted, the work shared evenly.

First the application with the fewest to choose from takes those with the least to do. Then work moves from
whoever has most to whoever has at least two fewer, over others in between if need be, as long as it can:
what remains is as even as the conflicts of interest allow (N. Harvey, R. Ladner, L. Lovász, T. Tamir,
"Semi-matchings for bipartite graphs and load balancing", J. Algorithms 59, 2006: an assignment is optimal
when no such path is left). The same input gives the same panel.
"""

from collections import Counter, deque
from collections.abc import Mapping, Set
from uuid import UUID

Panel = dict[UUID, set[UUID]]
"""Reviewers by application."""


class TooFewReviewersError(Exception):
    """So many more people are needed as `missing`; `applications` cannot be reviewed by enough of them."""

    def __init__(self, missing: int, applications: int) -> None:
        super().__init__(f"{missing} more reviewers are needed for {applications} applications")
        self.missing = missing
        self.applications = applications


def assign(
    eligible: Mapping[UUID, Set[UUID]], each: int, kept: Mapping[UUID, Set[UUID]] | None = None
) -> Panel:
    """`each` reviewers for every application, from those `eligible` for it.

    What is in `kept` stays, and counts, even where it is more than `each`. Raises TooFewReviewersError.
    """
    fixed: Panel = {application: set((kept or {}).get(application, ())) for application in eligible}
    _refuse_too_few(eligible, each, fixed)
    load = Counter({reviewer: 0 for reviewers in eligible.values() for reviewer in reviewers})
    load.update(reviewer for reviewers in fixed.values() for reviewer in reviewers)
    panel = {application: set(reviewers) for application, reviewers in fixed.items()}
    for application in sorted(eligible, key=lambda one: (len(eligible[one]), one)):
        free = sorted(eligible[application] - panel[application], key=lambda one: (load[one], one))
        chosen = free[: max(each - len(panel[application]), 0)]
        panel[application].update(chosen)
        load.update(chosen)
    while _even_out(panel, fixed, eligible, load):
        pass
    return panel


def _refuse_too_few(eligible: Mapping[UUID, Set[UUID]], each: int, fixed: Panel) -> None:
    missing = [each - len(reviewers | fixed[application]) for application, reviewers in eligible.items()]
    short = [count for count in missing if count > 0]
    if short:
        raise TooFewReviewersError(max(short), len(short))


def _even_out(panel: Panel, fixed: Panel, eligible: Mapping[UUID, Set[UUID]], load: Counter[UUID]) -> bool:
    """Move one review along a path from the busiest who can give one; False when nobody can."""
    for busiest in sorted(load, key=lambda one: (-load[one], one)):
        path = _path(busiest, panel, fixed, eligible, load)
        if path:
            for giver, application, taker in path:
                panel[application].remove(giver)
                panel[application].add(taker)
            load[busiest] -= 1
            load[path[-1][2]] += 1
            return True
    return False


def _path(
    start: UUID, panel: Panel, fixed: Panel, eligible: Mapping[UUID, Set[UUID]], load: Counter[UUID]
) -> list[tuple[UUID, UUID, UUID]]:
    """The shortest row of hand-overs (giver, application, taker) to somebody with two fewer; empty for none.

    No application appears twice: two moves of one could meet in the same person.
    """
    ways: dict[UUID, list[tuple[UUID, UUID, UUID]]] = {start: []}
    waiting = deque([start])
    while waiting:
        giver = waiting.popleft()
        used = {application for _, application, _ in ways[giver]}
        for application in sorted(panel):
            if giver not in panel[application] - fixed[application] or application in used:
                continue
            for taker in sorted(eligible[application] - panel[application]):
                if taker in ways:
                    continue
                ways[taker] = [*ways[giver], (giver, application, taker)]
                if load[taker] <= load[start] - 2:
                    return ways[taker]
                waiting.append(taker)
    return []
