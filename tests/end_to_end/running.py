"""The service as a newcomer starts it: `alliance run` in a folder of its own, as a process."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.factories.ports import free_port

LONGEST_FIRST_START_SECONDS = 400
PATIENT = 60.0
"""Seconds that an answer may take: a busy machine is no fault, and speed is measured elsewhere."""
LONGEST_STOP_SECONDS = 60


@dataclass
class RunningService:
    """`alliance run` below `folder`; its data lie in `folder/.alliance`."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.port = self.port or free_port()
        self.log = self.folder / "log"

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def postmaster_file(self) -> Path:
        """Exists as long as the embedded PostgreSQL runs."""
        return self.folder / ".alliance" / "postgres" / "postmaster.pid"

    def start(self) -> None:
        """Start it and wait until it can recommend."""
        known = ("PATH", "HOME", "LANG", "TMPDIR")
        environment = {name: os.environ[name] for name in known if name in os.environ}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).parent / "alliance"), "run"],
                cwd=self.folder,
                env=environment | {"ALLIANCE_PORT": str(self.port), "PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        deadline = time.monotonic() + LONGEST_FIRST_START_SECONDS
        while "추천까지 준비되었습니다" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.2)

    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(LONGEST_STOP_SECONDS)

    def kill(self) -> None:
        """kill -9 of the service and of its PostgreSQL, in the middle of whatever they do."""
        assert self.process is not None
        postmaster = int(self.postmaster_file.read_text(encoding="utf-8").splitlines()[0])
        os.kill(self.process.pid, signal.SIGKILL)
        os.kill(postmaster, signal.SIGKILL)
        self.process.wait(LONGEST_STOP_SECONDS)

    def sign_in(self, who: str) -> dict[str, str]:
        """The headers of a demo account."""
        password = (self.folder / ".alliance" / "demo-password").read_text(encoding="utf-8").strip()
        form = {"username": f"{who}@alliance.example", "password": password}
        answer = httpx.post(f"{self.address}/v1/auth/token", data=form, timeout=PATIENT)
        return {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """The JSON under a path."""
        return httpx.get(self.address + path, headers=headers, timeout=PATIENT).raise_for_status().json()


def copy_linked(source: Path, target: Path) -> None:
    """The same files under another folder, without their space."""
    shutil.copytree(source, target, copy_function=os.link)


@dataclass(frozen=True)
class Snippet:
    """A shell block of a document and the output that is shown under it."""

    script: str
    shown: tuple[str, ...]


def snippets(document: str) -> list[Snippet]:
    """Every ```bash block, with the output block that follows it before the next text, if one does."""
    pattern = r"```bash\n(.*?)```\n(?:\n```(?:json)?\n(.*?)```\n)?"
    return [
        Snippet(script, tuple((shown or "").splitlines()))
        for script, shown in re.findall(pattern, document, re.DOTALL)
    ]


def lines_missing(shown: tuple[str, ...], printed: str) -> list[str]:
    """The shown lines that do not appear in what was printed, in their order; "…" stands for anything."""
    missing, rest = [], iter(printed.splitlines())
    for line in (line.strip() for line in shown):
        pieces = [piece.strip() for piece in line.split("…") if piece.strip()]
        if pieces and not any(all(piece in candidate for piece in pieces) for candidate in rest):
            missing.append(line)
    return missing
