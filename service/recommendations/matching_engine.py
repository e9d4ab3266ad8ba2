"""Matching in this process: the encoder, the intent model, the live index, the ranker."""

import contextlib
import threading
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import structlog
from prometheus_client import Gauge, Histogram
from sqlmodel import Session

from matching.diversity import ListPolicy
from matching.domain import (
    EmbeddedPassages,
    InferredCategory,
    NeedProfile,
    Passage,
    PassageKind,
    Recommendation,
)
from matching.encoder import Encoder, SentenceTransformerEncoder, embed
from matching.encoder_folder import made_encoder_name, prepare_encoder_folder
from matching.exposure import Exposure
from matching.features import EmbeddedNeed
from matching.index import ProfileIndex
from matching.intent import ARTEFACT_FOLDER, IntentModel, is_refit_of
from matching.ranker import Ranker
from matching.recommender import Recommender
from matching.retrieval import InMemory
from matching.text import passages_of_need
from service.db.session import Database
from service.jobs.services import LazyEncoder
from service.kit import clock
from service.kit.problems import Problem
from service.ranking.queries import last_activation_number, ranker_in_use
from service.recommendations.index_file import taken_up
from service.recommendations.live_index import LiveIndex
from service.recommendations.pgvector_retrieval import PgVectorRetrieval
from service.recommendations.recent_lists import RecentLists
from service.recommendations.stages import stage
from service.settings import Settings

log = structlog.get_logger()

LOAD_AGAIN_SECONDS = 5.0
LONGEST_ENCODING_SECONDS = 10.0
LONGEST_BEHIND_SECONDS = 10.0
ENCODING_THREADS = 4
RANKINGS_AT_ONCE = 2
"""One computes in Python while the other is in numpy. More of them only wait for one another: where a dozen
ranked at once, fewer lists were finished a second than by one after another."""
INDEXED = Gauge("alliance_indexed_suppliers", "Suppliers in the index of this process")
RANKING_SECONDS = Histogram("alliance_ranking_seconds", "Time to rank and explain one need")


def load_encoder(settings: Settings, *, exact: bool = False) -> Encoder:
    """The encoder that the settings name: the prepared folder by default, else a folder or hub id.

    `exact` for what is kept as a record, which must come out the same on every machine.
    """
    folder = settings.embedding_model or prepare_encoder_folder(settings.encoder_dir)
    return SentenceTransformerEncoder(folder, halved=False if exact else None)


def encoder_name(settings: Settings) -> str:
    """The name under which that encoder's vectors are kept, without loading it."""
    folder = settings.embedding_model or settings.encoder_dir
    return made_encoder_name(folder) or str(folder)


class IntentUnusableError(RuntimeError):
    """No intent model can be used: none fits the encoder, or its files are missing or damaged."""


def load_intent(encoder_name: str, fitted_folder: Path) -> IntentModel:
    """The shipped intent model, or the one fitted here when the encoder is another or that is damaged.

    One that was fitted here with confirmed needs comes first, unless the shipped one has since learned from
    other statements. Raises `IntentUnusableError` when there is none.
    """
    try:
        shipped = _read_intent(ARTEFACT_FOLDER, encoder_name)
    except IntentUnusableError:
        if not fitted_folder.exists():
            raise
        return _read_intent(fitted_folder, encoder_name)
    with contextlib.suppress(IntentUnusableError):
        fitted = _read_intent(fitted_folder, encoder_name)
        return fitted if is_refit_of(fitted, shipped) else shipped
    return shipped


def _read_intent(folder: Path, encoder_name: str) -> IntentModel:
    try:
        return IntentModel.load(folder, encoder_name)
    # What numpy, json and zip raise at files that were cut, emptied or written over.
    except (OSError, EOFError, BadZipFile, KeyError, TypeError, ValueError, zlib.error) as error:
        raise IntentUnusableError(f"{type(error).__name__}: {error}") from error


def list_policy(settings: Settings) -> ListPolicy:
    """The bounds of a list as the settings say, the library's own for whatever they do not name."""
    bound = settings.exposure_bound
    return ListPolicy(
        cover_kinds=settings.cover_kinds == "on",
        exposure_bound=None if bound == "off" else bound,
        newcomer_places=settings.newcomer_places,
    )


@dataclass(frozen=True, slots=True)
class Space:
    """Name and length of the vectors of an encoder that may still be loading."""

    name: str
    dimensions: int


