"""The 50 nearest of the same vectors under one filter, by other engines.

`python -m tests.bench.engines [SIZE ...] [ENGINE ...]`

Every engine gets the vectors and a number for each row, indexed where it indexes such a column, and must
return the 50 nearest of the rows whose number is below the selectivity. Recall is against numpy. Beside them
stand numpy itself and our whole recommendation with reasons over as many vectors, which does far more.

The engines are the extra `bench` (`pip install -e '.[bench]'`); one that is not installed is said to be
missing. pgvector comes with the embedded PostgreSQL: without an index it is exact. Medians over queries, one
thread. Sizes in vectors: 25,000, those of 5,000 suppliers, unless named; engines by a part of their name, all
unless named. Of 509,103 vectors, those of 100,000 suppliers, Milvus Lite and Qdrant need most of an hour.
"""

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from time import perf_counter

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector.psycopg import register_vector

from matching.domain import FloatArray
from matching.intent import IntentModel
from matching.ranker import Ranker
from matching.recommender import Recommender
from service.cli.terminal import say_aside
from service.db.session import driver_url
from tests.bench.market import DIMENSIONS, LIMITED, SELECTIVITIES, market, vectors
from tests.factories.databases import cluster_of_its_own

SIZES = (25_000,)
QUERIES = 5
NEAREST = 50
VECTORS_A_SUPPLIER = 5
STEPS = 1000
"""A row's number lies below this: a selectivity is a share of it."""

Search = Callable[[FloatArray, int], NDArray[np.int64]]
"""From a query and the bound of the row's number to the rows of the nearest."""


@contextmanager
def numpy_alone(rows: FloatArray, numbers: NDArray[np.int64]) -> Iterator[Search]:
    def search(query: FloatArray, below: int) -> NDArray[np.int64]:
        similarity = rows @ query
        similarity[numbers >= below] = -np.inf
        nearest = np.argpartition(-similarity, NEAREST)[:NEAREST]
        return nearest[similarity[nearest] > -np.inf]

    yield search


@contextmanager
def pgvector(rows: FloatArray, numbers: NDArray[np.int64]) -> Iterator[Search]:
    with (
        cluster_of_its_own() as cluster,
        psycopg.connect(driver_url(cluster.url), autocommit=True) as connection,
    ):
        _fill_postgres(connection, rows, numbers)
        yield lambda query, below: np.array(
            connection.execute(
                "SELECT id FROM item WHERE number < %s ORDER BY vector <#> %s LIMIT %s",
                [below, query, NEAREST],
            ).fetchall()
        ).ravel()


def _fill_postgres(
    connection: psycopg.Connection[object], rows: FloatArray, numbers: NDArray[np.int64]
) -> None:
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    register_vector(connection)
    connection.execute(f"CREATE TABLE item (id bigint, number int, vector vector({DIMENSIONS}))")
    target = "COPY item (id, number, vector) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(target) as copy:
        copy.set_types(["int8", "int4", "vector"])
        for row, vector in enumerate(rows):
            copy.write_row((row, int(numbers[row]), vector))
    connection.execute("CREATE INDEX ON item (number)")
    connection.execute("VACUUM ANALYZE item")
    connection.execute("SET max_parallel_workers_per_gather = 0")


@contextmanager
def sqlite_vec(rows: FloatArray, numbers: NDArray[np.int64]) -> Iterator[Search]:
    import apsw  # noqa: PLC0415 - optional; Python's own sqlite3 is often built without extensions
    import sqlite_vec as extension  # noqa: PLC0415 - optional

    connection = apsw.Connection(":memory:")
    connection.enable_load_extension(True)
    connection.load_extension(extension.loadable_path())
    connection.execute(
        f"CREATE VIRTUAL TABLE item USING vec0(vector float[{DIMENSIONS}] distance_metric=cosine, number int)"
    )
    connection.executemany(
        "INSERT INTO item (rowid, vector, number) VALUES (?, ?, ?)",
        ((row, vector.tobytes(), int(numbers[row])) for row, vector in enumerate(rows)),
    )
    yield lambda query, below: np.array(
        connection.execute(
            "SELECT rowid FROM item WHERE vector MATCH ? AND k = ? AND number < ?",
            [query.tobytes(), NEAREST, below],
        ).fetchall()
    ).ravel()
    connection.close()


@contextmanager
def lancedb(rows: FloatArray, numbers: NDArray[np.int64]) -> Iterator[Search]:
    import lancedb as library  # noqa: PLC0415 - optional
    import pyarrow as arrow  # noqa: PLC0415 - comes with it

    with tempfile.TemporaryDirectory() as folder:
        flat = arrow.FixedSizeListArray.from_arrays(arrow.array(rows.ravel()), DIMENSIONS)
        columns = {"id": np.arange(len(rows)), "number": numbers, "vector": flat}
        table = library.connect(folder).create_table("item", arrow.table(columns))
        yield lambda query, below: np.array(
            table.search(query)
            .distance_type("dot")
            .where(f"number < {below}", prefilter=True)
            .limit(NEAREST)
            .select(["id", "_distance"])
            .to_arrow()["id"]
        )


