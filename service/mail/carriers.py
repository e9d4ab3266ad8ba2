"""How a letter leaves: over SMTP, or as a file in the data folder when no server is set."""

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from opentelemetry.trace import SpanKind

from service.kit.tracing import span
from service.mail.letters import Letter, as_message
from service.settings import Settings

TIMEOUT_SECONDS = 20
PORTS = {"smtp": 587, "smtps": 465}


class MailError(Exception):
    """The letter was not taken; the text names the kind of fault and nobody's address."""


class Carrier(Protocol):
    """Takes a letter away."""

    def send(self, letter: Letter) -> None:
        """Send it now. Raises `MailError`."""


def carrier_of(settings: Settings) -> Carrier:
    """The SMTP server that the settings name, else the outbox in the data folder."""
    if settings.smtp_url is None:
        return Outbox(outbox_of(settings), settings.mail_from)
    return SmtpServer(settings.smtp_url.get_secret_value(), settings.mail_from)


def outbox_of(settings: Settings) -> Path:
    """The folder in which letters lie as files, also those from before a mail server was set."""
    return settings.data_dir / "outbox"


def letters_in(outbox: Path) -> list[Path]:
    """The letters there, those too that a crash left unfinished."""
    return [*outbox.glob("*.eml"), *outbox.glob(".*.tmp")]


@dataclass(frozen=True)
class Outbox:
    """One .eml file a letter, readable by the owner of the folder only: it may hold a sign-in link."""

    folder: Path
    sender: str

    def send(self, letter: Letter) -> None:
        """Write the file whole or not at all."""
        message = as_message(letter, self.sender)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = self.folder / f".{letter.id}.tmp"
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes())
            unfinished.rename(self.folder / f"{letter.id}.eml")
        except OSError as error:
            raise MailError(type(error).__name__) from None


@dataclass(frozen=True)
class SmtpServer:
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS from the first byte).

    A password is only ever sent over TLS; without one, `smtp://` uses TLS when the server offers it.
    """

    url: str
    sender: str

    def send(self, letter: Letter) -> None:
        """Hand the letter over."""
        message = as_message(letter, self.sender)
        try:
            with span("SMTP", SpanKind.CLIENT):
                self._hand_over(message)
        except (smtplib.SMTPException, OSError) as error:  # their texts name the recipient
            raise MailError(type(error).__name__) from None

    def _hand_over(self, message: EmailMessage) -> None:
        parts = urlsplit(self.url)
        address = (parts.hostname or "localhost", parts.port or PORTS[parts.scheme])
        tls = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(*address, timeout=TIMEOUT_SECONDS, context=tls)
            if parts.scheme == "smtps"
            else smtplib.SMTP(*address, timeout=TIMEOUT_SECONDS)
        ) as server:
            server.ehlo()
            if parts.scheme == "smtp" and (parts.username or server.has_extn("starttls")):
                server.starttls(context=tls)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
