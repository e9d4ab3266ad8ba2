"""Backup and restore with PostgreSQL's own tools, and the proof that the file holds what the database held.

A backup is one file in the custom format of pg_dump. The rows of every table are counted in the very
snapshot that pg_dump reads, and then counted again in the finished file.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from service.db.embedded import EmbeddedPostgresError, embedded_binaries
from service.db.session import driver_url

RowCounts = Mapping[str, int]

_LIBPQ = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "options": "PGOPTIONS",
}
_COPY = re.compile(rb'COPY public\."?(\w+)"? \(')

_ONE_TRANSACTION = ("-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", "-")

# The restored rows carry transaction ids of the cluster that they come from; an index copy polls by them,
# so the present transaction signs every supplier anew.
_EMPTY = "SET client_min_messages = warning;\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
_SIGN_ANEW = "\nUPDATE public.supplier SET changed_in = changed_in;\n"


class BackupError(RuntimeError):
    """A backup or a restore that was not done; `code` names the sentence, `values` fill it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def write_backup(url: str, target: Path) -> RowCounts:
    """Write the whole database to `target`, readable by its owner only; returns the rows by table.

    The file appears under its name only when it is complete and was read back. Raises `BackupError`.
    """
    making = target.with_name(f".{target.name}.making")
    making.unlink(missing_ok=True)
    try:
        making.touch(mode=0o600)
        expected = _dump(url, making)
        _require_equal(expected, rows_in(making))
        _keep_through_a_crash(making)
        making.replace(target)
        _keep_through_a_crash(target.parent)
    finally:
        making.unlink(missing_ok=True)
    return expected


def restore_backup(url: str, source: Path) -> RowCounts:
    """Put the database to what `source` holds, in one transaction; returns the rows by table.

    The file is read to its end first, so that a damaged one changes nothing. Raises `BackupError`.
    """
    expected = rows_in(source)
    with tempfile.TemporaryFile() as complaints:
        psql = _start("psql", _ONE_TRANSACTION, url, complaints)
        try:
            with suppress(BrokenPipeError):
                _feed(psql, source)
            if psql.wait() != 0:
                raise BackupError("restore_failed", words=_last_words(complaints))
        finally:
            psql.kill()
            psql.wait()
    with psycopg.connect(driver_url(url)) as connection:
        _require_equal(expected, _rows_of(connection))
    return expected


def rows_in(source: Path) -> RowCounts:
    """The rows by table in a backup, read to its end. Raises `BackupError` when it cannot be."""
    counts: dict[str, int] = {}
    table: str | None = None
    with _as_sql(source, "--data-only") as lines:
        for line in lines:
            if table is None:
                started = _COPY.match(line)
                if started:
                    table = started.group(1).decode()
                    counts[table] = 0
            elif line == b"\\.\n":
                table = None
            else:
                counts[table] += 1
    if "alembic_version" not in counts:
        raise BackupError("backup_not_ours", path=source)
    return counts


def other_connections(url: str) -> int:
    """How many others are connected to the database."""
    with psycopg.connect(driver_url(url)) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    return int(found[0]) if found else 0


def rows_now(url: str) -> RowCounts:
    """The rows by table in the database; empty before the first migration."""
    with psycopg.connect(driver_url(url)) as connection:
        return _rows_of(connection)


def _dump(url: str, target: Path) -> RowCounts:
    with psycopg.connect(driver_url(url)) as connection, tempfile.TemporaryFile() as complaints:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        exported = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert exported is not None
        counts = _rows_of(connection)
        if "alembic_version" not in counts:
            raise BackupError("backup_nothing_there")
        arguments = ["-Fc", "--no-owner", "--no-privileges", f"--snapshot={exported[0]}", "-f", str(target)]
        if _start("pg_dump", arguments, url, complaints).wait() != 0:
            raise BackupError("backup_failed", words=_last_words(complaints))
    return counts


def _rows_of(connection: psycopg.Connection[tuple[object, ...]]) -> RowCounts:
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    counts = {}
    for (name,) in names:
        counted = connection.execute(
            sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(str(name)))
        )
        row = counted.fetchone()
        counts[str(name)] = int(str(row[0])) if row else 0
    return counts


def _require_equal(expected: RowCounts, found: RowCounts) -> None:
    different = sorted(
        name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)
    )
    if different:
        raise BackupError("backup_rows_differ", tables=", ".join(different))


@contextmanager
def _as_sql(source: Path, *arguments: str) -> Iterator[IO[bytes]]:
    """The backup as the statements that make it again. Raises `BackupError` when it does not end well."""
    with tempfile.TemporaryFile() as complaints:
        command = [
            str(_tool("pg_restore")),
            "--no-owner",
            "--no-privileges",
            *arguments,
            "-f",
            "-",
            str(source),
        ]
        reading = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        )
        assert reading.stdout is not None
        try:
            yield reading.stdout
            if reading.wait() != 0:
                raise BackupError("backup_unreadable", path=source, words=_last_words(complaints))
        finally:
            reading.kill()
            reading.stdout.close()
            reading.wait()


def _feed(psql: subprocess.Popen[bytes], source: Path) -> None:
    """Everything to psql, whose transaction is committed at the end of its input and not before."""
    assert psql.stdin is not None
    psql.stdin.write(_EMPTY.encode())
    with _as_sql(source) as statements:
        shutil.copyfileobj(statements, psql.stdin)
    psql.stdin.write(_SIGN_ANEW.encode())
    psql.stdin.close()


def _start(tool: str, arguments: Sequence[str], url: str, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    """A tool of PostgreSQL on that database; the password travels in the environment, not in `ps`."""
    parts = {name: str(value) for name, value in conninfo_to_dict(driver_url(url)).items() if name in _LIBPQ}
    environment = os.environ | {_LIBPQ[name]: value for name, value in parts.items()}
    return subprocess.Popen(
        [str(_tool(tool)), *arguments],
        env=environment | {"PGCLIENTENCODING": "UTF8"},
        stdin=subprocess.PIPE if tool == "psql" else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
    )


def _tool(name: str) -> Path:
    """The program of that name: the one beside the embedded PostgreSQL, else one in PATH."""
    with suppress(EmbeddedPostgresError):
        beside = embedded_binaries() / name
        if beside.exists():
            return beside
    found = shutil.which(name)
    if found is None:
        raise BackupError("backup_tool_missing", tool=name)
    return Path(found)


def _last_words(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    return complaints.read().decode(errors="replace").strip()[-600:] or "-"


def _keep_through_a_crash(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
