"""Which suppliers meet which needs on one day, chosen for all needs at once (매칭데이).

A plan is a set of pairs: a need takes at most `suppliers_per_need` suppliers, a supplier at most its free
capacity, and no pair scores under the floor. Among such plans the rounds come first and the sum second:

1. As many needs as possible have a first supplier; of those plans as many as possible have a second one, and
   so on. No need gets its second supplier while another could have had its first.
2. Of the plans left, the one with the most expected introductions: the highest sum of scores.

Both are one linear programme, a flow from the rounds of each need over the pairs to the suppliers. Its matrix
is totally unimodular, so a corner of it is a plan of whole pairs. A round is worth more than any sum that
giving it up could gain: two plans differ by chains that gain or lose at most one round each and pass every
need and supplier once, so that they add fewer pairs than `_worth_of_rounds` counts, each of at most 1.

The solver is HiGHS' dual simplex. `scipy.optimize.linear_sum_assignment` over places written out one by one
is quicker (tests/bench/assignment.py) but answers another question: nothing keeps it from giving a need the
same supplier several times, and about half of its pairs are such repetitions.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Shortage = Literal["no_candidate_above_floor", "capacity_exhausted"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a plan must keep to.

    The default floor is where an account manager starts to agree: of the demo pairs scored under 0.4 one in
    ten was judged fitting. A supplier that did not say how much it can take gets `unknown_capacity`, the most
    frequent answer of those that did.
    """

    suppliers_per_need: int = 3
    floor: float = 0.3
    unknown_capacity: int = 3

    def __post_init__(self) -> None:
        if self.suppliers_per_need < 1 or self.unknown_capacity < 0 or not 0 <= self.floor <= 1:
            raise ValueError(f"no plan can be made by {self}")


DEFAULT_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A supplier that is eligible for a need; `score` is the probability of an introduction."""

    need_id: str
    supplier_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A need that has fewer suppliers than it may have: how many are missing and why."""

    need_id: str
    missing: int
    code: Shortage


