"""How many requests are worked on at once: the others wait without a thread.

A request that waits for a row or a connection holds a thread, and the request that it waits for needs one to
commit. Where every thread waits, nobody gets on until a timeout. Each request holds one thread at a time, so
with fewer requests than threads there is always one left.
"""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

MOST_AT_ONCE = 32
"""Leaves threads for `UNLIMITED`, which must answer also under load, and for jobs in the same process."""

UNLIMITED = ("/healthz", "/readyz", "/metrics")


class Admission:
    """Lets so many requests in at once, in the order in which they came."""

    def __init__(self, app: ASGIApp, most: int = MOST_AT_ONCE) -> None:
        self.app = app
        self._places = asyncio.Semaphore(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self.app(scope, receive, send)
            return
        async with self._places:
            await self.app(scope, receive, send)
