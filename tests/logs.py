"""What must never be in the log of any test: a pytest plugin that looks at all of it.

The values that tests write are marked: their mail addresses end in `.example`, their telephone number and
password are always the same. So a line of the log that holds one was written from what a person typed.
"""

import re
from collections.abc import Generator
from typing import Any

import pytest

from tests.factories import companies

FORBIDDEN = {
    "a mail address": re.compile(r"[\w.+-]+@[\w-]+\.example"),
    "a telephone number": re.compile(r"031-123-4567"),
    "a password": re.compile(re.escape(companies.PASSWORD)),
    "a password's hash": re.compile(r"\$argon2"),
    "a token": re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}"),
    "an API key": re.compile(r"\bak_[\w-]{16,}"),
    "a business number": re.compile(r"\b\d{3}-\d{2}-\d{5}\b"),
    "the words of an exception": re.compile(r"Traceback \(most recent call last\)|\[SQL:|DETAIL:"),
}


def found_in(log: str) -> list[str]:
    """Which of the forbidden things are in a log."""
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(log)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
    """Fail a test that passed but wrote what must not be written."""
    del item, call
    report = yield
    log = "".join(content for name, content in report.sections if name.startswith("Captured stderr"))
    found = found_in(log) if report.passed else []
    if found:
        report.outcome = "failed"
        report.longrepr = f"the log holds {', '.join(found)}:\n{log[-3000:]}"
    return report
