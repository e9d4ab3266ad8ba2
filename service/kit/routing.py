"""Finding the endpoint of an address without asking every endpoint of the application.

FastAPI asks one route after another, some of them several times where routers are nested. With hundreds of
routes that takes longer than a small answer (`tests/bench/http.py`), so each feature's routes stand behind
the first words of their addresses.
"""

from functools import cached_property
from typing import Any

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import Match
from starlette.types import Scope


class Signpost(APIRouter):
    """Holds one feature's router, and looks into it for addresses that begin as one of its routes does.

    `prefix` is the part of the address in front of the feature's own paths, which the application includes
    the signpost with.
    """

    def __init__(self, feature: APIRouter, prefix: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._before, self._feature = prefix, feature
        self.include_router(feature)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Starlette's question to a route."""
        address = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix(self._before)
        if self._first_words is None or _first_word(address) in self._first_words:
            return super().matches(scope)
        return Match.NONE, {}

    @cached_property
    def _first_words(self) -> frozenset[str] | None:
        """None when some route begins with a parameter: any address may be one of its."""
        paths = [getattr(each, "path", None) for each in self._feature.routes]
        if None in paths:  # routers in a router, which have to make themselves ready to tell
            paths = [each.path for each in iter_route_contexts(self._feature.routes)]
        words = frozenset(_first_word(str(path)) for path in paths)
        return None if any("{" in word for word in words) else words


def _first_word(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]
