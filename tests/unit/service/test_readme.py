"""The README keeps up with the code."""

import re
from pathlib import Path

from service.cli import cli
from service.settings import Settings

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    documented = set(re.findall(r"`(ALLIANCE_[A-Z_]+)`", README))
    real = {f"ALLIANCE_{name.upper()}" for name in Settings.model_fields}
    assert documented == real


def test_stated_defaults_are_the_real_ones() -> None:
    rows = re.findall(r"^\| `(ALLIANCE_[A-Z_]+)` \| `([^`]+)` \|", README, re.MULTILINE)
    assert len(rows) >= 5
    for name, default in rows:
        field = Settings.model_fields[name.removeprefix("ALLIANCE_").lower()]
        assert str(getattr(field.default, "value", field.default)) == default, name


def test_every_command_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`alliance ([a-z]+)", README))
    commands = {command.callback.__name__ for command in cli.registered_commands if command.callback}
    groups = {group.name for group in cli.registered_groups}
    assert named
    assert named <= commands | groups


def test_every_document_that_the_readme_points_to_exists() -> None:
    pointed = re.findall(r"`((?:service|matching|seed_data|tests)/[\w./]*)`", README)
    assert pointed
    assert [path for path in pointed if not (ROOT / path).exists()] == []
