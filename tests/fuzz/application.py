"""The whole application over a database of its own, with the small encoder and everything switched on."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

import service.accounts.passwords
from matching.encoder import HashingEncoder
from matching.intent_training import fit_intent
from matching.problem_examples import read_examples
from seed_data import PROBLEM_EXAMPLES
from service.app import create_app
from service.db.session import Database
from service.jobs.services import LazyEncoder, Services
from service.jobs.worker import make_worker_app, run_worker
from service.settings import Settings
from tests.factories.aside import run_aside
from tests.factories.databases import database_of_its_own


@contextmanager
def application() -> Iterator[tuple[FastAPI, Callable[[], None]]]:
    """The application, and what brings its index up to date."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    service.accounts.passwords._hasher = cheap
    encoder = HashingEncoder(64)
    with database_of_its_own() as (_, url), tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), rate_limit="off", log_level="ERROR")
        statements = read_examples(PROBLEM_EXAMPLES)
        fit_intent(statements[:: len(statements) // 120], encoder).save(settings.intent_dir)
        database = Database(url)
        app = create_app(settings, database, encoder=encoder)
        services = Services(
            database,
            LazyEncoder(lambda: encoder),
            app.state.register,
            app.state.matching.caught_up,
            app.state.settings,
        )

        def catch_up() -> None:
            run_aside(run_worker(make_worker_app(url), services, wait=False))
            app.state.matching.refresh()

        catch_up()
        yield app, catch_up
        database.close()
