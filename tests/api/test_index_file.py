"""A process starts from the index that another one kept, and catches up from there."""

from pathlib import Path

import pytest
from sqlalchemy import text

from matching.index import ProfileIndex
from service.db.session import Database
from service.recommendations.index_file import keep, taken_up
from service.recommendations.live_index import LiveIndex
from tests.bench.stored_market import fill

MODEL, DIMENSIONS = "random", 384


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> Path:
    """The file of an index of a dozen suppliers."""
    fill(database, 12, MODEL)
    live = LiveIndex(database, ProfileIndex(MODEL, DIMENSIONS))
    live.refresh()
    keep(tmp_path / "index", database, live.index, live.horizon)
    return tmp_path / "index"


def written_since(file: Path, database: Database) -> int:
    """How many suppliers the file may lack: more than changed, while a transaction of other tests is open."""
    found = taken_up(file, database, MODEL, DIMENSIONS)
    assert found is not None
    with database.transaction() as session:
        counted = text("SELECT count(*) FROM supplier WHERE changed_in >= :horizon")
        return int(session.execute(counted, {"horizon": found.horizon}).scalar_one())


def started(file: Path, database: Database) -> tuple[LiveIndex, int]:
    """A process that begins from the file, and how many suppliers it read from the database."""
    found = taken_up(file, database, MODEL, DIMENSIONS)
    assert found is not None
    live = LiveIndex(database, found.index, horizon=found.horizon)
    return live, live.refresh()


def test_only_what_changed_since_is_read(kept: Path, database: Database) -> None:
    with database.transaction() as session:
        changed = session.execute(
            text(
                "UPDATE supplier SET status = 'suspended' "
                "WHERE business_number = '0000000003' RETURNING id::text"
            )
        ).scalar_one()
    live, read = started(kept, database)
    snapshot = live.index.snapshot()
    assert (len(snapshot), read) == (12, written_since(kept, database))
    assert snapshot.profile(snapshot.slots[changed]).status == "suspended"


def test_a_supplier_that_is_gone_since_is_not_taken_up(kept: Path, database: Database) -> None:
    with database.transaction() as session:
        gone = session.execute(
            text("DELETE FROM supplier WHERE business_number = '0000000003' RETURNING id::text")
        ).scalar_one()
    live, _ = started(kept, database)
    assert len(live.index) == 11
    assert gone not in live.index


def test_a_file_that_does_not_fit_is_passed_over(kept: Path, database: Database) -> None:
    assert taken_up(kept.with_name("missing"), database, MODEL, DIMENSIONS) is None
    assert taken_up(kept, database, "another encoder", DIMENSIONS) is None
    live = LiveIndex(database, ProfileIndex(MODEL, DIMENSIONS))
    keep(kept, database, live.index, 2**60)  # written in a future that was undone
    assert taken_up(kept, database, MODEL, DIMENSIONS) is None
    kept.write_bytes(b"damaged")
    assert taken_up(kept, database, MODEL, DIMENSIONS) is None


def test_a_file_of_another_database_is_passed_over(
    kept: Path, database: Database, new_database: object
) -> None:
    other = Database(new_database("other", "alliance_template"))
    assert taken_up(kept, other, MODEL, DIMENSIONS) is None
    other.close()
