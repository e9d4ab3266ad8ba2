"""The mail that the service has written: what its outbox holds."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from service.settings import Settings

_TOKEN = re.compile(r"\?token=([\w.-]+)")


def letters_to(settings: Settings, email: str) -> list[EmailMessage]:
    """The letters to that address, the oldest first (the names of the files are ordered by time)."""
    read = [_read(path) for path in sorted((settings.data_dir / "outbox").glob("*.eml"))]
    return [letter for letter in read if letter["To"] == email]


def last_token(settings: Settings, email: str) -> str:
    """The token of the link in the last letter to that address."""
    found = _TOKEN.search(letters_to(settings, email)[-1].get_content())
    assert found is not None
    return found[1]


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
