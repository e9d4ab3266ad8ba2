"""A PostgreSQL for one purpose, with the durability of production: to be broken, or to be measured."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.db.embedded import EmbeddedPostgres
from service.db.migrate import migrate
from service.db.session import Database


@contextmanager
def cluster_of_its_own() -> Iterator[EmbeddedPostgres]:
    """A fresh cluster that runs, in a data folder of its own; its database has no tables."""
    folder = Path(tempfile.mkdtemp(prefix="alliance-own-"))
    folder.chmod(0o755)
    cluster = EmbeddedPostgres(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database_of_its_own() -> Iterator[tuple[EmbeddedPostgres, str]]:
    """The same with all tables, and the address of its database."""
    with cluster_of_its_own() as cluster:
        database = Database(cluster.url)
        migrate(database.engine)
        database.close()
        yield cluster, cluster.url
