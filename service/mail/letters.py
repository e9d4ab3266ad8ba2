"""What is mailed: one plain text to one person."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from service.kit import clock


@dataclass(frozen=True)
class Letter:
    """`id` names the letter: one that is sent twice after a fault carries the same Message-ID.

    `unsubscribe` is where the reader stops letters of its kind without signing in, by a GET of a person (RFC
    2369) or a POST of the mail program (RFC 8058); none for a letter that was asked for.
    """

    id: UUID
    to: str
    subject: str
    text: str
    unsubscribe: str | None = None


def as_message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as RFC 5322 text. `sender` is a bare address, whose domain names the message too."""
    message = EmailMessage()
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        if letter.unsubscribe.startswith("https://"):  # RFC 8058 section 3.1 wants nothing less
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="base64")
    return message
