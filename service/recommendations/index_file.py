"""The index of this process kept in a file: the next start, and every process beside it, begins from there.

The file is no truth. It names the database and the encoder that it belongs to and how far in the order of
changes it had come; whoever takes it up reads from there on what has changed since. A file that is missing,
damaged, of another database, encoder or version is passed over, and the index is built from the database.
"""

from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from matching.index import IndexFileError, ProfileIndex, load_index, save_index
from service.db.session import Database

log = structlog.get_logger()

# A restored backup is another database (its oid) or another cluster; one that was set back to a moment in the
# past has another timeline, in which the numbers of transactions mean something else.
_IDENTITY = text("""
    SELECT format('%s/%s/%s', (SELECT system_identifier FROM pg_control_system()),
                  (SELECT timeline_id FROM pg_control_checkpoint()),
                  (SELECT oid FROM pg_database WHERE datname = current_database())) AS name,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next
""")
_SUPPLIERS = text("SELECT id::text FROM supplier")


@dataclass(frozen=True, slots=True, eq=False)
class KeptIndex:
    """An index as some process kept it; what transactions from `horizon` on wrote is still to be read."""

    index: ProfileIndex
    horizon: int


def keep(path: Path, database: Database, index: ProfileIndex, horizon: int) -> None:
    """Write the file. The index may be ahead of the horizon: what is read again changes nothing."""
    try:
        with database.transaction() as session:
            identity = session.execute(_IDENTITY).one()
        path.parent.mkdir(parents=True, exist_ok=True)
        save_index(index, path, {"database": identity.name, "horizon": horizon})
    except (OSError, SQLAlchemyError) as error:  # a full disk must not stop the index
        log.warning("index_not_kept", error=type(error).__name__)


def taken_up(path: Path, database: Database, encoder_name: str, dimensions: int) -> KeptIndex | None:
    """What the file holds, without suppliers that are gone since; None when it cannot be used."""
    if not path.exists():
        return None
    try:
        saved = load_index(path)
        horizon = int(saved.origin["horizon"])
    except (IndexFileError, KeyError, TypeError, ValueError) as error:
        log.warning("index_file_unusable", error=type(error).__name__)
        return None
    index = saved.index
    with database.transaction() as session:
        identity = session.execute(_IDENTITY).one()
        present = frozenset(session.execute(_SUPPLIERS).scalars())
    fits = (index.encoder_name, index.dimensions) == (encoder_name, dimensions)
    if not fits or saved.origin.get("database") != identity.name or horizon > identity.next:
        log.info("index_file_of_another_origin")
        return None
    index.remove(*(frozenset(index.supplier_ids) - present))
    return KeptIndex(index, horizon)
