"""Starting the service, or its parts, until told to stop."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI
from prometheus_client import start_http_server

from service.app import create_app
from service.business_status.nts import make_register
from service.cli.draining import DrainingServer
from service.cli.preparation import database_of, fill, how_to_sign_in, prepare_matching
from service.cli.terminal import CommandError, say, say_aside
from service.db.migrate import is_current
from service.db.migrate import migrate as migrate_database
from service.db.session import Database
from service.jobs.services import LazyEncoder, Services
from service.jobs.worker import keep_working, tell_of_task
from service.kit.logging import configure_logging
from service.kit.tracing import TracingNotInstalledError, start_tracing
from service.messages import sentence
from service.recommendations.matching_engine import MatchingEngine, encoder_name, load_encoder
from service.settings import Settings

KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep an idle connection (60 seconds are usual): it must be ended by the side that sends
requests over it, or one may be on its way at that very moment."""
GRACEFUL_SECONDS = 15
LONGEST_END_SECONDS = 25.0
"""A worker whose job neither ends nor can be given back ends without it; another takes it from the start."""


def run() -> None:
    """모두 시작합니다: 데이터베이스, 시연 데이터, 인코더, 작업자, API."""
    settings = Settings()
    settings.signing_key()
    end_on_sigterm()
    _start_tracing()
    with listening(settings) as listener, database_of(settings) as database:
        say("데이터베이스를 준비합니다")
        migrate_database(database.engine)
        fill(database, settings)
        encoder = prepare_matching(database, settings)
        app = create_app(settings, database, encoder=encoder, with_worker=True)
        _announce_when_ready(app, listener, settings)
        _serve(app, listener, settings, drain_seconds=0)  # there is no other process to go to


def serve() -> None:
    """API만 시작합니다. 데이터베이스는 migrate로 준비되어 있어야 합니다. 여럿을 함께 켤 수 있습니다."""
    settings = Settings()
    settings.signing_key()
    end_on_sigterm()
    _start_tracing()
    with listening(settings) as listener, database_of(settings) as database:
        _require_current(database)
        app = create_app(settings, database)
        _announce_when_ready(app, listener, settings)
        _serve(app, listener, settings, drain_seconds=settings.drain_seconds)


def worker() -> None:
    """작업자만 시작합니다: 임베딩, 가져오기, 배정을 맡습니다."""
    settings = Settings()
    configure_logging(settings.log_level)
    _start_tracing()
    _tell_metrics(settings)
    with database_of(settings) as database:
        _require_current(database)
        create_app(settings, database)  # registers every task
        encoder = LazyEncoder(lambda: load_encoder(settings), encoder_name(settings))
        encoder()
        say("작업자가 준비되었습니다")
        engine = MatchingEngine(
            database,
            encoder,
            settings.intent_dir,
            index_file=settings.index_file,
            kind=settings.index,
            search_url=settings.search_database_url,
        )
        services = Services(database, encoder, make_register(settings), engine.caught_up, settings)
        asyncio.run(work_until_told(services))


def _start_tracing() -> None:
    """Without the packages the service does all but send its traces, and says so."""
    try:
        start_tracing()
    except TracingNotInstalledError:
        say_aside(sentence("tracing_not_installed"))


def _tell_metrics(settings: Settings) -> None:
    """At a port of its own, as a worker serves nothing else."""
    if settings.worker_metrics_port is None:
        return
    try:
        start_http_server(settings.worker_metrics_port, settings.host)
    except OSError as error:
        raise CommandError(
            sentence("metrics_port_taken", port=settings.worker_metrics_port, words=error.strerror)
        ) from error


def _require_current(database: Database) -> None:
    if not is_current(database.engine):
        raise CommandError("데이터베이스 구조가 맞지 않습니다. 먼저 'alliance migrate'를 실행해 주세요.")


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The listening socket, taken before the long steps so that a busy port is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol by name: asyncio sends small answers at once only on sockets that are told to be TCP, and
    # without that the second half of an answer waits 40 ms for the acknowledgement of the first.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise CommandError(
            f"{settings.host}:{settings.port}에서 받을 수 없습니다 ({error.strerror}). "
            "이미 켜져 있는지 보거나 ALLIANCE_PORT를 다른 번호로 정해 주세요."
        ) from error
    with contextlib.closing(listener):
        yield listener


def _serve(app: FastAPI, listener: socket.socket, settings: Settings, drain_seconds: float) -> None:
    server = DrainingServer(server_config(app, settings), app.state.drain, drain_seconds)
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how this command ends, not how it fails
        server.run(sockets=[listener])


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves. It would believe any process on the machine what address a request came from;
    here it believes the proxies that the settings name, and nobody without them.
    """
    return uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )


def _announce_when_ready(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    """Print where and how once it answers, and when it can recommend too, for new texts as well."""
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    engine: MatchingEngine = app.state.matching

    def announce() -> None:
        engine.wait_until_started()
        say(f"시작했습니다: {address}\nAPI 문서: {address}/docs\n{how_to_sign_in(settings)}")
        while not engine.wait_until_ready(1):
            pass
        freeze_what_is_loaded()
        while not engine.wait_until_encoding(1):
            pass
        freeze_what_is_loaded()
        say("추천까지 준비되었습니다")

    threading.Thread(target=announce, daemon=True).start()


def freeze_what_is_loaded() -> None:
    """Let the garbage collector pass over what is there now: index, models and modules stay.

    To look through them would stop every request for a quarter of a second, again and again.
    """
    gc.freeze()


async def work_until_told(services: Services) -> None:
    """Take jobs until SIGTERM or Ctrl-C; what runs then is ended, given back or left to another worker."""
    stop = asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(tell_of_task)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    working = asyncio.create_task(keep_working(services.database.url, services))
    await stop.wait()
    _end_at_the_latest()
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


def _end_at_the_latest() -> None:
    """A thread cannot be ended from outside, and Python waits for it: end the process in spite of it."""
    last = threading.Timer(LONGEST_END_SECONDS, os._exit, [1])
    last.daemon = True
    last.start()


def end_on_sigterm() -> None:
    """SIGTERM ends the process as Ctrl-C does, through every `finally`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
