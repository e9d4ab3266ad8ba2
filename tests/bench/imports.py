"""Speed and memory of imports: python -m tests.bench.imports [MANUFACTURERS [SUPPLIERS [EMBEDDED]]]

Files of manufacturers and of suppliers (100,000 and 10,000 by default; one process reads, cuts and imports
each): lines a second, and how the memory of the process grows between a small file and this one. Nothing is
embedded yet. Then a few suppliers (60 by default), taken from the demo data as the others are: the whole way
from the file to stored vectors, beside the encoder alone on the same texts in one call, before and after it.
Seconds are those of the processor, PostgreSQL's counted in, so that it does not matter what else the machine
does. Takes the prepared encoder; one thread.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any, BinaryIO, cast

import psutil
from sqlalchemy import text
from sqlmodel import select

import seed_data
from matching.encoder import Encoder, embed
from matching.text import passages_of_profile
from service.accounts.actor import SYSTEM
from service.cli.preparation import prepared_encoder
from service.cli.terminal import say_aside
from service.db.session import Database
from service.db.tables import Supplier
from service.imports.files import FileFormat
from service.imports.operations import MANUFACTURERS, SUPPLIERS, run_import, start_import
from service.jobs.names import EMBED_SUPPLIERS
from service.recommendations.profiles import capability_profiles
from service.recommendations.vectors import embed_suppliers
from service.settings import Settings
from tests.factories import companies
from tests.factories.databases import database_of_its_own
from tests.factories.numbers import business_number

MANUFACTURER_LINES, SUPPLIER_LINES, EMBEDDED, SMALL = 100_000, 10_000, 60, 500
MEGABYTE = 1024 * 1024

Rows = Iterable[dict[str, Any]]


class Memory:
    """The most that this process held whenever it was looked at."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.most = 0

    def look(self) -> None:
        """Look now."""
        self.most = max(self.most, self._process.memory_info().rss)


def processor_seconds(database: Database) -> float:
    """What this process and PostgreSQL have used so far."""
    with database.engine.connect() as connection:
        postmaster = psutil.Process(
            connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        ).parent()
    assert postmaster is not None
    ended = postmaster.cpu_times()
    used = [psutil.Process().cpu_times(), ended, *(each.cpu_times() for each in postmaster.children())]
    return sum(each.user + each.system for each in used) + ended.children_user + ended.children_system


def manufacturer_lines(number: int) -> Iterator[dict[str, Any]]:
    """Profiles of as many manufacturers."""
    return (companies.manufacturer_profile() for _ in range(number))


def supplier_lines(number: int) -> Iterator[dict[str, Any]]:
    """The demo's suppliers under numbers of their own, over again when there are too few."""
    for each, row in enumerate(islice(cycle(seed_data.suppliers()), number)):
        yield row | {"business_number": business_number(), "summary": f"{row['summary']} ({each})"}


def imported(database: Database, kind: str, rows: Rows, memory: Memory) -> float:
    """Seconds to upload and import the rows."""
    with tempfile.TemporaryFile() as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        file.seek(0)
        began = processor_seconds(database)
        with database.transaction() as session:
            job = start_import(session, SYSTEM, kind, FileFormat.JSON_LINES, cast(BinaryIO, file))
        memory.look()
        run_import(database, job.id, memory.look)
        return processor_seconds(database) - began


def embedded(database: Database, encoder: Encoder) -> float:
    """Seconds for the embedding jobs that an import has left."""
    asked = "SELECT args -> 'supplier_ids' FROM procrastinate_jobs WHERE task_name = :task ORDER BY id"
    began = processor_seconds(database)
    with database.transaction() as session:
        batches = session.execute(text(asked), {"task": EMBED_SUPPLIERS}).scalars().all()
    for ids in batches:
        embed_suppliers(database, encoder, ids)
    return processor_seconds(database) - began


def encoder_alone(database: Database, encoder: Encoder) -> float:
    """Seconds to encode the texts of all suppliers in one call."""
    with database.transaction() as session:
        profiles = capability_profiles(session, session.exec(select(Supplier)).all())
    passages = [passage for profile in profiles for passage in passages_of_profile(profile)]
    began = processor_seconds(database)
    embed(encoder, passages)
    return processor_seconds(database) - began


def measure_memory(database: Database, kind: str, rows: Callable[[int], Rows], lines: int) -> None:
    """Print lines a second and how much more memory a large file takes than a small one."""
    small, large = Memory(), Memory()
    imported(database, kind, rows(SMALL), small)
    took = imported(database, kind, rows(lines), large)
    grown = (large.most - small.most) / MEGABYTE
    sys.stdout.write(
        f"{lines:,} lines of {kind}: {lines / took:,.0f} a second of processor time; "
        f"memory {large.most / MEGABYTE:.0f} MB, {grown:+.1f} MB against {SMALL} lines\n"
    )


def measure_throughput(database: Database, suppliers: int) -> None:
    """Print the import of suppliers beside the encoder alone."""
    encoder = prepared_encoder(Settings(), say_aside)
    took = imported(database, SUPPLIERS, supplier_lines(suppliers), Memory())
    before = encoder_alone(database, encoder)
    embedding = embedded(database, encoder)
    alone = (before + encoder_alone(database, encoder)) / 2
    sys.stdout.write(
        f"{suppliers} suppliers: lines {took:.2f} s, vectors {embedding:.2f} s, encoder alone {alone:.2f} s; "
        f"import at {100 * alone / (took + embedding):.0f} percent of the encoder's throughput\n"
    )


@contextmanager
def fresh_database() -> Iterator[Database]:
    """One of its own, with all tables and no rows."""
    with database_of_its_own() as (_, url):
        database = Database(url)
        yield database
        database.close()


def main() -> None:
    """Measure, each in a database of its own."""
    asked = [int(each) for each in sys.argv[1:4]]
    manufacturers, suppliers, few = asked + [MANUFACTURER_LINES, SUPPLIER_LINES, EMBEDDED][len(asked) :]
    with fresh_database() as database:
        measure_memory(database, MANUFACTURERS, manufacturer_lines, manufacturers)
    with fresh_database() as database:
        measure_memory(database, SUPPLIERS, supplier_lines, suppliers)
    with fresh_database() as database:
        measure_throughput(database, few)


if __name__ == "__main__":
    main()
