"""Bringing a database, an encoder and its intent model to where the service can start."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from matching.encoder import Encoder
from matching.encoder_folder import is_complete, prepare_encoder_folder
from matching.stored_vectors import InformedEncoder, StoredVectors
from seed_data import PROBLEM_EXAMPLES, VECTORS
from service.cli.terminal import say
from service.db.embedded import EmbeddedPostgres
from service.db.migrate import migrate as migrate_database
from service.db.session import Database
from service.recommendations.matching_engine import (
    IntentUnusableError,
    encoder_name,
    load_encoder,
    load_intent,
)
from service.recommendations.vectors import owners_without_vectors, vectors_of_profiles
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
from service.settings import Seed, Settings


def migrate() -> None:
    """데이터베이스를 지금 판의 구조로 맞춥니다."""
    with database_of(Settings()) as database:
        migrate_database(database.engine)
    say("데이터베이스 구조를 맞추었습니다")


def prepare() -> None:
    """인코더 폴더를 한 번 만들어 둡니다."""
    settings = Settings()
    if settings.embedding_model:
        load_encoder(settings)
    else:
        _make_encoder(settings, say)
    say("인코더가 준비되었습니다")


def seed(
    write_vectors: Annotated[
        Path | None, typer.Option(help="모든 글을 새로 인코딩하고, 그 벡터를 이 파일에 적습니다")
    ] = None,
) -> None:
    """빈 데이터베이스에 시연 데이터와 첫 관리자를 넣습니다."""
    settings = Settings()
    with database_of(settings) as database:
        migrate_database(database.engine)
        fill(database, settings)
        encoder = prepared_encoder(settings, exact=write_vectors is not None)
        embed_everything(database, encoder if write_vectors else _informed(encoder), say)
        if write_vectors:
            with database.transaction() as session:
                vectors_of_profiles(session, encoder.name).save(write_vectors)
    say(how_to_sign_in(settings))


@contextlib.contextmanager
def database_of(settings: Settings, report: Callable[[str], None] = say) -> Iterator[Database]:
    """The database that the settings name, or the embedded one for as long as the block runs."""
    if settings.database_url:
        database = Database(settings.database_url, slow_ms=settings.slow_query_ms)
        try:
            yield database
        finally:
            database.close()
        return
    cluster = EmbeddedPostgres(settings.data_dir, report)
    try:
        database = Database(cluster.start(), slow_ms=settings.slow_query_ms)
        cluster.watch()
        try:
            yield database
        finally:
            database.close()
    finally:
        cluster.stop()


def fill(database: Database, settings: Settings) -> None:
    """Demo data into an empty database when that is wanted, and the first administrator."""
    if settings.seed is Seed.DEMO and is_empty(database):
        say("시연 데이터를 넣습니다")
        seed_demo(database, settings)
    ensure_admin(database, settings)


def prepared_encoder(
    settings: Settings, report: Callable[[str], None] = say, *, exact: bool = False
) -> Encoder:
    """The encoder that the settings name, its folder made when it is missing or damaged.

    `exact`: see `load_encoder`.
    """
    if not settings.embedding_model:
        _make_encoder(settings, report)
    report("인코더를 읽습니다")
    return load_encoder(settings, exact=exact)


def prepare_matching(database: Database, settings: Settings) -> Encoder | None:
    """See to it that everything is embedded and that the intent model fits the encoder.

    Returns the encoder when it had to be loaded for that; on an ordinary start there is nothing to
    do, and the encoder is loaded beside the service that already answers.
    """
    if not settings.embedding_model:
        _make_encoder(settings, say)
    name = encoder_name(settings)
    if not any(owners_without_vectors(database, name)) and _has_intent(name, settings):
        return None
    encoder = prepared_encoder(settings)
    if not _has_intent(name, settings):
        from matching.intent_artefact import train_intent  # noqa: PLC0415 - slow to import, only for this

        say("이 인코더에 맞는 분야 추정 모델을 만듭니다 (몇 분 걸립니다)")
        train_intent(encoder, PROBLEM_EXAMPLES, settings.intent_dir)
    embed_everything(database, _informed(encoder), say)
    return encoder


def _informed(encoder: Encoder) -> Encoder:
    """One that needs not encode the texts of the demo, where their vectors are of this encoder."""
    stored = StoredVectors.load(VECTORS)
    return InformedEncoder(stored, encoder) if stored.name == encoder.name else encoder


def how_to_sign_in(settings: Settings) -> str:
    """Who can sign in, and where the password stands."""
    if settings.demo_password_file.exists():
        password = settings.demo_password_file.read_text(encoding="utf-8").strip()
        people = f"{DEMO_ADMIN}, {DEMO_ACCOUNT_MANAGER}, {DEMO_SUPPLIER}, {DEMO_MANUFACTURER}"
        return f"로그인: {people}\n비밀번호(모두 같음): {password}  ({settings.demo_password_file})"
    if settings.admin_email:
        return f"로그인: {settings.admin_email} (ALLIANCE_ADMIN_PASSWORD)"
    return (
        "로그인: ALLIANCE_ADMIN_EMAIL과 ALLIANCE_ADMIN_PASSWORD를 정하고 다시 시작하면 관리자가 만들어집니다"
    )


def _has_intent(name: str, settings: Settings) -> bool:
    try:
        load_intent(name, settings.intent_dir)
    except IntentUnusableError:
        return False
    return True


def _make_encoder(settings: Settings, report: Callable[[str], None]) -> None:
    if not is_complete(settings.encoder_dir):
        report("인코더를 처음 한 번 만듭니다 (십여 초 걸립니다)")
        prepare_encoder_folder(settings.encoder_dir)
