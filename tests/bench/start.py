"""How fast an API process is ready and what it keeps in memory: python -m tests.bench.start [SUPPLIERS]

A PostgreSQL of its own holds the suppliers (5,000 unless named) with vectors of all their texts; the encoder
is prepared. `alliance serve` is started three times: first without a kept index, then with the file that the
first one left, then once more beside the second. Both moments, the first 200 of /readyz and the first answer
that needed the encoder, are told in seconds since the start of the process, by the clock and of its CPU time:
the latter mean something on a busy machine too. Memory is read at these two moments, in MB:

- resident: every page that the process touched, shared ones included;
- own: pages that no other process uses; where one serves alone, those of the mapped files are its own too;
- written: pages that no file lies behind, which no other process can share.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from matching.encoder_folder import is_complete, made_encoder_name, prepare_encoder_folder
from service.cli.terminal import say_aside
from service.settings import Settings
from tests.bench.stored_market import stored_market
from tests.factories import companies
from tests.factories.ports import free_port

SUPPLIERS = 5_000
LONGEST_SECONDS = 300
ASKED_EACH = 0.05
"""Seconds between two questions: each takes CPU time of the process that is measured."""
HEADING = (
    "| 시작 | 준비까지 초 | CPU 초 | 상주 MB | 전용 MB | 파일 밖 MB "
    "| 인코더까지 초 | CPU 초 | 상주 MB | 전용 MB | 파일 밖 MB |"
)


@dataclass(frozen=True)
class Moment:
    """Seconds since the start and of CPU time, and megabytes."""

    seconds: float
    cpu: float
    resident: float
    own: float
    written: float


class Serving:
    """One `alliance serve` on a free port."""

    def __init__(self, folder: Path, url: str) -> None:
        self.port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ALLIANCE_")}
        environment |= {
            "ALLIANCE_DATABASE_URL": url,
            "ALLIANCE_DATA_DIR": str(folder),
            "ALLIANCE_PORT": str(self.port),
            "ALLIANCE_RATE_LIMIT": "off",
            "ALLIANCE_LOG_LEVEL": "ERROR",
            "OMP_NUM_THREADS": "1",
        }
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from service.cli import main; main()", "serve"],
            env=environment,
            stdout=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def ready(self) -> Moment:
        """The moment of the first 200 of /readyz."""
        return self._when(lambda client: client.get("/readyz"))

    def encoding(self) -> Moment:
        """The moment of the first recommendation for a text that nobody stored."""
        return self._when(lambda client: client.post("/v1/recommendations/preview", json=companies.preview()))

    def __enter__(self) -> "Serving":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def _when(self, asked: Callable[[httpx.Client], httpx.Response]) -> Moment:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60) as client:
            while self._process.poll() is None and time.monotonic() - self._began < LONGEST_SECONDS:
                with suppress(httpx.TransportError):
                    if asked(client).status_code == 200:
                        return self._moment()
                time.sleep(ASKED_EACH)
        raise RuntimeError("ended, or not ready in time")

    def _moment(self) -> Moment:
        seconds, used = time.monotonic() - self._began, psutil.Process(self._process.pid).cpu_times()
        return Moment(seconds, used.user + used.system, *memory(self._process.pid))


def memory(pid: int) -> tuple[float, float, float]:
    """Resident, own and written megabytes of a process."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    size = {name: int(kilobytes) / 1024 for name, kilobytes in re.findall(r"(\w+):\s+(\d+) kB", told)}
    return size["Rss"], size["Private_Clean"] + size["Private_Dirty"], size["Anonymous"]


@contextmanager
def prepared(count: int) -> Iterator[tuple[Path, str]]:
    """A data folder with encoder and database."""
    mine = Settings().encoder_dir
    say_aside("인코더를 준비합니다")
    source = mine if is_complete(mine) else prepare_encoder_folder(mine)
    say_aside(f"공급기업 {count:,}곳을 넣습니다")
    with stored_market(count, str(made_encoder_name(source))) as (folder, database):
        (folder / "encoder").symlink_to(source.resolve())
        yield folder, database.url


def line(name: str, serving: Serving) -> str:
    """The table's line of one start."""
    cells = [name]
    for moment in (serving.ready(), serving.encoding()):
        cells += [f"{moment.seconds:.1f}", f"{moment.cpu:.1f}"]
        cells += [f"{size:.0f}" for size in (moment.resident, moment.own, moment.written)]
    return f"| {' | '.join(cells)} |\n"


def report(count: int) -> None:
    """The table."""
    with prepared(count) as (folder, url):
        sys.stdout.write(f"{HEADING}\n|{' --- |' * 11}\n")
        with Serving(folder, url) as first:
            sys.stdout.write(line("처음 (보관한 색인 없음)", first))
            while not Settings(data_dir=folder).index_file.exists():
                time.sleep(0.1)
        with Serving(folder, url) as again:
            sys.stdout.write(line("다시 (보관한 색인에서)", again))
            with Serving(folder, url) as beside:
                sys.stdout.write(line("그 옆에 하나 더", beside))


if __name__ == "__main__":
    report(int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else SUPPLIERS)