@dataclass(frozen=True, slots=True)
class Assignment:
    """Pairs in the order of the needs, the best of each need first, and the needs that could take more."""

    pairs: tuple[Candidate, ...]
    shortfalls: tuple[Shortfall, ...]

    @property
    def expected_introductions(self) -> float:
        """How many introductions the pairs lead to on average."""
        return math.fsum(pair.score for pair in self.pairs)

    @property
    def suppliers_of(self) -> Counter[str]:
        """How many suppliers each need has; one without any counts 0."""
        return Counter(pair.need_id for pair in self.pairs)

    @property
    def needs_of(self) -> Counter[str]:
        """How many needs each supplier has; one without any counts 0."""
        return Counter(pair.supplier_id for pair in self.pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Who may meet whom, ordered by ids so that the same question gets the same plan.

    `pairs` are the candidates at or over the floor; `rows`, `columns` and `scores` belong to them one by one,
    `capacity` to the columns.
    """

    needs: tuple[str, ...]
    pairs: tuple[Candidate, ...]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    scores: NDArray[np.float64]
    capacity: NDArray[np.intp]
    suppliers_per_need: int


def market_of(
    needs: Sequence[str],
    candidates: Sequence[Candidate],
    free: Mapping[str, int | None],
    rules: Rules = DEFAULT_RULES,
) -> Market:
    """The market of a day. `free` says how many needs a supplier can take; None or no entry is unknown.

    Raises ValueError for a need or a pair named twice, a candidate of an unknown need, a score that is no
    probability or a negative capacity.
    """
    if len(set(needs)) < len(needs) or len({(c.need_id, c.supplier_id) for c in candidates}) < len(
        candidates
    ):
        raise ValueError("a need or a pair is named twice")
    if not all(0 <= candidate.score <= 1 for candidate in candidates):
        raise ValueError("a score is a probability")
    row_of = {need: row for row, need in enumerate(sorted(needs))}
    if not all(candidate.need_id in row_of for candidate in candidates):
        raise ValueError("a candidate belongs to a need that is not among the needs")
    kept = (candidate for candidate in candidates if candidate.score >= rules.floor)
    pairs = sorted(kept, key=lambda pair: (pair.need_id, pair.supplier_id))
    column_of = {supplier: column for column, supplier in enumerate(sorted({p.supplier_id for p in pairs}))}
    capacity = [capacity_of(supplier, free, rules) for supplier in column_of]
    return Market(
        needs=tuple(needs),
        pairs=tuple(pairs),
        rows=np.array([row_of[pair.need_id] for pair in pairs], np.intp),
        columns=np.array([column_of[pair.supplier_id] for pair in pairs], np.intp),
        scores=np.array([pair.score for pair in pairs], np.float64),
        capacity=np.array(capacity, np.intp),
        suppliers_per_need=rules.suppliers_per_need,
    )


def capacity_of(supplier_id: str, free: Mapping[str, int | None], rules: Rules = DEFAULT_RULES) -> int:
    """How many needs a supplier can take. Raises ValueError when that is said to be negative."""
    capacity = free.get(supplier_id)
    if capacity is not None and capacity < 0:
        raise ValueError(f"{supplier_id} cannot take {capacity} needs")
    return rules.unknown_capacity if capacity is None else capacity


def assign(market: Market) -> Assignment:
    """The plan that serves the rounds first and then expects the most introductions."""
    return _assignment(market, most_expected(market, _worth_of_rounds(market)))


def assign_greedily(market: Market) -> Assignment:
    """The plan of taking the best pair first while both sides have a place: what a person would do."""
    return _assignment(market, _best_first(market, market.capacity))


def own_choices(market: Market) -> Assignment:
    """Every need with its own best suppliers, as if nobody's capacity had an end: a bound, not a plan."""
    return _assignment(market, _best_first(market, np.full_like(market.capacity, len(market.needs))))


def most_expected(market: Market, worth: Sequence[float]) -> NDArray[np.bool_]:
    """Which pairs to take so that their scores and the worth of the rounds add up to the most.

    `worth` is what the first, second, ... supplier of a need counts beyond its score; it must not rise from
    round to round. All zeros leave fairness out.
    """
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import, only for this

    needs, pairs = len(market.needs), len(market.pairs)
    if not pairs:
        return np.zeros(0, np.bool_)
    places = needs * len(worth)
    every = np.arange(pairs + places)
    rows = np.concatenate([market.rows, np.tile(np.arange(needs), len(worth))])
    signs = np.concatenate([np.ones(pairs), np.full(places, -1.0)])
    met = csr_array((signs, (rows, every)), shape=(needs, pairs + places))
    load = (np.ones(pairs), (market.columns, every[:pairs]))
    found = linprog(
        -np.concatenate([market.scores, np.repeat(worth, needs)]),
        A_eq=met,
        b_eq=np.zeros(needs),
        A_ub=csr_array(load, shape=(len(market.capacity), pairs + places)),
        b_ub=market.capacity,
        bounds=(0, 1),
        method="highs-ds",
    )
    if not found.success:
        raise ArithmeticError(f"the solver gave up: {found.message}")
    return np.asarray(found.x[:pairs] > 0.5)


def _worth_of_rounds(market: Market) -> list[float]:
    """Each round as much more than the next as no chain of pairs can gain."""
    step = 1.0 + min(len(market.needs), len(market.capacity))
    return [step * later for later in range(market.suppliers_per_need, 0, -1)]


def _best_first(market: Market, capacity: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Pairs by falling score, equal ones by ids, each taken if need and supplier have a place left."""
    places, left = [market.suppliers_per_need] * len(market.needs), capacity.tolist()
    taken = np.zeros(len(market.pairs), np.bool_)
    for pair in np.argsort(-market.scores, kind="stable").tolist():
        row, column = int(market.rows[pair]), int(market.columns[pair])
        if places[row] and left[column]:
            places[row] -= 1
            left[column] -= 1
            taken[pair] = True
    return taken


def _assignment(market: Market, taken: NDArray[np.bool_]) -> Assignment:
    candidates: Counter[str] = Counter(pair.need_id for pair in market.pairs)
    of_need: dict[str, list[Candidate]] = defaultdict(list)
    for place in np.flatnonzero(taken).tolist():
        of_need[market.pairs[place].need_id].append(market.pairs[place])
    pairs: list[Candidate] = []
    shortfalls = []
    for need in market.needs:
        own = sorted(of_need[need], key=lambda pair: (-pair.score, pair.supplier_id))
        pairs += own
        missing = market.suppliers_per_need - len(own)
        if missing:
            short_of_candidates = len(own) == candidates[need]
            code: Shortage = "no_candidate_above_floor" if short_of_candidates else "capacity_exhausted"
            shortfalls.append(Shortfall(need, missing, code))
    return Assignment(tuple(pairs), tuple(shortfalls))
