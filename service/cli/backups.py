"""Backup and restore on the command line."""

from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli.preparation import database_of, prepare_matching
from service.cli.terminal import CommandError, say
from service.db.backup import (
    BackupError,
    RowCounts,
    other_connections,
    restore_backup,
    rows_now,
    write_backup,
)
from service.db.migrate import migrate as migrate_database
from service.messages import sentence
from service.settings import Settings


def backup(
    file: Annotated[Path, typer.Argument(help="백업을 적을 파일")],
    force: Annotated[bool, typer.Option("--force", help="있는 파일을 덮어씁니다.")] = False,
) -> None:
    """데이터베이스 전체를 파일 하나로 백업하고, 다시 읽어 확인합니다."""
    if file.exists() and not force:
        raise _refusal("backup_exists", path=file)
    with database_of(Settings()) as database:
        try:
            rows = write_backup(database.url, file)
        except BackupError as error:
            raise _refusal(error.code, **error.values) from error
    size = f"{file.stat().st_size / 1_000_000:.1f}MB"
    say(sentence("backup_done", path=file, size=size, **_totals(rows)))
    say(sentence("backup_keeps_personal_data"))


def restore(
    file: Annotated[Path, typer.Argument(help="되돌릴 백업 파일")],
    force: Annotated[bool, typer.Option("--force", help="있는 자료를 지우고 되돌립니다.")] = False,
) -> None:
    """백업으로 되돌리고, 지금 판의 구조로 맞추고, 빠진 임베딩을 다시 만듭니다."""
    if not file.is_file():
        raise _refusal("backup_missing", path=file)
    settings = Settings()
    with database_of(settings) as database:
        try:
            _require_free(database.url, force)
            rows = restore_backup(database.url, file)
        except BackupError as error:
            raise _refusal(error.code, **error.values) from error
        say(sentence("restore_done", **_totals(rows)))
        migrate_database(database.engine)
        prepare_matching(database, settings)


def _require_free(url: str, force: bool) -> None:
    """Refuse while others work on the database, and to overwrite what somebody put there."""
    others = other_connections(url)
    if others:
        raise BackupError("restore_in_use", count=others)
    rows = rows_now(url)
    kept = {f"{name}s": rows.get(name, 0) for name in ("supplier", "manufacturer", "account")}
    if any(kept.values()) and not force:
        raise BackupError("restore_has_data", **kept)


def _totals(rows: RowCounts) -> dict[str, int]:
    return {"tables": len(rows), "rows": sum(rows.values())}


def _refusal(code: str, **values: Any) -> CommandError:
    return CommandError(sentence(code, **values))
