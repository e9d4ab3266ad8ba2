"""The public pages of suppliers as they were made last, until a supplier changes.

What a visitor who has not signed in sees of suppliers depends on the address and on the suppliers alone, and
the live index of this process knows within a moment, at the latest at its next poll, that one of them has
changed. A page is kept under the state of the index from before it was made, so that no page outlives what it
shows. Where the index does not follow the database, or not closely, nothing is kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_KEPT = 128
DIRECTORY = "/suppliers"
ONE_SUPPLIER = 3
"""Parts of the address of one, between slashes."""

ANSWERED = Counter("alliance_kept_pages_total", "Public pages, by whether they had to be made", ["result"])


@dataclass(frozen=True, slots=True)
class KeptPage:
    """The messages of an answer, the route that made it, and the state of the suppliers that it shows."""

    state: int
    route: Any
    messages: Sequence[Message]


class KeptPages:
    """ASGI layer. `state` tells the present state of the suppliers, None while nobody can say."""

    def __init__(self, app: ASGIApp, state: Callable[[], int | None]) -> None:
        self.app = app
        self._state = state
        self._pages: OrderedDict[tuple[str, bytes], KeptPage] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = self._state() if _is_public(scope) else None
        if state is None:
            await self.app(scope, receive, send)
            return
        address = (scope["path"], scope["query_string"])
        kept = self._pages.get(address)
        if kept is None or kept.state != state:
            ANSWERED.labels("made").inc()
            await self._make(address, state, scope, receive, send)
            return
        ANSWERED.labels("kept").inc()
        self._pages.move_to_end(address)
        scope["route"] = kept.route
        for message in kept.messages:
            await send(_copy(message))

    async def _make(
        self, address: tuple[str, bytes], state: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(_copy(message))
            await send(message)

        await self.app(scope, receive, keep)
        if _may_be_kept(messages):
            self._pages[address] = KeptPage(state, scope.get("route"), messages)
            self._pages.move_to_end(address)
            while len(self._pages) > MOST_KEPT:
                self._pages.popitem(last=False)


def _is_public(scope: Scope) -> bool:
    """A page of suppliers that is asked for without anything that says who asks."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(DIRECTORY):
        return False
    parts = scope["path"].split("/")
    headers = Headers(scope=scope)
    anonymous = "cookie" not in headers and "authorization" not in headers
    return anonymous and (scope["path"] == DIRECTORY or len(parts) == ONE_SUPPLIER)


def _may_be_kept(messages: Sequence[Message]) -> bool:
    """A page that was found, and that gives its visitor nothing of their own."""
    return (
        bool(messages)
        and messages[0].get("status") == 200
        and "set-cookie" not in Headers(raw=messages[0]["headers"])
    )


def _copy(message: Message) -> Message:
    """Layers outside add headers to the list that they are handed."""
    return {**message, "headers": list(message["headers"])} if "headers" in message else dict(message)
