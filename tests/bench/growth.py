"""At how many suppliers each step of growth pays: python -m tests.bench.growth [SMALL LARGE]

Measures, at two sizes (500 and 2,000 unless named), what a supplier costs in memory and in the time of a
search, with the vectors in each process and with them in PostgreSQL, and computes from the slopes how far a
machine of `MACHINE_GB` with `PROCESSES` API processes carries when a search may take `LONGEST_MS`. Costs are
taken to grow in proportion beyond the larger size; run it with sizes as large as the machine allows.
"""

import statistics
import sys
import tempfile
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from matching.index import ProfileIndex, save_index
from matching.ranker import Ranker
from matching.retrieval import InMemory, Query, Retrieval, Wanted
from matching.taxonomy import category_codes
from service.cli.terminal import say_aside
from service.recommendations.live_index import LiveIndex
from service.recommendations.pgvector_retrieval import PgVectorRetrieval
from tests.bench.market import DIMENSIONS, LIMITED, need
from tests.bench.stored_market import stored_market

SIZES = (500, 2_000)
MACHINE_GB = 32
PROCESSES = 8
LONGEST_MS = 300
PARTITIONS = 8
SHORTLIST = 400
SEARCHES = 5
MODEL = "random"


@dataclass(frozen=True)
class Measured:
    """Bytes and milliseconds at one size."""

    suppliers: int
    shared: float
    own: float
    memory_ms: float
    pgvector_ms: float


def milliseconds(index: ProfileIndex, retrieval: Retrieval) -> float:
    """The median of a few searches for needs that every second supplier may have."""
    snapshot, times = index.snapshot(), []
    probabilities = np.full(len(category_codes()), 0.1, np.float32)
    for number in range(SEARCHES):
        asked = need(number, LIMITED[-1])
        query = Query(asked, probabilities, Ranker.expert().weight_row)
        began = perf_counter()
        retrieval.search(snapshot, Wanted(asked.profile), query, SHORTLIST)
        times.append(1000 * (perf_counter() - began))
    return statistics.median(times[1:])


def measured(size: int) -> Measured:
    """One size; what the facts take is what was allocated for them and is still held."""
    say_aside(f"공급기업 {size:,}곳")
    with stored_market(size, MODEL) as (_, database), tempfile.TemporaryDirectory() as folder:
        pgvector = PgVectorRetrieval(database.url, MODEL, DIMENSIONS)
        tracemalloc.start()
        facts = ProfileIndex(MODEL, DIMENSIONS)
        LiveIndex(database, facts, read=pgvector.facts_only).refresh()
        own = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        slow = milliseconds(facts, pgvector)
        pgvector.close()
        whole = ProfileIndex(MODEL, DIMENSIONS)
        LiveIndex(database, whole).refresh()
        save_index(whole, Path(folder) / "index")
        shared = (Path(folder) / "index").stat().st_size
        return Measured(size, shared, own, milliseconds(whole, InMemory()), slow)


def reach(small: Measured, large: Measured, name: str, most: float) -> int:
    """How many suppliers until that cost, which has a fixed part, reaches the most that it may be."""
    low, high = getattr(small, name), getattr(large, name)
    slope = max((high - low) / (large.suppliers - small.suppliers), 1e-9)
    return max(0, int(large.suppliers + (most - high) / slope))


def report(sizes: tuple[int, int]) -> None:
    """What was measured, and the sizes that follow."""
    small, large = (measured(size) for size in sizes)
    bytes_shared, bytes_own = (
        (getattr(large, name) - getattr(small, name)) / (large.suppliers - small.suppliers)
        for name in ("shared", "own")
    )
    machine = MACHINE_GB * 2**30
    slow = reach(small, large, "pgvector_ms", LONGEST_MS)
    for line in (
        f"공급기업 한 곳: 함께 쓰는 파일 {bytes_shared / 1024:.0f} KB, "
        f"프로세스마다 사실 {bytes_own / 1024:.0f} KB",
        f"검색 {large.suppliers:,}곳: 메모리 {large.memory_ms:.1f} ms, pgvector {large.pgvector_ms:.1f} ms",
        f"메모리 색인: {machine / (bytes_shared + PROCESSES * bytes_own):,.0f}곳까지 메모리에 들고, "
        f"{reach(small, large, 'memory_ms', LONGEST_MS):,}곳까지 {LONGEST_MS} ms 안에 찾음",
        f"pgvector: {machine / (PROCESSES * bytes_own):,.0f}곳까지 메모리에 들고, "
        f"{slow:,}곳까지 {LONGEST_MS} ms 안에 찾음",
        f"파티션 {PARTITIONS}개를 함께 훑으면: {PARTITIONS * slow:,}곳까지 {LONGEST_MS} ms 안에 찾음 "
        "(재지 않고 곱한 것)",
    ):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    named = tuple(int(size.replace(",", "")) for size in sys.argv[1:3])
    report((named[0], named[1]) if len(named) == 2 else SIZES)
