"""Reads the code lists that are committed beside this module."""

import csv
import json
from importlib.resources import files
from typing import Any


def read_json(name: str) -> list[dict[str, Any]]:
    """The rows of a JSON list in this package."""
    rows: list[dict[str, Any]] = json.loads((files(__package__) / name).read_text(encoding="utf-8"))
    return rows


def read_csv(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file in this package, by column name."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
