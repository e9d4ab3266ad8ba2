"""`make` says what is missing on a bare machine, and CI runs nothing else than `make test`."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.dockerfile import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", ".constraints.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def _make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return subprocess.run(
        ["make", *arguments], check=False, cwd=folder, capture_output=True, text=True, env=environment
    )


def _interpreter(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_help_lists_every_target(checkout: Path) -> None:
    (targets,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    listed = _make(checkout).stdout
    assert re.findall(r"make (\w+)", listed) == targets.split()


def test_an_old_interpreter_is_refused_in_both_languages(checkout: Path) -> None:
    old = _interpreter(checkout / "old python", "exit 1")
    refused = _make(checkout, "lint", f"PYTHON={old}")
    assert refused.returncode != 0
    assert "Python 3.11 이상을 찾지 못했습니다" in refused.stderr
    assert "No Python 3.11 or later" in refused.stderr
    assert not (checkout / ".venv").exists()


def test_a_missing_venv_names_the_package_to_install(checkout: Path) -> None:
    debian = _interpreter(
        checkout / "python", 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; *) exit 0;; esac'
    )
    refused = _make(checkout, "run", f"PYTHON={debian}")
    assert refused.returncode != 0
    assert "apt-get install python3.12-venv" in refused.stderr


def test_an_environment_made_in_another_folder_is_made_again(checkout: Path) -> None:
    steps = _make(checkout, "--dry-run", "run").stdout
    (stamp,) = re.findall(r"touch (\.venv/\.made-\d+)", steps)
    for name in (stamp, ".venv/.installed"):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).touch()
    assert "-m venv" not in _make(checkout, "--dry-run", "run").stdout
    moved = checkout.rename(checkout.with_name("moved"))
    assert "-m venv" in _make(moved, "--dry-run", "run").stdout


@pytest.mark.parametrize("changed", ["pyproject.toml", ".constraints.txt"])
def test_packages_are_installed_again_when_their_list_changes(checkout: Path, changed: str) -> None:
    (stamp,) = re.findall(r"touch (\.venv/\.made-\d+)", _make(checkout, "--dry-run", "run").stdout)
    (checkout / ".venv").mkdir()
    for name in (stamp, ".venv/.installed"):
        (checkout / name).touch()
    assert "pip install" not in _make(checkout, "--dry-run", "run").stdout
    later = (checkout / ".venv/.installed").stat().st_mtime + 10
    os.utime(checkout / changed, (later, later))
    assert "pip install" in _make(checkout, "--dry-run", "run").stdout


def test_every_installation_keeps_to_the_constraints() -> None:
    installations = re.findall(r"^.*pip install .*$", MAKEFILE, re.MULTILINE)
    assert all("-c .constraints.txt" in line or '"pip>=' in line for line in installations)


def test_the_run_target_becomes_the_service() -> None:
    """Ctrl-C must reach the service and not a shell between."""
    assert "@exec .venv/bin/alliance run" in MAKEFILE


def test_ci_runs_make_test_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-1] == "exec make test"
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
