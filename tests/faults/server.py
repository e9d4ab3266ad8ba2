"""The API as a process of its own, so that it can be killed.

It runs the real application over a real database; only the encoder and the cost of hashing a password
are the small ones of the tests. A process that has imported everything is forked for each start.
"""

import multiprocessing
import multiprocessing.process
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

import service.accounts.passwords
from matching.encoder import HashingEncoder
from service.app import create_app
from service.db.session import Database
from service.settings import Settings

KEY = "a key for servers that are made to be killed"
LONGEST_START_SECONDS = 60


@dataclass
class Server:
    """One such process."""

    url: str
    port: int
    process: multiprocessing.process.BaseProcess | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        forking = multiprocessing.get_context("forkserver")
        forking.set_forkserver_preload([__name__])
        self.process = forking.Process(target=serve, args=(self.url, self.port), daemon=True)
        self.process.start()
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/healthz").status_code == 200:
                    return
            time.sleep(0.02)
        raise TimeoutError("the server does not start")

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.join()


def serve(url: str, port: int) -> None:
    """Serve until killed."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    service.accounts.passwords._hasher = cheap
    settings = Settings(
        secret_key=SecretStr(KEY), rate_limit="off", log_level="ERROR", data_dir=Path("/nonexistent")
    )
    app = create_app(settings, Database(url), encoder=HashingEncoder(8))
    app.router.lifespan_context = _without_matching
    uvicorn.run(app, port=port, log_level="error", access_log=False)


class _without_matching:  # noqa: N801 - stands for a function
    """A start that loads no models: the faults are about what is written."""

    def __init__(self, _app: object) -> None: ...

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...
