"""The measurements run by hand only; that each can still be begun is tried here."""

import importlib
import pkgutil

import pytest

import tests.bench


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(tests.bench.__path__)])
def test_a_measurement_finds_all_that_it_imports(name: str) -> None:
    importlib.import_module(f"tests.bench.{name}")
