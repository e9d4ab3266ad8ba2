"""What a plan for a matching day gains and costs beside the best pair first: python -m tests.bench.assignment

As many suppliers as needs, about fifty candidates a need. A few suppliers are wanted by many, as always; the
capacities are those that the demo suppliers state. Everything runs in this process on one thread; the ways of
assigning take turns, round by round, and the best round of each counts.
"""

import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

import seed_data
from matching.assignment import (
    Assignment,
    Candidate,
    Market,
    assign,
    assign_greedily,
    market_of,
    most_expected,
    own_choices,
)
from tests.bench.financing import best_of_turns

SIZES = (100, 300, 500, 1000)
CANDIDATES_A_NEED = 50
ROUNDS = 5


def matching_day(size: int, divided_by: int) -> Market:
    """A day of that many needs; `divided_by` makes the capacities scarcer."""
    random = np.random.default_rng(size)
    wanted = random.pareto(1.5, size) + 0.2
    stated = [row.get("concurrent_project_capacity") for row in seed_data.suppliers()]
    free: dict[str, int | None] = {
        f"supplier{column:04}": -(-int(capacity) // divided_by)
        for column, capacity in enumerate(random.choice([one for one in stated if one is not None], size))
    }
    candidates = [
        Candidate(f"need{row:04}", f"supplier{column:04}", float(1 / (1 + np.exp(-log_odds))))
        for row in range(size)
        for column, log_odds in zip(
            random.choice(size, CANDIDATES_A_NEED, replace=False, p=wanted / wanted.sum()),
            random.normal(0.4, 1.0, CANDIDATES_A_NEED),
            strict=True,
        )
    ]
    return market_of([f"need{row:04}" for row in range(size)], candidates, free)


def written_out(market: Market) -> NDArray[np.intp]:
    """The pairs of `linear_sum_assignment` over single places: it may take the same pair twice."""
    rows = np.repeat(np.arange(len(market.needs)), market.suppliers_per_need)
    columns = np.repeat(np.arange(len(market.capacity)), market.capacity)
    pair_of = np.full((len(market.needs), len(market.capacity)), -1)
    pair_of[market.rows, market.columns] = np.arange(len(market.pairs))
    places = pair_of[np.ix_(rows, columns)]
    scores = np.where(places >= 0, np.append(market.scores, 0.0)[places], 0.0)
    chosen: NDArray[np.intp] = places[linear_sum_assignment(scores, maximize=True)]
    return chosen[chosen >= 0]


def unfair(market: Market) -> float:
    """The most introductions that any plan expects, whoever is left without."""
    return float(market.scores[most_expected(market, [0.0] * market.suppliers_per_need)].sum())


def rounds_of(plan: Assignment, places: int) -> Sequence[int]:
    """How many needs have at least one, two, ... suppliers."""
    return [sum(count > place for count in plan.suppliers_of.values()) for place in range(places)]


def measure(size: int, divided_by: int) -> None:
    """One day, four ways."""
    market = matching_day(size, divided_by)
    best = best_of_turns(
        {
            "greedy": lambda: assign_greedily(market),
            "optimum": lambda: assign(market),
            "written out": lambda: written_out(market),
        },
        rounds=ROUNDS,
    )
    greedy, optimum, own = assign_greedily(market), assign(market), own_choices(market)
    twice = sum(count - 1 for count in Counter(written_out(market).tolist()).values())
    over = sum(
        max(own.needs_of[pair] - capacity, 0)
        for pair, capacity in zip(
            sorted({pair.supplier_id for pair in market.pairs}), market.capacity, strict=True
        )
    )
    slower, relaxed = best["optimum"] / best["greedy"], best["written out"] / best["optimum"]
    lines = [
        f"수요 {size:,}건, 공급기업 {size:,}곳, 여력 {market.capacity.sum():,}, 후보 {len(market.pairs):,}짝",
        f"  시간: 최적 {best['optimum']:.3f}초, 가장 좋은 짝부터의 {slower:.0f}배; "
        f"자리를 펼친 linear_sum_assignment는 최적의 {relaxed:.1f}배이나 짝 {twice}개가 되풀이",
        f"  기대 소개: 최적 {optimum.expected_introductions:.1f}, 가장 좋은 짝부터 "
        f"{greedy.expected_introductions:.1f}, 공평을 빼면 {unfair(market):.1f}, 저마다 고르면 "
        f"{own.expected_introductions:.1f} (여력을 {over}짝 넘김)",
        f"  1·2·3곳 이상 받은 수요: 최적 {rounds_of(optimum, 3)}, 가장 좋은 짝부터 {rounds_of(greedy, 3)}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    for divided_by, title in ((1, "여력이 넉넉한 날"), (2, "여력이 절반인 날")):
        sys.stdout.write(f"[{title}]\n")
        for size in SIZES:
            measure(size, divided_by)
