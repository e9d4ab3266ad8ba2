"""How many requests work on the database at once: the others wait without a thread.

A request that waits for a row or a connection holds a thread, and the request that it waits for needs one to
commit. Where every thread waits, nobody gets on until a timeout. Each request holds one thread at a time, so
with fewer requests than threads there is always one left.

The place is taken after the body has arrived and given back before the answer leaves: who sends or reads
slowly holds none.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from prometheus_client import Gauge, Histogram

MOST_AT_ONCE = 32
"""Leaves threads for what must answer also under load, and for jobs in the same process."""

WAITED = Histogram(
    "alliance_admission_wait_seconds",
    "Time that requests waited for a place to work on the database",
    buckets=(0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30),
)
WAITING = Gauge("alliance_admission_waiting", "Requests that wait for a place")
ADMITTED = Gauge("alliance_admission_working", "Requests that hold a place")


class Admission:
    """Lets so many requests in at once, in the order in which they came; one count for each event loop."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place inside the block."""
        loop = asyncio.get_running_loop()
        places = self._places.setdefault(loop, asyncio.Semaphore(self._most))
        with WAITING.track_inprogress(), WAITED.time():
            await places.acquire()
        try:
            with ADMITTED.track_inprogress():
                yield
        finally:
            places.release()