@contextmanager
def milvus_lite(rows: FloatArray, numbers: NDArray[np.int64]) -> Iterator[Search]:
    import milvus_lite  # noqa: F401, PLC0415 - optional, what pymilvus runs a file with
    from pymilvus import MilvusClient  # noqa: PLC0415 - optional

    with tempfile.TemporaryDirectory() as folder:
        client = MilvusClient(f"{folder}/milvus.db")
        client.create_collection("item", dimension=DIMENSIONS, metric_type="IP")
        for start in range(0, len(rows), STEPS):
            batch = range(start, min(start + STEPS, len(rows)))
            client.insert(
                "item", [{"id": row, "vector": rows[row], "number": int(numbers[row])} for row in batch]
            )
        yield lambda query, below: np.array(
            [
                hit["id"]
                for hit in client.search("item", [query], filter=f"number < {below}", limit=NEAREST)[0]
            ]
        )
        client.close()


@contextmanager
def qdrant(rows: FloatArray, numbers: NDArray[np.int64]) -> Iterator[Search]:
    from qdrant_client import QdrantClient, models  # noqa: PLC0415 - optional

    client = QdrantClient(":memory:")
    size = models.VectorParams(size=DIMENSIONS, distance=models.Distance.DOT)
    client.create_collection("item", vectors_config=size)
    payload = [{"number": int(each)} for each in numbers]
    client.upload_collection("item", rows, payload=payload, ids=range(len(rows)))

    def search(query: FloatArray, below: int) -> NDArray[np.int64]:
        condition = models.FieldCondition(key="number", range=models.Range(lt=below))
        found = client.query_points(
            "item", query=query, query_filter=models.Filter(must=[condition]), limit=NEAREST
        )
        return np.array([point.id for point in found.points])

    yield search
    client.close()


ENGINES = {
    "numpy": numpy_alone,
    "pgvector, exact": pgvector,
    "sqlite-vec": sqlite_vec,
    "LanceDB": lancedb,
    "Milvus Lite": milvus_lite,
    "Qdrant, local": qdrant,
}


def timed(work: Callable[[], object]) -> float:
    """Milliseconds, the better of two."""
    times = []
    for _ in range(2):
        began = perf_counter()
        work()
        times.append(1000 * (perf_counter() - began))
    return min(times)


def lines(
    rows: FloatArray, numbers: NDArray[np.int64], queries: FloatArray, engines: Sequence[str]
) -> Iterator[str]:
    """One line an engine: milliseconds and recall by selectivity."""
    with numpy_alone(rows, numbers) as truth:
        for name, engine in ENGINES.items():
            if engines and not any(part.lower() in name.lower() for part in engines):
                continue
            say_aside(f"{name}: 벡터 {len(rows):,}개")
            with ExitStack() as stack:
                try:
                    search = stack.enter_context(engine(rows, numbers))
                except ImportError as error:
                    yield f"| {name} | 설치되지 않음 ({error.name}) | | |"
                    continue
                cells = [cell(search, truth, queries, int(share * STEPS)) for share in SELECTIVITIES]
                yield f"| {name} | {' | '.join(cells)} |"


def cell(search: Search, truth: Search, queries: FloatArray, below: int) -> str:
    """Milliseconds and recall."""
    times = [timed(partial(search, query, below)) for query in queries]
    pairs = [({*search(query, below)}, {*truth(query, below)}) for query in queries]
    recall = np.mean([len(found & wanted) / len(wanted) for found, wanted in pairs])
    return f"{statistics.median(times):.1f} ({recall:.2f})"


def our_line(size: int) -> str:
    """The whole recommendation over as many vectors."""
    made = market(size // VECTORS_A_SUPPLIER, QUERIES)
    recommender = Recommender(made.index, IntentModel.load(), Ranker.expert())
    day, cells = date(2026, 11, 2), []
    for region in LIMITED:
        needs = [need for need in made.needs if need.profile.region == region]
        times = [timed(partial(recommender.recommend, need, 10, day)) for need in needs]
        cells.append(f"{statistics.median(times):.1f} (1.00)")
    return f"| 얼라이언스 추천 (사유까지) | {' | '.join(cells)} |"


def report(sizes: Sequence[int], engines: Sequence[str]) -> None:
    """A table a size."""
    for size in sizes:
        chance = np.random.default_rng(3)
        rows, queries = vectors(chance, size), vectors(chance, QUERIES)
        numbers = chance.integers(STEPS, size=size)
        shares = " | ".join(f"{share:.0%}: ms (재현율)" for share in SELECTIVITIES)
        sys.stdout.write(f"벡터 {size:,}개\n\n| 엔진 | {shares} |\n|{' --- |' * 4}\n")
        for line in lines(rows, numbers, queries, engines):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        sys.stdout.write(f"{our_line(size)}\n")


if __name__ == "__main__":
    given = [each.replace(",", "") for each in sys.argv[1:]]
    named_sizes = [int(each) for each in given if each.isdigit()]
    report(named_sizes or SIZES, [each for each in given if not each.isdigit()])
