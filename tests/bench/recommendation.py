"""What a recommendation costs beside its own dot products: python -m tests.bench.recommendation [SIZE ...]

Suppliers are clones of the demo's with random vectors of 384 numbers; the needs are stored ones (nothing is
encoded). A line is a number of suppliers and the share of them that may be recommended at all:

- recommend: the ten best with reasons, evidence, cautions and who was ruled out, by the real recommender;
- dot product: numpy alone over the same vectors where they lie, a mask for the filter, the 50 nearest;
- rows first: the same but only over the rows that the filter leaves. No recommender can do this whose scores
  are measured against all suppliers, as ours are so that a score does not depend on who was ruled out.

Medians over needs, each measured `TURNS` times in turn with the others, one thread. Read the ratios.
Sizes: 5,000 and 100,000 unless named; 1,000,000 takes 13 GB.
"""

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from matching.domain import FloatArray
from matching.features import EmbeddedNeed
from matching.index import IndexSnapshot
from matching.intent import IntentModel
from matching.ranker import Ranker
from matching.recommender import Recommender
from service.cli.terminal import say_aside
from tests.bench.market import LIMITED, SELECTIVITIES, Market, market

SIZES = (5_000, 100_000)
NEEDS = 3
TURNS = 3
NEAREST = 50
LENGTH = 10
DAY = date(2026, 11, 2)
HEADING = "| 공급기업 | 벡터 | 거른 뒤 | 추천 ms | 내적 ms | 거른 행만 ms | 추천/내적 |"


@dataclass(frozen=True, eq=False)
class Vectors:
    """Every vector that ranking reads, in the matrices where they lie, and the slot that each belongs to."""

    matrices: tuple[FloatArray, ...]
    owners: NDArray[np.intp]

    @classmethod
    def of(cls, snapshot: IndexSnapshot) -> "Vectors":
        """Those of an index; they are not copied."""
        tables = (snapshot.solution_vectors, snapshot.summary_vectors, snapshot.problem_vectors)
        owners = (snapshot.solutions["slot"][tables[0].owners] - 1, tables[1].owners, tables[2].owners)
        matrices = tuple(part for table in tables for part in (table.base, table.added) if len(part))
        return cls(matrices, np.concatenate(owners).astype(np.intp))

    def __len__(self) -> int:
        return len(self.owners)


def dot_product(vectors: Vectors, allowed: NDArray[np.bool_], query: FloatArray) -> NDArray[np.intp]:
    similarity = np.concatenate([matrix @ query for matrix in vectors.matrices])
    similarity[~allowed] = -np.inf
    return np.argpartition(-similarity, NEAREST)[:NEAREST]


def rows_first(vectors: Vectors, allowed: NDArray[np.bool_], query: FloatArray) -> NDArray[np.intp]:
    rows = np.flatnonzero(allowed)
    masks = np.split(allowed, np.cumsum([len(matrix) for matrix in vectors.matrices])[:-1])
    pairs = zip(vectors.matrices, masks, strict=True)
    similarity = np.concatenate([matrix[np.flatnonzero(mask)] @ query for matrix, mask in pairs])
    return rows[np.argpartition(-similarity, min(NEAREST, len(rows) - 1))[:NEAREST]]


def milliseconds(work: Callable[[], object]) -> float:
    """One turn."""
    began = perf_counter()
    work()
    return 1000 * (perf_counter() - began)


def line(made: Market, recommender: Recommender, share: float, needs: list[EmbeddedNeed]) -> str:
    """The table's line for the needs of one selectivity."""
    snapshot = made.index.snapshot()
    vectors = Vectors.of(snapshot)
    times: list[list[float]] = []
    for need in needs:
        allowed = (snapshot.verdicts(need.profile) < 0)[vectors.owners]
        ways: tuple[Callable[[], object], ...] = (
            lambda need=need: recommender.recommend(need, LENGTH, DAY),
            lambda need=need, allowed=allowed: dot_product(vectors, allowed, need.vector),
            lambda need=need, allowed=allowed: rows_first(vectors, allowed, need.vector),
        )
        for way in ways:
            way()
        turns = [[milliseconds(way) for way in ways] for _ in range(TURNS)]
        times.append([min(column) for column in zip(*turns, strict=True)])
    ours, bare, gathered = (statistics.median(column) for column in zip(*times, strict=True))
    cells = (f"{len(snapshot):,}", f"{len(vectors):,}", f"{share:.0%}")
    return f"| {' | '.join(cells)} | {ours:.1f} | {bare:.1f} | {gathered:.1f} | {ours / bare:.2f} |"


def report(sizes: tuple[int, ...]) -> None:
    """One table over all sizes."""
    sys.stdout.write(f"{HEADING}\n|{' --- |' * 7}\n")
    for size in sizes:
        say_aside(f"공급기업 {size:,}곳을 만듭니다")
        made = market(size, NEEDS)
        recommender = Recommender(made.index, IntentModel.load(), Ranker.expert())
        for region, share in zip(LIMITED, SELECTIVITIES, strict=True):
            needs = [need for need in made.needs if need.profile.region == region]
            sys.stdout.write(line(made, recommender, share, needs) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    report(tuple(int(size.replace(",", "").replace("_", "")) for size in sys.argv[1:]) or SIZES)
