"""The command line: `alliance run` is all that a newcomer needs."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

# One thread for the numeric libraries: two on shared cores are slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from matching import evaluation
from matching.benchmark import BenchmarkError
from matching.encoder import Encoder
from matching.encoder_folder import EncoderFolderError, is_complete, prepare_encoder_folder
from matching.intent import ARTEFACT_FOLDER, EncoderMismatchError
from matching.intent_artefact import train_intent
from matching.ranker import Ranker
from seed_data import PROBLEM_EXAMPLES
from service.app import create_app
from service.db.embedded import EmbeddedPostgres, EmbeddedPostgresError
from service.db.migrate import is_current
from service.db.migrate import migrate as migrate_database
from service.db.session import Database
from service.financing.conventions import Method
from service.financing.errors import TermsError
from service.financing.schedule import build_schedule
from service.financing.schemas import InstallmentInput
from service.financing.table import render_table
from service.jobs.services import LazyEncoder, Services
from service.jobs.worker import keep_working
from service.kit.logging import configure_logging
from service.kit.problem_handlers import fault_sentence, pointer
from service.messages import sentence
from service.recommendations.matching_engine import MatchingEngine, load_encoder, load_intent
from service.seeding import (
    DEMO_ACCOUNT_MANAGER,
    DEMO_ADMIN,
    DEMO_MANUFACTURER,
    DEMO_SUPPLIER,
    embed_everything,
    ensure_admin,
    is_empty,
    seed_demo,
)
from service.settings import Seed, Settings, SettingsError

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="KT 스마트 팩토리 얼라이언스")
train = typer.Typer(no_args_is_help=True, help="모델을 다시 만듭니다.")
cli.add_typer(train, name="train")

GRACEFUL_SECONDS = 15


def _say(line: str) -> None:
    print(line, flush=True)


def _say_aside(line: str) -> None:
    """Progress beside a result that is printed on standard output."""
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Run a command; an expected failure is one clear line and exit code 1."""
    try:
        cli()
    except (EmbeddedPostgresError, EncoderFolderError, SettingsError) as error:
        print(f"오류: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@cli.command()
def run() -> None:
    """모두 시작합니다: 데이터베이스, 시연 데이터, 인코더, 작업자, API."""
    settings = Settings()
    settings.signing_key()
    _end_on_sigterm()
    with _listening(settings) as listener, _database(settings) as database:
        _say("데이터베이스를 준비합니다")
        migrate_database(database.engine)
        _fill(database, settings)
        encoder = _prepared_encoder(settings)
        _ensure_intent(encoder, settings)
        embed_everything(database, encoder, _say)
        app = create_app(settings, database, encoder=encoder, with_worker=True)
        _announce_when_ready(app, listener, settings)
        _serve(app, listener)


@cli.command()
def serve() -> None:
    """API만 시작합니다. 데이터베이스는 migrate로 준비되어 있어야 합니다."""
    settings = Settings()
    settings.signing_key()
    _end_on_sigterm()
    with _listening(settings) as listener, _database(settings) as database:
        _require_current(database)
        app = create_app(settings, database)
        _announce_when_ready(app, listener, settings)
        _serve(app, listener)


@cli.command()
def worker() -> None:
    """작업자만 시작합니다: 임베딩과 가져오기를 맡습니다."""
    settings = Settings()
    configure_logging(settings.log_level)
    with _database(settings) as database:
        _require_current(database)
        create_app(settings, database)  # registers every task
        encoder = LazyEncoder(lambda: load_encoder(settings))
        encoder()
        _say("작업자가 준비되었습니다")
        asyncio.run(_work(database, encoder))


@cli.command()
def migrate() -> None:
    """데이터베이스를 지금 판의 구조로 맞춥니다."""
    with _database(Settings()) as database:
        migrate_database(database.engine)
    _say("데이터베이스 구조를 맞추었습니다")


@cli.command()
def prepare() -> None:
    """인코더 폴더를 한 번 만들어 둡니다."""
    settings = Settings()
    if settings.embedding_model:
        load_encoder(settings)
    else:
        _make_encoder(settings, _say)
    _say("인코더가 준비되었습니다")


@cli.command()
def seed() -> None:
    """빈 데이터베이스에 시연 데이터와 첫 관리자를 넣습니다."""
    settings = Settings()
    with _database(settings) as database:
        migrate_database(database.engine)
        _fill(database, settings)
        embed_everything(database, _prepared_encoder(settings), _say)


@cli.command()
def evaluate(
    benchmark: Annotated[Path, typer.Argument(help="queries, documents, qrels가 든 JSON 파일")],
    as_json: Annotated[bool, typer.Option("--json", help="표 대신 JSON")] = False,
) -> None:
    """추천 순서를 같은 자리에서 잰 기준 방법들과 견주어 봅니다."""
    settings = Settings()
    encoder = _prepared_encoder(settings, say=_say_aside)
    intent = load_intent(encoder.name, settings.intent_dir)
    try:
        measured = evaluation.evaluate_file(benchmark, encoder, intent, Ranker.expert())
    except (BenchmarkError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{benchmark}: {error}") from error
    if as_json:
        print(json.dumps(evaluation.as_json(measured), ensure_ascii=False, indent=2))
    else:
        print(evaluation.as_table(measured))


@train.command()
def intent(
    examples: Annotated[Path, typer.Option(help="문제 문장과 솔루션 분야 (JSON Lines)")] = PROBLEM_EXAMPLES,
) -> None:
    """문제 문장에서 솔루션 분야를 추정하는 모델을 다시 만듭니다."""
    settings = Settings()
    encoder = _prepared_encoder(settings)
    folder = settings.intent_dir if settings.embedding_model else ARTEFACT_FOLDER
    _say("모델을 맞춥니다")
    train_intent(encoder, examples, folder)
    _say(f"만들었습니다: {folder}")


@cli.command()
def schedule(
    price: Annotated[int, typer.Option(help="공급가액 (원)")],
    rate: Annotated[str, typer.Option(help="연 이율 (퍼센트, 예: 4.5)")],
    months: Annotated[int, typer.Option(help="개월 수")] = 36,
    down_payment: Annotated[int, typer.Option(help="선납금 (원)")] = 0,
    method: Annotated[Method, typer.Option(help="상환 방법")] = Method.LEVEL_PAYMENT,
    grace: Annotated[int, typer.Option(help="거치기간 (개월)")] = 0,
    start: Annotated[str | None, typer.Option(help="시작일 (YYYY-MM-DD)")] = None,
    vat: Annotated[bool, typer.Option("--vat", help="회차마다 부가가치세 10%를 함께 계산")] = False,
) -> None:
    """할부 상환표를 출력합니다."""
    given: dict[str, object] = {
        "price_won": price,
        "months": months,
        "annual_rate_percent": rate,
        "down_payment_won": down_payment,
        "method": method.value,
        "grace_months": grace,
        "start_date": start,
        "vat": {} if vat else None,
    }
    try:
        print(render_table(build_schedule(InstallmentInput.model_validate(given).terms())))
    except TermsError as error:
        raise SettingsError(sentence(error.code, **error.values)) from error
    except ValidationError as error:
        fault = error.errors()[0]
        raise SettingsError(f"{pointer(('body', *fault['loc']))}: {fault_sentence(fault)}") from error


@cli.command()
def openapi() -> None:
    """OpenAPI 문서를 출력합니다."""
    app = create_app(Settings(), Database("postgresql://localhost/none"))
    print(json.dumps(app.openapi(), ensure_ascii=False, indent=2))


def _fill(database: Database, settings: Settings) -> None:
    if settings.seed is Seed.DEMO and is_empty(database):
        _say("시연 데이터를 넣습니다")
        seed_demo(database, settings)
    ensure_admin(database, settings)


def _prepared_encoder(settings: Settings, say: Callable[[str], None] = _say) -> Encoder:
    if not settings.embedding_model:
        _make_encoder(settings, say)
    say("인코더를 읽습니다")
    return load_encoder(settings)


def _ensure_intent(encoder: Encoder, settings: Settings) -> None:
    """Fit the intent model for an encoder for which none is shipped and none was fitted here."""
    try:
        load_intent(encoder.name, settings.intent_dir)
    except (EncoderMismatchError, FileNotFoundError):
        _say("이 인코더에 맞는 분야 추정 모델을 만듭니다 (몇 분 걸립니다)")
        train_intent(encoder, PROBLEM_EXAMPLES, settings.intent_dir)


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """The database that the settings name, or the embedded one for as long as the block runs."""
    if settings.database_url:
        database = Database(settings.database_url)
        try:
            yield database
        finally:
            database.close()
        return
    cluster = EmbeddedPostgres(settings.data_dir, _say)
    try:
        database = Database(cluster.start())
        cluster.watch()
        try:
            yield database
        finally:
            database.close()
    finally:
        cluster.stop()


def _require_current(database: Database) -> None:
    if not is_current(database.engine):
        print(
            "오류: 데이터베이스 구조가 맞지 않습니다. 먼저 'alliance migrate'를 실행해 주세요.",
            file=sys.stderr,
        )
        raise typer.Exit(1)


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
        raise SettingsError(
            f"{settings.host}:{settings.port}에서 받을 수 없습니다 ({error.strerror}). "
            "이미 켜져 있는지 보거나 ALLIANCE_PORT를 다른 번호로 정해 주세요."
        ) from error
    with contextlib.closing(listener):
        yield listener


def _serve(app: FastAPI, listener: socket.socket) -> None:
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _announce_when_ready(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    """Print where and how, as soon as recommendations can be answered."""

    def announce() -> None:
        engine: MatchingEngine = app.state.matching
        while not engine.wait_until_ready(1):
            pass
        host, port = listener.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        _say(f"준비되었습니다: {address}")
        _say(f"API 문서: {address}/docs")
        _say(_how_to_sign_in(settings))

    threading.Thread(target=announce, daemon=True).start()


def _how_to_sign_in(settings: Settings) -> str:
    if settings.demo_password_file.exists():
        password = settings.demo_password_file.read_text(encoding="utf-8").strip()
        people = f"{DEMO_ADMIN}, {DEMO_ACCOUNT_MANAGER}, {DEMO_SUPPLIER}, {DEMO_MANUFACTURER}"
        return f"로그인: {people}\n비밀번호(모두 같음): {password}  ({settings.demo_password_file})"
    if settings.admin_email:
        return f"로그인: {settings.admin_email} (ALLIANCE_ADMIN_PASSWORD)"
    return (
        "로그인: ALLIANCE_ADMIN_EMAIL과 ALLIANCE_ADMIN_PASSWORD를 정하고 다시 시작하면 관리자가 만들어집니다"
    )


async def _work(database: Database, encoder: LazyEncoder) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    working = asyncio.create_task(keep_working(database.url, Services(database, encoder)))
    await stop.wait()
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


def _end_on_sigterm() -> None:
    """SIGTERM ends the process as Ctrl-C does, through every `finally`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def _make_encoder(settings: Settings, say: Callable[[str], None]) -> None:
    if not is_complete(settings.encoder_dir):
        say("인코더를 처음 한 번 만듭니다 (십여 초 걸립니다)")
        prepare_encoder_folder(settings.encoder_dir)


if __name__ == "__main__":
    main()
