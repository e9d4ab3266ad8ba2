"""Starting the service, or its parts, until told to stop."""

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from service.app import create_app
from service.business_status.nts import make_register
from service.cli.preparation import database_of, fill, how_to_sign_in, prepare_matching
from service.cli.terminal import CommandError, say
from service.db.migrate import is_current
from service.db.migrate import migrate as migrate_database
from service.db.session import Database
from service.jobs.services import LazyEncoder, Services
from service.jobs.worker import keep_working
from service.kit.logging import configure_logging
from service.recommendations.matching_engine import MatchingEngine, encoder_name, load_encoder
from service.settings import Settings

GRACEFUL_SECONDS = 15


def run() -> None:
    """모두 시작합니다: 데이터베이스, 시연 데이터, 인코더, 작업자, API."""
    settings = Settings()
    settings.signing_key()
    _end_on_sigterm()
    with _listening(settings) as listener, database_of(settings) as database:
        say("데이터베이스를 준비합니다")
        migrate_database(database.engine)
        fill(database, settings)
        encoder = prepare_matching(database, settings)
        app = create_app(settings, database, encoder=encoder, with_worker=True)
        _announce_when_ready(app, listener, settings)
        _serve(app, listener, settings)


def serve() -> None:
    """API만 시작합니다. 데이터베이스는 migrate로 준비되어 있어야 합니다."""
    settings = Settings()
    settings.signing_key()
    _end_on_sigterm()
    with _listening(settings) as listener, database_of(settings) as database:
        _require_current(database)
        app = create_app(settings, database)
        _announce_when_ready(app, listener, settings)
        _serve(app, listener, settings)


def worker() -> None:
    """작업자만 시작합니다: 임베딩, 가져오기, 배정을 맡습니다."""
    settings = Settings()
    configure_logging(settings.log_level)
    with database_of(settings) as database:
        _require_current(database)
        create_app(settings, database)  # registers every task
        encoder = LazyEncoder(lambda: load_encoder(settings), encoder_name(settings))
        encoder()
        say("작업자가 준비되었습니다")
        engine = MatchingEngine(
            database, encoder, settings.intent_dir, index_file=settings.index_file, kind=settings.index
        )
        services = Services(database, encoder, make_register(settings), engine.caught_up, settings)
        asyncio.run(_work(services))


def _require_current(database: Database) -> None:
    if not is_current(database.engine):
        raise CommandError("데이터베이스 구조가 맞지 않습니다. 먼저 'alliance migrate'를 실행해 주세요.")


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The listening socket, taken before the long steps so that a busy port is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
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


def _serve(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how this command ends, not how it fails
        uvicorn.Server(server_config(app, settings)).run(sockets=[listener])


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
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )


def _announce_when_ready(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    """Print where and how once it answers, and when it can recommend too."""
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    engine: MatchingEngine = app.state.matching

    def announce() -> None:
        engine.wait_until_started()
        say(f"시작했습니다: {address}\nAPI 문서: {address}/docs\n{how_to_sign_in(settings)}")
        while not engine.wait_until_ready(1):
            pass
        say("추천까지 준비되었습니다")

    threading.Thread(target=announce, daemon=True).start()


async def _work(services: Services) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    working = asyncio.create_task(keep_working(services.database.url, services))
    await stop.wait()
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


def _end_on_sigterm() -> None:
    """SIGTERM ends the process as Ctrl-C does, through every `finally`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
