"""A worker as a process of its own, so that it can be killed or told to end."""

import asyncio
import multiprocessing
import multiprocessing.process
from dataclasses import dataclass
from pathlib import Path

import service.app  # registers every task  # noqa: F401
from matching.encoder import HashingEncoder
from service.business_status.nts import make_register
from service.cli.serving import work_until_told
from service.db.session import Database
from service.jobs import worker
from service.jobs.services import LazyEncoder, Services
from service.recommendations.matching_engine import MatchingEngine
from service.settings import Settings

LONGEST_STOP_SECONDS = 60


@dataclass
class Worker:
    """One such process; `data_dir` holds an intent model for the small encoder."""

    url: str
    data_dir: Path
    process: multiprocessing.process.BaseProcess | None = None

    def start(self) -> None:
        """Start it."""
        forking = multiprocessing.get_context("forkserver")
        forking.set_forkserver_preload([__name__])
        self.process = forking.Process(target=work, args=(self.url, self.data_dir), daemon=True)
        self.process.start()

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


def work(url: str, data_dir: Path) -> None:
    """Work until killed or told to end, with the waits of production divided by ten or twenty."""
    worker.POLL_SECONDS, worker.HEARTBEAT_SECONDS, worker.STALLED_AFTER_SECONDS = 0.05, 0.2, 1.0
    worker.SHUTDOWN_SECONDS = 0.05
    settings = Settings(data_dir=data_dir, log_level="ERROR")
    database = Database(url, pool_size=4)
    encoder = LazyEncoder(lambda: HashingEncoder(64))
    engine = MatchingEngine(database, encoder, settings.intent_dir)
    services = Services(database, encoder, make_register(settings), engine.caught_up, settings)
    asyncio.run(work_until_told(services))
