"""The image without an engine: the Dockerfile's own instructions, run below a folder instead of /."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.packaging.dockerfile import Instruction

OWN_FOLDERS = re.compile(r"(?<![\w.])/(?=(?:opt|var/lib)/alliance\b)")
NOBODY = 65534
NOT_TAKEN_ALONG = ("smart_factory_alliance", "__editable__")
BUILD_SECONDS = 180


@dataclass
class Image:
    """What a Dockerfile makes, below `root`; its commands run as another user when the tests are root.

    Dependencies are not installed again: the site-packages of the present interpreter, less this
    project, are put on the path of the virtual environment that the Dockerfile makes.
    """

    root: Path
    context: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health_check: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._site_packages = _dependencies(self.root / "dependencies")
        self.user, self._python = _other_user(self._site_packages)
        shims = self.root / "shims"
        shims.mkdir()
        # pip comes with the dependencies; Debian's own interpreter could not install it.
        without_pip = 'if [ "$1 $2" = "-m venv" ]; then shift 2; set -- -m venv --without-pip "$@"; fi'
        _script(shims / "python", f'{without_pip}\nexec {self._python} "$@"')
        self._system_path = f"{shims}:/usr/local/bin:/usr/bin:/bin"

    @property
    def data_folder(self) -> Path:
        """What ALLIANCE_DATA_DIR names."""
        return Path(self.environment["ALLIANCE_DATA_DIR"])

    def build(self, stages: list[list[Instruction]]) -> None:
        """Carry out every stage in turn."""
        for stage in stages:
            self.environment, self.folder = {"PATH": self._system_path}, "/"
            for instruction in stage:
                getattr(self, f"_{instruction.keyword.lower()}", lambda _: None)(instruction)

    def run(
        self, command: list[str], environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A finished command in a container of this image."""
        started = self.start(command, environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        output, errors = started.communicate(timeout=BUILD_SECONDS)
        return subprocess.CompletedProcess(command, started.returncode, output, errors)

    def start(
        self, command: list[str], environment: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[Any]:
        """A command in a container of this image: its user, its folder and nothing of our environment."""
        given = self.environment | dict(environment or {})
        found = shutil.which(command[0], path=given["PATH"])
        assert found, f"{command[0]} is not in the image"
        return subprocess.Popen(
            [found, *command[1:]], env=given, cwd=self._below(self.folder), **self.user, **options
        )

    def _below(self, text: str) -> str:
        return OWN_FOLDERS.sub(f"{self.root}/", text)

    def _env(self, instruction: Instruction) -> None:
        for name, value in instruction.pairs.items():
            self.environment[name] = self._below(value).replace("$PATH", self.environment["PATH"])

    def _workdir(self, instruction: Instruction) -> None:
        self.folder = instruction.rest
        Path(self._below(self.folder)).mkdir(parents=True, exist_ok=True)

    def _copy(self, instruction: Instruction) -> None:
        *sources, target = instruction.words
        if instruction.option("from"):
            owner = self.user.get("user") if instruction.option("chown") else None
            if owner is not None:
                for path in [Path(self._below(target)), *Path(self._below(target)).rglob("*")]:
                    os.chown(path, owner, owner)
            return
        for source in sources:
            place = Path(self._below(self.folder)) / target
            if (self.context / source).is_dir():
                shutil.copytree(self.context / source, place, dirs_exist_ok=True)
            else:
                shutil.copy(self.context / source, place)

    def _run(self, instruction: Instruction) -> None:
        if "useradd" in instruction.rest:
            return
        done = subprocess.run(
            ["sh", "-c", self._below(instruction.rest)],
            check=False,
            capture_output=True,
            text=True,
            env=self.environment | {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1"},
            cwd=self._below(self.folder),
            timeout=BUILD_SECONDS,
        )
        assert done.returncode == 0, f"{instruction.rest}\n{done.stdout}\n{done.stderr}"
        if " -m venv " in instruction.rest:
            self._furnish(Path(self._below(instruction.words[-1])))

    def _furnish(self, environment: Path) -> None:
        (place,) = environment.glob("lib/python*/site-packages")
        (place / "dependencies.pth").write_text(f"{self._site_packages}\n", encoding="utf-8")
        _script(environment / "bin" / "pip", f'exec {environment}/bin/python -m pip "$@"')

    def _entrypoint(self, instruction: Instruction) -> None:
        self.entrypoint = instruction.words

    def _cmd(self, instruction: Instruction) -> None:
        self.command = instruction.words

    def _healthcheck(self, instruction: Instruction) -> None:
        self.health_check = Instruction("CMD", (), instruction.rest.removeprefix("CMD").strip()).words


def _dependencies(folder: Path) -> Path:
    folder.mkdir()
    for entry in _present_site_packages().iterdir():
        if not entry.name.startswith(NOT_TAKEN_ALONG):
            (folder / entry.name).symlink_to(entry)
    return folder


def _present_site_packages() -> Path:
    return next(Path(place) for place in sys.path if place.endswith("site-packages"))


def _script(path: Path, line: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def _other_user(site_packages: Path) -> tuple[dict[str, Any], str]:
    """Another user and an interpreter of our version that it can run; ourselves when there is none."""
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    for interpreter in _interpreters():
        if _runs(interpreter, site_packages, nobody):
            return nobody, interpreter
    return {}, sys._base_executable


def _interpreters() -> Iterator[str]:
    yield sys._base_executable
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    yield from (f"{folder}/{name}" for folder in ("/usr/local/bin", "/usr/bin"))


def _runs(interpreter: str, site_packages: Path, user: dict[str, Any]) -> bool:
    """Whether that user can enter the interpreter's folders and read the dependencies."""
    look = f"import sys; sys.path.append({str(site_packages)!r}); import typer, venv"
    command = ["/bin/sh", "-c", 'cd / && exec "$0" -c "$1"', interpreter, look]
    return subprocess.run(command, check=False, capture_output=True, **user).returncode == 0
