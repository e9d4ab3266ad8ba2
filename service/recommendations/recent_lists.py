"""How often suppliers were in recent lists, counted over the runs about once a minute.

A list is the first ten of a run that an account manager or administrator saw. Each need counts once,
however often it was looked at; what manufacturers see and previews do not count. A list does not count
against itself either, so that looking at a need again does not change who is in its list.
"""

import threading
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlmodel import Session

from matching.exposure import UNSEEN, Exposure
from service.accounts.actor import STAFF_ROLES
from service.db.session import Database
from service.kit import clock

log = structlog.get_logger()

RECENT = timedelta(days=30)
REFRESH_SECONDS = 60.0

_LISTS = text("""
    SELECT supplier_id, count(DISTINCT need_id) AS lists
    FROM recommendation_run CROSS JOIN LATERAL jsonb_array_elements_text(listed) AS supplier_id
    WHERE generated_at > :since AND generated_at <= :until AND viewer_role = ANY(:staff)
    GROUP BY supplier_id
""")
_LISTED_FOR_NEED = text("""
    SELECT DISTINCT supplier_id
    FROM recommendation_run CROSS JOIN LATERAL jsonb_array_elements_text(listed) AS supplier_id
    WHERE need_id = :need_id
      AND generated_at > :since AND generated_at <= :until AND viewer_role = ANY(:staff)
""")


class RecentLists:
    """The counts as this process knows them; nobody was in any list until `refresh` ran once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._counted = (UNSEEN, clock.now())

    @property
    def exposure(self) -> Exposure:
        """The lists of all needs."""
        return self._counted[0]

    def beside(self, session: Session, need_id: UUID) -> Exposure:
        """The lists of all other needs."""
        exposure, counted_at = self._counted
        own = session.execute(_LISTED_FOR_NEED, {"need_id": need_id, **_window(counted_at)}).scalars()
        return exposure.without(own.all())

    def refresh(self) -> None:
        """Count again."""
        counted_at = clock.now()
        with self._database.transaction() as session:
            rows = session.execute(_LISTS, _window(counted_at)).all()
        self._counted = (Exposure({row.supplier_id: row.lists for row in rows}), counted_at)

    def follow(self) -> None:
        """Count again and again until `stop`, also past a database that is away."""
        while not self._stop.is_set():
            try:
                self.refresh()
            except Exception as error:
                if self._stop.is_set():
                    return
                log.warning("recent_lists_not_counted", error=type(error).__name__)
            self._stop.wait(REFRESH_SECONDS)

    def stop(self) -> None:
        """End `follow` soon."""
        self._stop.set()


def _window(until: datetime) -> dict[str, object]:
    return {"since": until - RECENT, "until": until, "staff": list(STAFF_ROLES)}
