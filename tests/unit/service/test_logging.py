"""The log tells what failed and where, and nothing that a person typed."""

import json
import subprocess
import sys

import pytest

from tests.logs import found_in

SPEAK = """
import logging
from service.kit.logging import configure_logging
configure_logging("INFO")
import structlog
try:
    raise ValueError("kim@ganada.example, 031-123-4567")
except ValueError as error:
    structlog.get_logger().error("unexpected_error", exc_info=error)
    logging.getLogger("procrastinate").exception("job failed")
"""


def test_exceptions_are_logged_by_type_and_place_also_those_of_libraries() -> None:
    spoken = subprocess.run([sys.executable, "-c", SPEAK], capture_output=True, text=True, check=True).stderr
    own, library = (json.loads(line) for line in spoken.splitlines())
    assert (own["event"], library["event"]) == ("unexpected_error", "job failed")
    for line in (own, library):
        assert line["error"] == "ValueError"
        assert line["trace"] == ["<string>:7 <module>"]
    assert found_in(spoken) == []


@pytest.mark.parametrize(
    "leak",
    [
        "kim@ganada.example",
        "031-123-4567",
        "correct horse battery",
        "$argon2id$v=19$m=8",
        "Traceback (most recent call last)",
        "120-81-47521",
    ],
)
def test_the_look_at_all_logs_finds(leak: str) -> None:
    assert found_in(f'{{"event": "request", "detail": "{leak}"}}')
