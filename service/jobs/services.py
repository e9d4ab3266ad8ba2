"""What a task works with."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from matching.encoder import Encoder
from matching.recommender import Recommender
from service.db.session import Database
from service.jobs.measured_encoder import MeasuredEncoder
from service.kit.business_register import BusinessRegister
from service.settings import Settings


class LazyEncoder:
    """Loads the encoder when it is first needed, once: it takes seconds and half a gigabyte.

    `name` is that of its vectors, for who knows it beforehand.
    """

    def __init__(self, load: Callable[[], Encoder], name: str | None = None) -> None:
        self._load = load
        self._name = name
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    @property
    def name(self) -> str:
        """The name of its vectors; asking for it loads the encoder only when nobody said it."""
        return self._name or self().name

    @property
    def loaded(self) -> bool:
        """True when asking for it costs nothing."""
        return self._encoder is not None

    def __call__(self) -> Encoder:
        """The encoder."""
        if self._encoder is None:
            with self._lock:
                if self._encoder is None:
                    self._encoder = MeasuredEncoder(self._load())
        return self._encoder


@dataclass(frozen=True)
class Services:
    """Handed to every task through the worker's context."""

    database: Database
    encoder: LazyEncoder
    register: BusinessRegister
    recommender: Callable[[], Recommender]
    """What ranks, over the suppliers as the database has them at the call and unchanged by later writes."""
    settings: Settings
