"""A Dockerfile and its build context as the build reads them, for tests on machines without an engine."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Instruction:
    """One instruction: its keyword, its `--name=value` options and the rest."""

    keyword: str
    options: tuple[tuple[str, str], ...]
    rest: str

    def option(self, name: str) -> str | None:
        """The value of an option, such as `from` of a COPY."""
        return dict(self.options).get(name)

    @property
    def words(self) -> list[str]:
        """The rest as words; the exec form is a JSON list."""
        return list(json.loads(self.rest)) if self.rest.startswith("[") else self.rest.split()

    @property
    def pairs(self) -> dict[str, str]:
        """The `NAME=value` pairs of an ENV, ARG or LABEL."""
        return {name: value.strip('"') for name, value in re.findall(r'([\w.]+)=("[^"]*"|\S*)', self.rest)}


def read_stages(path: Path) -> list[list[Instruction]]:
    """The stages of a Dockerfile, each beginning with its FROM."""
    stages: list[list[Instruction]] = []
    for instruction in _instructions(path.read_text(encoding="utf-8")):
        if instruction.keyword == "FROM":
            stages.append([])
        stages[-1].append(instruction)
    return stages


def _instructions(text: str) -> Iterator[Instruction]:
    without_comments = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in without_comments.replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        keyword, rest = line.strip().split(maxsplit=1)
        options = re.match(r"(?:--[\w-]+=\S+\s+)*", rest)
        assert options is not None
        found = re.findall(r"--([\w-]+)=(\S+)", options.group())
        yield Instruction(keyword.upper(), tuple(found), rest[options.end() :].strip())


def copy_context(target: Path) -> None:
    """Copy what a build is given: the working tree less what .dockerignore leaves out."""
    patterns = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
        if not line.startswith("#")
    ]
    rules = [(not pattern.startswith("!"), _as_regex(pattern.lstrip("!"))) for pattern in patterns]
    for top in ROOT.iterdir():
        if _left_out(top.name, rules):
            continue
        for path in [top] if top.is_file() else top.rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and not _left_out(name, rules):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target / name)


def _left_out(name: str, rules: list[tuple[bool, re.Pattern[str]]]) -> bool:
    """Whether the last rule that speaks of the file, or of a folder that it is in, leaves it out."""
    verdict = False
    for leaves_out, pattern in rules:
        if pattern.match(name):
            verdict = leaves_out
    return verdict


def _as_regex(pattern: str) -> re.Pattern[str]:
    translated = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.compile(translated.replace(r"\[", "[").replace(r"\]", "]") + "(?:/.*)?$")
