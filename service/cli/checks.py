"""The single checks of `alliance doctor`: each looks at one thing and returns what it found."""

import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from matching.encoder_folder import is_complete
from service.cli.terminal import words_of
from service.db.migrate import is_current
from service.db.session import Database
from service.db.tables import Account, Job, JobStatus
from service.jobs.names import SEND_LINK
from service.messages import sentence
from service.recommendations.matching_engine import IntentUnusableError, encoder_name, load_intent
from service.recommendations.vectors import owners_without_vectors
from service.seeding import DEMO_DOMAIN
from service.settings import Settings, SettingsError

LEAST_FREE_BYTES = 1_000_000_000
FURTHEST_CLOCK_SECONDS = 2.0
LONGEST_WAIT_MINUTES = 10
_INDEXED = re.compile(r"^alliance_indexed_suppliers (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """What a check found; the text of a fault says how to mend it."""

    check: str
    ok: bool
    code: str
    text: str

    @classmethod
    def fine(cls, check: str, code: str, **values: Any) -> "Finding":
        """Nothing to mend."""
        return cls(check, True, code, sentence(code, **values))

    @classmethod
    def fault(cls, check: str, code: str, **values: Any) -> "Finding":
        """Something to mend."""
        return cls(check, False, code, sentence(code, **values))


def on_this_machine(settings: Settings) -> Iterator[Finding]:
    """What can be told without a database."""
    yield check_secrets(settings)
    yield check_folder(settings.data_dir)
    yield check_disk(settings.data_dir)
    yield check_encoder(settings)
    yield check_intent(settings)


def on_the_database(settings: Settings, database: Database) -> Iterator[Finding]:
    """What the database tells; the first three decide whether the others can be asked at all."""
    for asked in (check_database, check_schema):
        finding = asked(database)
        yield finding
        if not finding.ok:
            return
    with database.transaction() as session:
        checks: tuple[Callable[[Session], Finding], ...] = (
            check_extensions, check_locale, check_clock, check_queue, check_failed_jobs, check_mail,
        )  # fmt: skip
        for check in checks:
            yield check(session)
        yield check_demo_accounts(settings, session)
        yield check_index(settings, session)
    yield check_vectors(settings, database)


def check_secrets(settings: Settings) -> Finding:
    """The signing key is strong enough for the address, and nobody else can read what is kept."""
    if settings.listens_beyond_loopback:
        try:
            settings.signing_key()
        except SettingsError as error:
            return Finding.fault("secrets", "secrets_weak", reason=error)
    kept = [settings.data_dir / "secret-key", settings.demo_password_file]
    open_to_others = [str(path) for path in kept if path.exists() and path.stat().st_mode & 0o077]
    if open_to_others:
        return Finding.fault("secrets", "secrets_readable", paths=" ".join(open_to_others))
    return Finding.fine("secrets", "secrets_fine")


def check_folder(folder: Path) -> Finding:
    """The data folder, or the one that it will be made in, can be written by us and by nobody else."""
    existing = _existing(folder)
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding.fault("folder", "folder_not_writable", path=folder)
    if folder.exists() and folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Finding.fault("folder", "folder_open", path=folder)
    return Finding.fine("folder", "folder_fine", path=folder)


def check_disk(folder: Path) -> Finding:
    """There is room on the disk of the data folder."""
    free = shutil.disk_usage(_existing(folder)).free
    told = {"free": f"{free / 1_000_000_000:.1f}GB", "path": folder}
    return (
        Finding.fault("disk", "disk_full", **told)
        if free < LEAST_FREE_BYTES
        else Finding.fine("disk", "disk_fine", free=told["free"])
    )


def check_encoder(settings: Settings) -> Finding:
    """The encoder's files are there and are what they were made as."""
    if settings.embedding_model:
        path = Path(settings.embedding_model)
        if path.is_absolute() and not path.is_dir():
            return Finding.fault("encoder", "encoder_other_missing", path=path)
    elif not is_complete(settings.encoder_dir):
        return Finding.fault("encoder", "encoder_damaged", path=settings.encoder_dir)
    return Finding.fine("encoder", "encoder_fine", name=encoder_name(settings))


def check_intent(settings: Settings) -> Finding:
    """The intent model can be read and belongs to the encoder."""
    if not settings.embedding_model and not is_complete(settings.encoder_dir):
        return Finding.fault("intent", "encoder_damaged", path=settings.encoder_dir)
    try:
        load_intent(encoder_name(settings), settings.intent_dir)
    except IntentUnusableError as error:
        return Finding.fault("intent", "intent_damaged", words=str(error)[:200])
    return Finding.fine("intent", "intent_fine")


def check_database(database: Database) -> Finding:
    """A query comes back."""
    try:
        with database.engine.connect() as connection:
            version = connection.execute(text("SHOW server_version")).scalar_one()
    except SQLAlchemyError as error:
        return Finding.fault("database", "database_away", words=words_of(error))
    return Finding.fine("database", "database_fine", version=version)


def check_schema(database: Database) -> Finding:
    """Every migration has run."""
    if not is_current(database.engine):
        return Finding.fault("schema", "schema_old")
    return Finding.fine("schema", "schema_fine")


def check_extensions(session: Session) -> Finding:
    """What the tables and the search are built on."""
    there = set(session.execute(text("SELECT extname FROM pg_extension")).scalars())
    missing = sorted({"vector", "pg_trgm"} - there)
    if missing:
        return Finding.fault("extensions", "extensions_missing", names=", ".join(missing))
    return Finding.fine("extensions", "extensions_fine")


def check_locale(session: Session) -> Finding:
    """Hangul has trigrams: under the locale C it has none, and the directory would find nothing."""
    asked = text(
        "SELECT pg_encoding_to_char(encoding), datctype, cardinality(show_trgm('사출')) "
        "FROM pg_database WHERE datname = current_database()"
    )
    encoding, ctype, trigrams = session.execute(asked).one()
    if encoding != "UTF8" or not trigrams:
        return Finding.fault("locale", "locale_wrong", encoding=encoding, ctype=ctype)
    return Finding.fine("locale", "locale_fine")


def check_clock(session: Session) -> Finding:
    """Tokens and deadlines are measured by both clocks."""
    before = time.time()
    theirs = float(session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    apart = max(0.0, before - theirs, theirs - time.time())
    if apart > FURTHEST_CLOCK_SECONDS:
        return Finding.fault("clock", "clock_apart", seconds=round(apart, 1))
    return Finding.fine("clock", "clock_fine", seconds=FURTHEST_CLOCK_SECONDS)


def check_queue(session: Session) -> Finding:
    """Nothing that could be worked on has waited for long."""
    put_there = "SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred'"
    asked = text(
        f"SELECT count(*), extract(epoch FROM now() - min(coalesce(scheduled_at, ({put_there})))) / 60 "
        "FROM procrastinate_jobs j WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
    )
    waiting, oldest = session.execute(asked).one()
    if oldest is not None and oldest > LONGEST_WAIT_MINUTES:
        return Finding.fault("queue", "queue_stuck", waiting=waiting, minutes=int(oldest))
    return Finding.fine("queue", "queue_fine", waiting=waiting)


def check_failed_jobs(session: Session) -> Finding:
    """No work ended in failure, neither somebody's job nor the service's own."""
    own = session.execute(
        text(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1"
        )
    ).all()
    asked = select(Job.kind, func.count()).where(col(Job.status) == JobStatus.FAILED.value)
    theirs = session.exec(asked.group_by(col(Job.kind)).order_by(col(Job.kind))).all()
    told = ", ".join(f"{name} {count}" for name, count in (*own, *theirs))
    if told:
        return Finding.fault("jobs", "failed_jobs_some", jobs=told)
    return Finding.fine("jobs", "failed_jobs_none")


def check_mail(session: Session) -> Finding:
    """The mail server takes what is sent: no mail waits to be tried again."""
    asked = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo' AND attempts > 0"
    )
    count = session.execute(asked, {"task": SEND_LINK}).scalar_one()
    if count:
        return Finding.fault("mail", "mail_refused", count=count)
    return Finding.fine("mail", "mail_fine")


def check_demo_accounts(settings: Settings, session: Session) -> Finding:
    """Nobody on the network can try the accounts of the demo."""
    demo = col(Account.email).like(f"%@{DEMO_DOMAIN}") & col(Account.active)
    if settings.listens_beyond_loopback and session.exec(select(Account.id).where(demo).limit(1)).first():
        return Finding.fault("demo", "secrets_demo_open")
    return Finding.fine("demo", "secrets_fine")


def check_index(settings: Settings, session: Session) -> Finding:
    """A service that runs at the address of the settings ranks as many suppliers as have vectors."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    try:
        told = _INDEXED.search(httpx.get(f"{address}/metrics", timeout=3).text)
    except (httpx.HTTPError, httpx.InvalidURL):
        told = None
    if told is None:
        return Finding.fine("index", "index_not_running", address=address)
    asked = text(
        "SELECT count(DISTINCT s.id) FROM supplier s "
        "JOIN embedding e ON e.owner_id = s.id WHERE e.model = :model"
    )
    stored = session.execute(asked, {"model": encoder_name(settings)}).scalar_one()
    indexed = int(float(told.group(1)))
    if indexed != stored:
        return Finding.fault("index", "index_differs", indexed=indexed, stored=stored)
    return Finding.fine("index", "index_fine", indexed=indexed)


def check_vectors(settings: Settings, database: Database) -> Finding:
    """Everything that is ranked has a vector of the present encoder."""
    suppliers, needs = owners_without_vectors(database, encoder_name(settings))
    if suppliers or needs:
        return Finding.fault("vectors", "vectors_missing", suppliers=len(suppliers), needs=len(needs))
    return Finding.fine("vectors", "vectors_fine")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    wanted = folder.absolute()
    return next(path for path in (wanted, *wanted.parents) if path.exists())
