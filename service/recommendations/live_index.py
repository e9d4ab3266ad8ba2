"""A copy of all supplier profiles in the memory of this process, never more than a moment old.

PostgreSQL is the truth. Each row of `supplier` carries the id of the transaction that wrote it last;
a poll reads the rows written at or after the oldest transaction that was still running at the poll
before. So no change is missed, whatever the order in which transactions commit. NOTIFY only wakes
the poll up early: with it a change is here in milliseconds, without it at the next poll.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg
import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from matching.domain import CapabilityProfile
from matching.index import EmbeddedProfile, ProfileIndex
from matching.text import passages_of_profile
from service.db.session import CONNECT_TIMEOUT_SECONDS, Database, driver_url
from service.db.tables import Supplier
from service.kit import clock
from service.recommendations.index_file import keep
from service.recommendations.profiles import capability_profiles
from service.recommendations.vectors import embedded_passages, stored_vectors

log = structlog.get_logger()

CHANGES = Counter(
    "alliance_index_changes_total", "Changed suppliers that the index of this process took over"
)
REFRESH_SECONDS = Histogram("alliance_index_refresh_seconds", "Time to ask for changes and take them over")

POLL_SECONDS = 0.5
"""A change must show within a second also when its NOTIFY is lost, and a poll takes time too."""
CLOSE_SECONDS = 1.0
LISTEN_AGAIN_SECONDS = 1.0
BATCH = 500
CHANNEL = "supplier_changed"
KEEP_SECONDS = 3600.0
FEW_CHANGES = 100
FEW_SHARE = 0.02
"""Changed suppliers, as a number and a share, that a start reads again without anybody noticing."""


Read = Callable[[Session, Sequence[CapabilityProfile]], list[EmbeddedProfile]]
"""What the index is to hold of these suppliers, for those that have a vector."""


class LiveIndex:
    """Keeps a `ProfileIndex` equal to the database; `beside` takes over what else must be as new.

    The index may hold what was written before transaction `horizon`; `follow` keeps it in `file`. `read` says
    what of the suppliers is held, where that is not their facts and all their vectors. `state` is another
    number after every change.
    """

    def __init__(
        self,
        database: Database,
        index: ProfileIndex,
        beside: Callable[[Session], None] = lambda _: None,
        *,
        horizon: int = 0,
        file: Path | None = None,
        read: Read | None = None,
    ) -> None:
        self.index = index
        self._read = read or self._with_vectors
        self._beside = beside
        self._database = database
        self._file = file
        self._kept_at = time.monotonic()
        self._changed_since = 0
        self.refreshed_at: datetime | None = None
        self.horizon = horizon
        self.state = 0
        self._refreshing = threading.Lock()
        self._stop = threading.Event()
        self._woken = threading.Event()
        self._followed_until: float | None = None

    @property
    def seconds_behind(self) -> float:
        """How long ago the copy last equalled the database; 0 for one that nobody keeps equal."""
        return 0.0 if self._followed_until is None else time.monotonic() - self._followed_until

    @property
    def is_close(self) -> bool:
        """True while it is followed and has equalled the database within the last second."""
        return self._followed_until is not None and self.seconds_behind < CLOSE_SECONDS

    def refresh(self) -> int:
        """Take over what changed since the last call; returns how many suppliers that were.

        The first call loads everything. Calls from several threads take turns: what was read earlier must
        not be written over what was read later.
        """
        with self._refreshing, REFRESH_SECONDS.time():
            changed = self._refresh()
            self.state += changed > 0
        CHANGES.inc(changed)
        return changed

    def changes_waiting(self, session: Session) -> int:
        """How many suppliers were written since, those that an open transaction holds back among them."""
        written = col(Supplier.changed_in) >= self.horizon
        return session.exec(select(func.count()).select_from(Supplier).where(written)).one()

    def _refresh(self) -> int:
        with self._database.transaction() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            newest = session.execute(
                text(
                    "SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, "
                    "pg_snapshot_xmax(s)::text::bigint AS next FROM pg_current_snapshot() AS s"
                )
            ).one()
            changed = session.exec(
                select(Supplier)
                .where(col(Supplier.changed_in) >= self.horizon, col(Supplier.changed_in) < newest.next)
                .order_by(col(Supplier.id))
            ).all()
            for start in range(0, len(changed), BATCH):
                self._take_over(session, changed[start : start + BATCH])
            self._beside(session)
        self.horizon = newest.oldest
        self.refreshed_at = clock.now()
        return len(changed)

    def follow(self, on_loaded: Callable[[], None]) -> None:
        """Refresh until `stop`, also past a database that is away; `on_loaded` is called after the first."""
        threading.Thread(target=self._listen, name="index-wake-up", daemon=True).start()
        while not self._stop.is_set():
            self._woken.clear()
            asked = time.monotonic()
            try:
                self._changed_since += self.refresh()
                if self._followed_until is None:
                    on_loaded()
                self._followed_until = asked
                self._keep_when_worth_it()
            except Exception as error:
                if not self._stop.is_set():
                    log.warning("index_refresh_failed", error=type(error).__name__)
            self._woken.wait(POLL_SECONDS)

    def _keep_when_worth_it(self) -> None:
        """Write the file behind the back of the polls when much has changed, or something an hour ago."""
        since = self._changed_since
        waited = time.monotonic() - self._kept_at
        worth = since > max(FEW_CHANGES, len(self.index) * FEW_SHARE) or waited > KEEP_SECONDS
        if self._file is None or not since or not worth:
            return
        self._changed_since, self._kept_at = 0, time.monotonic()
        told = (self._file, self._database, self.index, self.horizon)
        threading.Thread(target=keep, args=told, name="index-file", daemon=True).start()

    def stop(self) -> None:
        """End `follow` soon."""
        self._stop.set()
        self._woken.set()

    def _listen(self) -> None:
        """Wake the poll up at each NOTIFY. It may fail and begin again as often as it likes: polls go on."""
        while not self._stop.is_set():
            with contextlib.suppress(psycopg.Error):
                self._wake_at_each_notify()
            self._stop.wait(LISTEN_AGAIN_SECONDS)

    def _wake_at_each_notify(self) -> None:
        url = driver_url(self._database.url)
        with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._woken.set()  # what was written before nobody listened for it
            while not self._stop.is_set():
                for _ in connection.notifies(timeout=LISTEN_AGAIN_SECONDS, stop_after=1):
                    self._woken.set()

    def _take_over(self, session: Session, suppliers: Sequence[Supplier]) -> None:
        profiles = capability_profiles(session, suppliers)
        entries = self._read(session, profiles)
        present = {entry.profile.supplier_id for entry in entries}
        self.index.remove(*({profile.supplier_id for profile in profiles} - present))
        self.index.put(*entries)

    def _with_vectors(self, session: Session, profiles: Sequence[CapabilityProfile]) -> list[EmbeddedProfile]:
        owners = [UUID(profile.supplier_id) for profile in profiles]
        stored = stored_vectors(session, self.index.encoder_name, owners)
        entries = []
        for owner, profile in zip(owners, profiles, strict=True):
            vectors = stored.get(owner, {})
            passages = embedded_passages(passages_of_profile(profile), vectors, self.index.dimensions)
            if passages.passages:
                entries.append(EmbeddedProfile(profile, passages))
        return entries
