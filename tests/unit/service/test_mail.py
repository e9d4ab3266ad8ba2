"""Mail: a file in the outbox by default, SMTP when a server is set, and faults name nobody."""

import socket
import socketserver
import stat
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest

from service.mail.carriers import MailError, Outbox, SmtpServer, carrier_of
from service.mail.letters import Letter
from service.settings import Settings, SettingsError

LETTER = Letter(
    UUID(int=7), "kim@company.example", "비밀번호를 정해 주세요", "안녕하세요.\n링크: https://a.example\n"
)
SENDER = "no-reply@alliance.example"


class Receiving(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as taking a letter needs; keeps what it was told in `server.said`."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        for raw in self.rfile:
            line = raw.decode().strip()
            self.server.said.append(line)
            match line.split()[0].upper():
                case "EHLO":
                    self.wfile.write(b"250-test\r\n250 8BITMIME\r\n")
                case "RCPT" if self.server.refuses:
                    self.wfile.write(b"550 no such person\r\n")
                case "DATA":
                    self.wfile.write(b"354 go on\r\n")
                    self.server.letters.append(self._letter())
                    self.wfile.write(b"250 taken\r\n")
                case "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                case _:
                    self.wfile.write(b"250 ok\r\n")

    def _letter(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines)


class SmtpDouble(socketserver.ThreadingTCPServer):
    """A mail server on loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiving)
        self.said: list[str] = []
        self.letters: list[bytes] = []
        self.refuses = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def server() -> Iterator[SmtpDouble]:
    """A running one."""
    with SmtpDouble() as double:
        thread = threading.Thread(target=double.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield double
        double.shutdown()
        thread.join()


def test_without_a_server_letters_lie_in_the_outbox(tmp_path: Path) -> None:
    carrier_of(Settings(data_dir=tmp_path)).send(LETTER)
    (path,) = (tmp_path / "outbox").iterdir()
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert path.suffix == ".eml"
    assert (message["To"], message["From"], message["Subject"]) == (LETTER.to, SENDER, LETTER.subject)
    assert message.get_content() == LETTER.text


def test_a_letter_in_the_outbox_is_for_the_owner_only(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox", SENDER).send(LETTER)
    (path,) = (tmp_path / "outbox").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_letter_that_is_sent_twice_is_one_file(tmp_path: Path) -> None:
    for _ in range(2):
        Outbox(tmp_path, SENDER).send(LETTER)
    assert len(list(tmp_path.iterdir())) == 1


def test_an_outbox_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    with pytest.raises(MailError):
        Outbox(tmp_path / "outbox", SENDER).send(LETTER)


def test_with_a_server_letters_go_there(tmp_path: Path, server: SmtpDouble) -> None:
    carrier_of(Settings(data_dir=tmp_path, smtp_url=server.url, mail_from="mail@a.example")).send(LETTER)
    message = message_from_bytes(server.letters[0], policy=policy.default)
    assert (message["To"], message["From"]) == (LETTER.to, "mail@a.example")
    assert message["Message-ID"] == f"<{LETTER.id}@a.example>"
    assert message.get_content().splitlines() == LETTER.text.splitlines()
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_never_sent_without_tls(server: SmtpDouble) -> None:
    url = server.url.replace("smtp://", "smtp://user:open-sesame@")
    with pytest.raises(MailError):
        SmtpServer(url, SENDER).send(LETTER)
    assert not any(line.upper().startswith("AUTH") for line in server.said)
    assert server.letters == []


def test_a_fault_names_no_address(server: SmtpDouble) -> None:
    server.refuses = True
    with pytest.raises(MailError) as caught:
        SmtpServer(server.url, SENDER).send(LETTER)
    assert LETTER.to not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_server_that_is_not_there_is_a_fault() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nothing answers
        with pytest.raises(MailError):
            SmtpServer(f"smtp://127.0.0.1:{taken.getsockname()[1]}", SENDER).send(LETTER)


def test_an_address_of_another_kind_is_refused_without_repeating_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(data_dir=tmp_path, smtp_url="https://user:open-sesame@mail.example")
    assert "smtp://" in str(caught.value)
    assert "open-sesame" not in str(caught.value)
