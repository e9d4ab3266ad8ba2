"""Lists are ranked two at a time: more of them would only wait for one another."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from matching.encoder import HashingEncoder
from matching.exposure import UNSEEN
from service.db.session import Database
from service.jobs.services import LazyEncoder
from service.recommendations.matching_engine import RANKINGS_AT_ONCE, MatchingEngine

ASKED = 6


@dataclass(frozen=True)
class Counting:
    """Ranks until every place is taken, and counts who ranks with it."""

    seen: list[int]
    inside: list[int]
    full: threading.Barrier
    watch: Callable[..., Any] | None = None

    def recommend(self, *_: object) -> None:
        self.inside.append(1)
        self.full.wait(timeout=10)
        self.seen.append(len(self.inside))
        self.inside.pop()


def test_no_more_than_that_rank_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    encoder = LazyEncoder(HashingEncoder, "hashing-64")
    engine = MatchingEngine(cast(Database, None), encoder, tmp_path)
    counting = Counting([], [], threading.Barrier(RANKINGS_AT_ONCE))
    monkeypatch.setattr(MatchingEngine, "recommender", lambda _: counting)
    need = cast(Any, None)
    with ThreadPoolExecutor(ASKED) as together:
        done = [together.submit(engine.recommend, need, 10, UNSEEN) for _ in range(ASKED)]
    assert all(each.exception() is None for each in done)
    assert len(counting.seen) == ASKED
    assert max(counting.seen) <= RANKINGS_AT_ONCE
