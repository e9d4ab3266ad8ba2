"""Backup and restore: what comes back is what was there, and nothing is overwritten by mistake."""

import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.cli.backups import backup, restore
from service.cli.terminal import CommandError
from service.db import backup as backups
from service.db.backup import BackupError, restore_backup, rows_in, rows_now, write_backup
from service.db.session import Database
from tests.conftest import TEMPLATE
from tests.factories import companies
from tests.factories.answers import row_counts
from tests.factories.people import stored_manufacturer, stored_supplier


@pytest.fixture
def elsewhere(new_database: Callable[..., str]) -> Iterator[Database]:
    """A second database, migrated and empty."""
    database = Database(new_database("elsewhere", TEMPLATE))
    yield database
    database.close()


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every table of ours, as text; without the transaction ids, which are the cluster's."""
    with database.transaction() as session:
        return {
            name: sorted(
                session.execute(
                    text(f"SELECT (to_jsonb(t) - 'changed_in')::text FROM \"{name}\" t")
                ).scalars()
            )
            for name in row_counts(database)
        }


@pytest.fixture
def filled(client: TestClient, database: Database) -> Database:
    """A database with companies, people, a consent and waiting jobs."""
    client.post("/v1/suppliers", json=companies.supplier(summary="탭\t과 줄\n바꿈과 \\.을 담은 소개"))
    stored_supplier(client)
    stored_manufacturer(client)
    return database


def test_what_is_restored_is_what_was_backed_up(
    filled: Database, elsewhere: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    counts = write_backup(filled.url, file)
    assert counts["supplier"] == 2
    assert restore_backup(elsewhere.url, file) == counts == rows_in(file)
    assert everything(elsewhere) == everything(filled)


def test_a_restored_database_can_be_backed_up_and_restored_again(
    filled: Database, elsewhere: Database, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_backup(filled.url, first)
    restore_backup(elsewhere.url, first)
    write_backup(elsewhere.url, second)
    elsewhere.close()
    restore_backup(elsewhere.url, second)
    assert everything(elsewhere) == everything(filled)


def test_index_copies_see_restored_suppliers_as_changed(
    filled: Database, elsewhere: Database, tmp_path: Path
) -> None:
    with filled.transaction() as session:
        session.execute(text("ALTER TABLE supplier DISABLE TRIGGER USER"))
        session.execute(text("UPDATE supplier SET changed_in = 9000000000000"))
        session.execute(text("ALTER TABLE supplier ENABLE TRIGGER USER"))
    write_backup(filled.url, tmp_path / "backup")
    restore_backup(elsewhere.url, tmp_path / "backup")
    with elsewhere.transaction() as session:
        newest = (
            "SELECT max(changed_in) < pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM supplier"
        )
        assert session.execute(text(newest)).scalar_one()


def test_a_backup_is_one_moment_while_others_write(
    client: TestClient, database: Database, tmp_path: Path
) -> None:
    """Each registration writes a supplier and an account in one transaction; a backup has both or neither."""
    done = Event()

    def register() -> None:
        while not done.is_set():
            assert client.post("/v1/suppliers", json=companies.supplier()).status_code == 201

    with ThreadPoolExecutor(2) as threads:
        writing = [threads.submit(register) for _ in range(2)]
        counts = [write_backup(database.url, tmp_path / "backup") for _ in range(3)]
        done.set()
        for each in writing:
            each.result()
    for count in counts:
        assert count["supplier"] == count["account"] == count["audit_event"]


def test_only_the_owner_reads_a_backup(filled: Database, tmp_path: Path) -> None:
    write_backup(filled.url, tmp_path / "backup")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "text"])
def test_a_damaged_backup_changes_nothing(filled: Database, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "backup"
    write_backup(filled.url, file)
    content = bytearray(file.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "flipped":
        content[:5] = b"PGDMX"
    else:
        content = bytearray("공급기업 명단".encode())
    file.write_bytes(content)
    before = everything(filled)
    with pytest.raises(BackupError, match="backup_unreadable"):
        restore_backup(filled.url, file)
    assert everything(filled) == before


def test_a_restore_that_fails_half_way_changes_nothing(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup"
    write_backup(filled.url, file)
    stored_before = everything(filled)
    monkeypatch.setattr(backups, "_SIGN_ANEW", "SELECT 1 / 0;\n")
    filled.close()
    with pytest.raises(BackupError, match="restore_failed"):
        restore_backup(filled.url, file)
    assert everything(filled) == stored_before


def test_a_backup_that_does_not_hold_every_row_is_refused_and_leaves_the_old_file(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup"
    file.write_text("yesterday's")
    monkeypatch.setattr(backups, "rows_in", lambda path: rows_in(path) | {"supplier": 1})
    with pytest.raises(BackupError, match="backup_rows_differ"):
        write_backup(filled.url, file)
    assert file.read_text() == "yesterday's"
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Database], None]:
    """Points the command line at a database."""

    def point(database: Database) -> None:
        database.close()
        monkeypatch.setenv("ALLIANCE_DATABASE_URL", database.url)
        monkeypatch.setenv("ALLIANCE_DATA_DIR", str(tmp_path / "alliance"))
        monkeypatch.setattr("service.cli.backups.prepare_matching", lambda *_: None)

    return point


def test_the_commands_back_up_and_restore(
    filled: Database, elsewhere: Database, tmp_path: Path, at: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "backup"
    at(filled)
    backup(file)
    at(elsewhere)
    restore(file)
    said = capsys.readouterr().out
    assert "백업했습니다" in said
    assert "되돌렸습니다" in said
    assert rows_now(elsewhere.url) == rows_in(file)


def test_a_backup_file_is_not_overwritten_unless_that_is_meant(
    filled: Database, tmp_path: Path, at: Any
) -> None:
    at(filled)
    file = tmp_path / "backup"
    file.write_text("yesterday's")
    with pytest.raises(CommandError, match="--force"):
        backup(file)
    assert file.read_text() == "yesterday's"
    backup(file, force=True)
    assert rows_in(file)["supplier"] == 2


def test_a_database_with_data_is_not_overwritten_unless_that_is_meant(
    client: TestClient, filled: Database, tmp_path: Path, at: Any
) -> None:
    at(filled)
    file = tmp_path / "backup"
    backup(file)
    stored_supplier(client)
    filled.close()
    with pytest.raises(CommandError, match="공급기업 3곳"):
        restore(file)
    assert rows_now(filled.url)["supplier"] == 3
    restore(file, force=True)
    assert rows_now(filled.url)["supplier"] == 2


def test_nothing_is_restored_under_a_running_service(filled: Database, tmp_path: Path, at: Any) -> None:
    at(filled)
    backup(tmp_path / "backup")
    with filled.engine.connect() as running:
        running.execute(text("SELECT 1"))
        with pytest.raises(CommandError, match="멈춘 뒤에"):
            restore(tmp_path / "backup", force=True)


def test_a_database_that_was_never_used_is_not_backed_up(
    new_database: Callable[..., str], tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="backup_nothing_there"):
        write_backup(new_database("bare"), tmp_path / "backup")
    assert not list(tmp_path.iterdir())
