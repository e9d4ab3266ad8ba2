"""The single checks of `alliance doctor`: each looks at one thing and returns what it found."""

import contextlib
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlmodel import Session, col, select

from matching.encoder_folder import is_complete
from service.db.session import Database
from service.db.tables import Account
from service.fund.ledger import Account as FundAccount
from service.fund.ledger import balances
from service.fund.verification import entries_that_do_not_balance
from service.health import (
    Finding,
    check_database,
    check_failed_jobs,
    check_mail,
    check_queue,
    check_schema,
    check_vectors,
)
from service.kit.folders import nearest_existing
from service.kit.tracing import can_trace, tracing_wanted
from service.mail.carriers import letters_in, outbox_of
from service.recommendations.matching_engine import IntentUnusableError, encoder_name, load_intent
from service.seeding import DEMO_DOMAIN
from service.settings import Settings, SettingsError

LEAST_FREE_BYTES = 1_000_000_000
FURTHEST_CLOCK_SECONDS = 2.0
MOST_CONNECTIONS_USED = 0.9
OLDEST_INDEX_SECONDS = 60
_PLAIN_METRIC = re.compile(r"^(alliance_\w+) (\S+)$", re.MULTILINE)


def on_this_machine(settings: Settings) -> Iterator[Finding]:
    """What can be told without a database."""
    yield check_secrets(settings)
    yield check_folder(settings.data_dir)
    yield check_disk(settings.data_dir)
    yield check_encoder(settings)
    yield check_intent(settings)
    yield check_outbox(settings)
    yield check_metrics(settings)
    yield check_tracing()


def on_the_database(settings: Settings, database: Database) -> Iterator[Finding]:
    """What the database tells; the first three decide whether the others can be asked at all."""
    for asked in (check_database, check_schema):
        finding = asked(database)
        yield finding
        if not finding.ok:
            return
    with database.transaction() as session:
        checks: tuple[Callable[[Session], Finding], ...] = (
            check_extensions, check_locale, check_clock, check_connections, check_queue, check_failed_jobs,
            check_mail, check_fund,
        )  # fmt: skip
        for check in checks:
            yield check(session)
        yield check_demo_accounts(settings, session)
        yield check_index(settings, session)
    yield check_vectors(settings, database)
    yield check_search(settings)


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
    existing = nearest_existing(folder)
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding.fault("folder", "folder_not_writable", path=folder)
    if folder.exists() and folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Finding.fault("folder", "folder_open", path=folder)
    return Finding.fine("folder", "folder_fine", path=folder)


def check_disk(folder: Path) -> Finding:
    """There is room on the disk of the data folder."""
    free = shutil.disk_usage(nearest_existing(folder)).free
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


def check_search(settings: Settings) -> Finding:
    """Where vectors are searched in another database than the one that is written, it answers."""
    if settings.index != "pgvector" or settings.search_database_url is None:
        return Finding.fine("search", f"search_in_{settings.index}")
    elsewhere = Database(settings.search_database_url)
    with contextlib.closing(elsewhere):
        answers = elsewhere.answers()
    return Finding.fine("search", "search_elsewhere") if answers else Finding.fault("search", "search_away")


def check_outbox(settings: Settings) -> Finding:
    """Mail goes out, and does not only lie in a folder that its readers cannot open."""
    count = len(letters_in(outbox_of(settings)))
    if settings.smtp_url is None and not settings.alone_on_this_machine:
        return Finding.fault("outbox", "outbox_goes_nowhere", count=count)
    return Finding.fine("outbox", "outbox_fine", count=count)


def check_metrics(settings: Settings) -> Finding:
    """What /metrics tells, and to whom."""
    if settings.metrics_token is not None:
        return Finding.fine("metrics", "metrics_guarded")
    code = "metrics_on_this_machine" if settings.alone_on_this_machine else "metrics_without_money"
    return Finding.fine("metrics", code)


def check_tracing() -> Finding:
    """Traces that are asked for can be sent."""
    if not tracing_wanted():
        return Finding.fine("tracing", "tracing_off")
    if not can_trace():
        return Finding.fault("tracing", "tracing_not_installed")
    return Finding.fine("tracing", "tracing_on")


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


def check_connections(session: Session) -> Finding:
    """PostgreSQL has connections left for another process."""
    asked = text(
        "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity "
        "WHERE backend_type = 'client backend'"
    )
    used, most = session.execute(asked).one()
    told = {"used": used, "most": most}
    if used > MOST_CONNECTIONS_USED * most:
        return Finding.fault("connections", "connections_scarce", **told)
    return Finding.fine("connections", "connections_fine", **told)


def check_fund(session: Session) -> Finding:
    """The fund's book sums to zero; `alliance verify fund` looks at each loan as well."""
    faults = list(entries_that_do_not_balance(session))
    if faults:
        return Finding.fault("fund", "fund_unbalanced", count=len(faults), first=faults[0])
    whole = balances(session)
    ceiling = -whole[FundAccount.CEILING]
    percent = round(100 * whole.promised_won / ceiling) if ceiling else 0
    return Finding.fine("fund", "fund_fine", percent=percent)


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
    metrics = _metrics_of(address, settings)
    indexed, age = metrics.get("alliance_indexed_suppliers"), metrics.get("alliance_index_age_seconds", 0)
    if indexed is None:
        return Finding.fine("index", "index_not_running", address=address)
    asked = text(
        "SELECT count(DISTINCT s.id) FROM supplier s "
        "JOIN embedding e ON e.owner_id = s.id WHERE e.model = :model"
    )
    stored = session.execute(asked, {"model": encoder_name(settings)}).scalar_one()
    if age > OLDEST_INDEX_SECONDS:
        return Finding.fault("index", "index_old", seconds=round(age))
    if indexed != stored:
        return Finding.fault("index", "index_differs", indexed=int(indexed), stored=stored)
    return Finding.fine("index", "index_fine", indexed=int(indexed))


def _metrics_of(address: str, settings: Settings) -> dict[str, float]:
    """What a service there tells, of what has no labels; nothing when none answers."""
    token = settings.metrics_token
    shown = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    try:
        told = httpx.get(f"{address}/metrics", headers=shown, timeout=3).text
    except (httpx.HTTPError, httpx.InvalidURL):
        return {}
    return {name: float(value) for name, value in _PLAIN_METRIC.findall(told)}
