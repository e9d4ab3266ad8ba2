"""The API as a process of its own, so that it can be killed or restarted.

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
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

import service.accounts.passwords
from matching.encoder import HashingEncoder
from service.app import create_app
from service.cli.draining import DrainingServer
from service.cli.serving import end_on_sigterm, listening, server_config
from service.db.session import Database
from service.settings import Settings

KEY = "a key for servers that are made to be killed"
LONGEST_START_SECONDS = 60
LONGEST_STOP_SECONDS = 30
DRAIN_SECONDS = 2.0


@dataclass
class Server:
    """One such process. It ranks when it is given the folder with an intent model for the small encoder."""

    url: str
    port: int
    data_dir: Path | None = None
    process: multiprocessing.process.BaseProcess | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        forking = multiprocessing.get_context("forkserver")
        forking.set_forkserver_preload([__name__])
        self.process = forking.Process(target=serve, args=(self.url, self.port, self.data_dir), daemon=True)
        self.process.start()
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/healthz").status_code == 200:
                    return
            time.sleep(0.02)
        raise TimeoutError("the server does not start")

    def is_ready(self) -> bool:
        """What a proxy asks before it sends anything."""
        try:
            return httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> int | None:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.terminate()
        self.process.join(LONGEST_STOP_SECONDS)
        return self.process.exitcode

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.join()


def serve(url: str, port: int, data_dir: Path | None = None) -> None:
    """Serve until killed or told to end."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    service.accounts.passwords._hasher = cheap
    settings = Settings(
        port=port,
        secret_key=SecretStr(KEY),
        rate_limit="off",
        log_level="ERROR",
        data_dir=data_dir or Path("/nonexistent"),
    )
    app = create_app(settings, Database(url), encoder=HashingEncoder(64 if data_dir else 8))
    if data_dir is None:
        app.router.lifespan_context = _without_matching
    end_on_sigterm()
    with listening(settings) as listener:
        DrainingServer(server_config(app, settings), app.state.drain, DRAIN_SECONDS).run(sockets=[listener])


class _without_matching:  # noqa: N801 - stands for a function
    """A start that loads no models: the faults are about what is written."""

    def __init__(self, _app: object) -> None: ...

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...