class MatchingEngine:
    """Starts in the background: the service answers everything else while the models are loading.

    Stored needs are recommended for as soon as index and intent model are there; the encoder, which only
    texts that are new need, loads behind them.
    """

    def __init__(
        self,
        database: Database,
        encoder: LazyEncoder,
        intent_dir: Path,
        policy: ListPolicy | None = None,
        index_file: Path | None = None,
        kind: Literal["memory", "pgvector"] = "memory",
        search_url: str | None = None,
    ) -> None:
        self.recent_lists = RecentLists(database)
        self._policy = policy or ListPolicy()
        self.database = database
        self._encoder = encoder
        self._intent_dir = intent_dir
        self._index_file = index_file if kind == "memory" else None
        self._kind = kind
        self._search_url = search_url
        self._pgvector: PgVectorRetrieval | None = None
        self._recommender: Recommender | None = None
        self._live: LiveIndex | None = None
        self._activation: int | None = None
        self._encoding = ThreadPoolExecutor(ENCODING_THREADS, "encoding")
        self._ranking = threading.BoundedSemaphore(RANKINGS_AT_ONCE)
        self._assembling = threading.Lock()
        self._started = threading.Event()
        self._ready = threading.Event()
        self._encodes = threading.Event()
        self._stopped = threading.Event()

    @property
    def ready(self) -> bool:
        """True when the intent model is loaded and the index has caught up once."""
        return self._ready.is_set()

    @property
    def indexed_at(self) -> datetime | None:
        """When the index last took over what had changed; None before it was filled."""
        return self._live.refreshed_at if self._live else None

    @property
    def index_is_behind(self) -> bool:
        """True when the index could not be refreshed for a while."""
        return self._live is not None and self._live.seconds_behind > LONGEST_BEHIND_SECONDS

    @property
    def state_of_suppliers(self) -> int | None:
        """Another number after every change of a supplier; None while this process may not know of some."""
        live = self._live
        if live is None or not live.is_close:
            return None
        return live.state

    @property
    def ranker(self) -> Ranker | None:
        """The weights in use in this process; None before the models are loaded."""
        return self._recommender.ranker if self._recommender else None

    def changes_waiting(self, session: Session) -> int | None:
        """How many suppliers were written since the index last took over; None before it was filled."""
        return self._live.changes_waiting(session) if self._live else None

    @property
    def space(self) -> Space:
        """Which vectors are compared here; the encoder need not be loaded. Loads the models if need be."""
        index = self._assemble().index
        return Space(index.encoder_name, index.dimensions)

    def start(self) -> None:
        """Load and follow the database in threads of their own."""
        threading.Thread(target=self._run, name="matching", daemon=True).start()
        threading.Thread(target=self.recent_lists.follow, name="recent-lists", daemon=True).start()
        self._started.set()

    def stop(self) -> None:
        """End the threads soon."""
        self._stopped.set()
        self.recent_lists.stop()
        if self._pgvector is not None:
            self._pgvector.close()
        if self._live is not None:
            self._live.stop()

    def wait_until_started(self) -> None:
        """Return once the application around it has started."""
        self._started.wait()

    def wait_until_encoding(self, seconds: float) -> bool:
        """True when new texts can be recommended for as well, waiting that long for it."""
        return self._encodes.wait(seconds)

    def wait_until_ready(self, seconds: float) -> bool:
        """Whether it became ready within that time."""
        return self._ready.wait(seconds)

    def recommender(self) -> Recommender:
        """What ranks. Raises `Problem` 503 while the model is loading."""
        if self._recommender is None or not self.ready:
            raise Problem(503, "not_ready", headers={"Retry-After": "3"})
        return self._recommender

    def embed(self, need: NeedProfile) -> EmbeddedNeed:
        """A need with fresh vectors. Raises `Problem` 503 when the encoder does not answer in time."""
        return EmbeddedNeed(need, self.encode(passages_of_need(need)))

    def infer(self, texts: Sequence[str]) -> list[tuple[InferredCategory, ...]]:
        """The kinds of solution that each text speaks of, the most probable first, read as a problem.

        Raises `Problem` 503 while the model is loading or slow.
        """
        read = [NeedProfile(title="", description=text, industry="", region="") for text in texts]
        whole = [[one for one in passages_of_need(each) if one.kind == PassageKind.NEED] for each in read]
        encoded = [self.encode(passages) for passages in whole]
        return self.recommender().infer([EmbeddedNeed(*pair) for pair in zip(read, encoded, strict=True)])

    def encode(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        """Fresh vectors, for a request. Raises `Problem` 503 when the encoder does not answer in time."""
        encoding = self._encoding.submit(self._encode, passages)
        try:
            with stage("encode"):
                return encoding.result(LONGEST_ENCODING_SECONDS)
        except TimeoutError as error:
            encoding.cancel()
            raise Problem(503, "encoder_slow", headers={"Retry-After": "5"}) from error

    def _encode(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        try:
            encoder = self._encoder()
        except Exception as error:  # `_load_encoder` tells which and goes on trying
            raise Problem(503, "not_ready", headers={"Retry-After": "3"}) from error
        return embed(encoder, passages)

    def recommend(self, need: EmbeddedNeed, limit: int, exposure: Exposure | None = None) -> Recommendation:
        """The best suppliers for a need; without `exposure` the recent lists of all needs count.

        Raises `Problem` 503 while the model is loading.
        """
        recommender = replace(self.recommender(), watch=stage)
        recent = self.recent_lists.exposure if exposure is None else exposure
        with self._ranking, RANKING_SECONDS.time():
            return recommender.recommend(need, limit, clock.today(), recent)

    def refresh(self) -> int:
        """Take over now, in this thread, what changed in the database; `start` does so by itself.

        Loads the models when they are not loaded yet. Returns how many suppliers changed.
        """
        changed = self._assemble().refresh()
        self.recent_lists.refresh()
        self._ready.set()
        return changed

    def _take_over_weights(self, session: Session) -> None:
        """Rank by the weights in use from the next request on; asked at every poll of the index."""
        number = last_activation_number(session)
        if self._recommender is not None and number != self._activation:
            self._recommender = replace(self._recommender, ranker=ranker_in_use(session).ranker)
            self._activation = number

    def caught_up(self) -> Recommender:
        """What ranks, over the suppliers as the database has them now and unchanged by later writes.

        For jobs: it loads the models when they are not loaded yet, rather than refuse.
        """
        self.refresh()
        return self.recommender().held()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._load()
                return
            except Exception as error:
                log.error("matching_not_loaded", error=type(error).__name__, detail=str(error)[:300])
                self._stopped.wait(LOAD_AGAIN_SECONDS)

    def _load(self) -> None:
        started = time.monotonic()
        live = self._assemble()

        def loaded() -> None:
            self._ready.set()
            log.info(
                "matching_ready", suppliers=len(live.index), seconds=round(time.monotonic() - started, 1)
            )
            threading.Thread(target=self._load_encoder, name="encoder", daemon=True).start()

        if not self._stopped.is_set():
            live.follow(loaded)

    def _first_index(self, encoder_name: str, dimensions: int) -> tuple[ProfileIndex, int]:
        """What a file holds, and from which transaction on to read; or an empty index, and all of them."""
        if self._index_file is not None:
            kept = taken_up(self._index_file, self.database, encoder_name, dimensions)
            if kept is not None:
                return kept.index, kept.horizon
        return ProfileIndex(encoder_name, dimensions), 0

    def _load_encoder(self) -> None:
        """Have it ready for the first new text; until it is there, such a text waits and is then a 503."""
        while not self._stopped.is_set():
            try:
                self._encoder()
                self._encodes.set()
                return
            except Exception as error:
                log.error("encoder_not_loaded", error=type(error).__name__, detail=str(error)[:300])
                self._stopped.wait(LOAD_AGAIN_SECONDS)

    def _assemble(self) -> LiveIndex:
        """The models and the index, made at the first call; the index is what a file held, or empty."""
        with self._assembling:
            if self._live is None:
                intent = load_intent(self._encoder.name, self._intent_dir)
                index, horizon = self._first_index(self._encoder.name, intent.dimensions)
                if self._kind == "pgvector":
                    where = self._search_url or self.database.url
                    self._pgvector = PgVectorRetrieval(where, index.encoder_name, index.dimensions)
                retrieval = self._pgvector or InMemory()
                self._recommender = Recommender(index, intent, Ranker.expert(), self._policy, retrieval)
                self._live = LiveIndex(
                    self.database,
                    index,
                    self._take_over_weights,
                    horizon=horizon,
                    file=self._index_file,
                    read=self._pgvector.facts_only if self._pgvector else None,
                )
                INDEXED.set_function(lambda: len(index))
            return self._live
