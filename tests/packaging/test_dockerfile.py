"""The Dockerfile follows the rules that a registry scanner or an operator would check."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from service.settings import Settings
from tests.packaging.dockerfile import ROOT, Instruction, copy_context, read_stages

STAGES = read_stages(ROOT / "Dockerfile")
ALL = [instruction for stage in STAGES for instruction in stage]
FINAL = STAGES[-1]


def _only(keyword: str, instructions: list[Instruction] = FINAL) -> Instruction:
    (found,) = [instruction for instruction in instructions if instruction.keyword == keyword]
    return found


def test_the_compiler_stage_is_not_shipped() -> None:
    copies = [instruction for instruction in FINAL if instruction.keyword == "COPY"]
    assert len(STAGES) == 2
    assert {copy.option("from") for copy in copies} == {STAGES[0][0].words[-1]}
    assert not [instruction for instruction in FINAL if "pip " in instruction.rest]


def test_what_is_copied_between_stages_keeps_its_place() -> None:
    """A virtual environment holds its own path in its scripts."""
    assert all(len(set(copy.words)) == 1 for copy in FINAL if copy.keyword == "COPY")


def test_base_images_have_a_release_in_their_tag() -> None:
    images = {stage[0].words[0] for stage in STAGES}
    assert len(images) == 1, "a virtual environment runs only on the interpreter that it was made with"
    assert all(re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*", image) for image in images)


def test_the_service_runs_as_a_named_user_without_rights() -> None:
    made = next(instruction.rest for instruction in FINAL if "useradd" in instruction.rest)
    uid, gid = _only("USER").rest.split(":")
    assert int(uid) >= 10_000
    assert f"--uid {uid} " in made
    assert f"--gid {gid} alliance" in made
    assert made.endswith(" alliance")
    assert FINAL.index(_only("USER")) > max(FINAL.index(i) for i in FINAL if i.keyword in {"RUN", "COPY"})


def test_the_health_check_asks_the_service() -> None:
    check = _only("HEALTHCHECK")
    assert "/healthz" in check.rest
    assert "timeout=" in check.rest
    assert {"interval", "timeout", "start-period", "retries"} == dict(check.options).keys()


def test_signals_reach_the_service() -> None:
    assert _only("ENTRYPOINT").words == ["alliance"], "the exec form: no shell between"
    assert _only("CMD").words == ["serve"]
    assert _only("STOPSIGNAL").rest == "SIGTERM"


def test_no_secret_is_in_the_image() -> None:
    named = {
        name for instruction in ALL if instruction.keyword in {"ENV", "ARG"} for name in instruction.pairs
    }
    assert not [name for name in named if re.search("SECRET|PASSWORD|TOKEN|DATABASE_URL", name)]


def test_every_setting_named_in_the_image_exists() -> None:
    known = {f"ALLIANCE_{name.upper()}" for name in Settings.model_fields}
    named = {name for instruction in ALL if instruction.keyword == "ENV" for name in instruction.pairs}
    assert {name for name in named if name.startswith("ALLIANCE_")} <= known


def test_the_label_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    labels = _only("LABEL").pairs
    assert labels["org.opencontainers.image.version"] == project["version"]
    assert labels["org.opencontainers.image.base.name"].endswith(FINAL[0].rest)


def test_every_installation_is_pinned_and_leaves_no_cache() -> None:
    commands = [
        part for i in ALL if i.keyword == "RUN" for part in i.rest.split("&&") if "pip install" in part
    ]
    assert commands
    assert all("-c .constraints.txt" in command or "--no-deps" in command for command in commands)
    assert any(
        instruction.pairs.get("PIP_NO_CACHE_DIR") for instruction in ALL if instruction.keyword == "ENV"
    )


def test_the_context_holds_what_is_copied_and_nothing_else(tmp_path: Path) -> None:
    copy_context(tmp_path)
    sources = [i.words[:-1] for i in STAGES[0] if i.keyword == "COPY"]
    wanted = {source for group in sources for source in group}
    assert {path.name for path in tmp_path.iterdir()} == wanted
    assert not [path for path in tmp_path.rglob("*") if path.suffix == ".pyc" or path.name == "__pycache__"]


def test_hadolint_has_no_remark() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None:
        pytest.skip("hadolint has no wheel for this platform")
    command = [hadolint, "--no-color", "--format", "json", str(ROOT / "Dockerfile")]
    assert json.loads(subprocess.run(command, check=False, capture_output=True, text=True).stdout) == []
