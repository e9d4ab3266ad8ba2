"""How long a change takes to reach another process: python -m tests.bench.propagation [CHANGES]

One process commits changes of suppliers, another follows the database as every API process does. Printed is
the time from the commit to the moment at which the other ranks by it: with NOTIFY, and with NOTIFY lost, when
only the poll finds it.
"""

import multiprocessing
import statistics
import sys
import threading
import time
from multiprocessing.synchronize import Event
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from matching.index import ProfileIndex
from service.db.session import Database
from service.recommendations import live_index
from service.recommendations.live_index import LiveIndex
from tests.factories.databases import database_of_its_own

CHANGES = 40
PAUSE_SECONDS = 0.13
"""Between two changes: no multiple of the poll, so that they fall anywhere between two polls."""
SUPPLIERS = 1000

FILL = text("""
    INSERT INTO supplier (id, business_number, company_name, region, summary, status, search_text, version,
                          created_at, updated_at)
    SELECT gen_random_uuid(), (1000000000 + n)::text, '공급' || n, '41', '소개', 'approved', '', 1,
           now(), now()
    FROM generate_series(1, :suppliers) AS n""")
CHANGE = text("""
    UPDATE supplier
    SET status = CASE status WHEN 'approved' THEN 'suspended' ELSE 'approved' END, summary = :mark
    WHERE id = (SELECT id FROM supplier ORDER BY random() LIMIT 1)""")


class Watched(LiveIndex):
    """A live index that notes when it has taken over which change."""

    seen: Any

    def _take_over(self, session: Any, suppliers: Any) -> None:
        super()._take_over(session, suppliers)
        for supplier in suppliers:
            self.seen.put((supplier.summary, time.monotonic()))


def follow(url: str, seen: Any, loaded: Event, deaf: bool) -> None:
    """The other process; `deaf`: its LISTEN hears nothing."""
    if deaf:
        live_index.CHANNEL = "nobody_notifies_here"
    live = Watched(Database(url, pool_size=2), ProfileIndex("none", 8))
    live.seen = seen
    live.follow(loaded.set)


def measure(database: Database, changes: int, *, deaf: bool) -> list[float]:
    """Milliseconds from each commit to the takeover; both processes read the machine's clock."""
    spawning = multiprocessing.get_context("spawn")
    seen, loaded = spawning.Queue(), spawning.Event()
    other = spawning.Process(target=follow, args=(database.url, seen, loaded, deaf), daemon=True)
    other.start()
    try:
        loaded.wait()
        time.sleep(2 * live_index.LISTEN_AGAIN_SECONDS)  # it listens by now
        committed: dict[str, float] = {}
        taken: dict[str, float] = {}
        reading = threading.Thread(target=_read, args=(seen, taken), daemon=True)
        reading.start()
        for _ in range(changes):
            mark = str(uuid4())
            with database.transaction() as session:
                session.execute(CHANGE, {"mark": mark})
            committed[mark] = time.monotonic()
            time.sleep(PAUSE_SECONDS)
        time.sleep(3 * live_index.POLL_SECONDS)
    finally:
        other.kill()
        other.join()
    return [1000 * (taken[mark] - at) for mark, at in committed.items()]


def _read(seen: Any, taken: dict[str, float]) -> None:
    while True:
        mark, at = seen.get()
        taken.setdefault(mark, at)


def main() -> None:
    """Print median, 95th percentile and the longest, with and without NOTIFY."""
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else CHANGES
    with database_of_its_own() as (_, url):
        database = Database(url)
        with database.transaction() as session:
            session.execute(FILL, {"suppliers": SUPPLIERS})
        for name, deaf in (("NOTIFY", False), ("polling alone", True)):
            took = sorted(measure(database, changes, deaf=deaf))
            late = took[round(0.95 * (len(took) - 1))]
            sys.stdout.write(
                f"{name:14} {len(took)} changes: median {statistics.median(took):.0f} ms, "
                f"95 percent within {late:.0f} ms, longest {took[-1]:.0f} ms\n"
            )
        database.close()


if __name__ == "__main__":
    main()
