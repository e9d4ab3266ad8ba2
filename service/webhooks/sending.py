"""One try to hand a message over: one POST to a checked address, no redirect followed, within seconds."""

import contextlib
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore

from service.kit import clock
from service.settings import Settings
from service.webhooks.addresses import (
    AddressError,
    Resolve,
    allowed_address,
    check_url,
    resolved_by_system,
)

SECONDS = 8.0
"""For all of it: connecting, TLS, sending and reading."""
READ_BYTES = 1024
"""So much of an answer is read and kept."""
USER_AGENT = "alliance-webhooks/1"

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Outcome:
    """What became of a try: the status and the beginning of the answer, or why there is none.

    `fault` is None where the receiver took the message, else a code of `service.messages.webhooks.FAULTS`.
    `asked_wait` is for how long the receiver asks to be left alone.
    """

    status: int | None
    fault: str | None
    response: str = ""
    asked_wait: timedelta = timedelta(0)


@dataclass(frozen=True)
class Sender:
    """Sends to public addresses only; with `loopback` to this machine too, for trials."""

    loopback: bool = False
    resolve: Resolve = resolved_by_system
    seconds: float = SECONDS

    def check(self, url: str) -> None:
        """Refuse an address that nothing would be sent to. Raises AddressError."""
        check_url(self.resolve, url, loopback=self.loopback)

    def send(self, url: str, headers: Mapping[str, str], payload: str) -> Outcome:
        """Try once; whatever goes wrong is an outcome."""
        network = _CheckedNetwork(self, plain=url.startswith("http:"))
        own = {"content-type": "application/json", "user-agent": USER_AGENT, "accept-encoding": "identity"}
        sent = [*own.items(), *headers.items()]
        try:
            with (
                httpcore.ConnectionPool(ssl.create_default_context(), network_backend=network) as pool,
                pool.stream("POST", url, headers=sent, content=payload.encode()) as answer,
            ):
                return _outcome(answer.status, answer.headers, _beginning(answer.iter_stream()))
        except AddressError as refusal:
            return Outcome(None, str(refusal).removeprefix("webhook_"))
        except httpcore.TimeoutException:
            return Outcome(None, "timed_out")
        except ssl.SSLError:
            return Outcome(None, "tls_failed")
        except httpcore.ProtocolError:
            return Outcome(None, "answer_unreadable")
        except httpcore.NetworkError:
            return Outcome(None, "not_connected")


def sender_of(settings: Settings) -> Sender:
    """As the settings have it."""
    return Sender(loopback=settings.webhook_loopback == "on")


def _outcome(status: int, headers: Headers, response: str) -> Outcome:
    if 200 <= status < 300:
        return Outcome(status, None, response)
    fault = "gone" if status == 410 else "redirected" if 300 <= status < 400 else "refused"
    return Outcome(status, fault, response, _asked_wait(headers))


def _asked_wait(headers: Headers) -> timedelta:
    """What `Retry-After` says (RFC 9110, 10.2.3), in seconds or as a date; nothing where it is unreadable."""
    asked = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    text = asked.decode("ascii", "replace").strip()
    with contextlib.suppress(ValueError, OverflowError):
        if text.isdecimal():
            return timedelta(seconds=int(text))
        return max(parsedate_to_datetime(text).replace(tzinfo=UTC) - clock.now(), timedelta(0))
    return timedelta(0)


def _beginning(chunks: Iterable[bytes]) -> str:
    """The first bytes as text that a database can store; the status has told already what became of it."""
    read = b""
    with contextlib.suppress(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        for chunk in chunks:
            read += chunk
            if len(read) >= READ_BYTES:
                break
    return read[:READ_BYTES].decode(errors="ignore").replace("\x00", "")


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connects to an address that was judged a moment ago, whatever the name says; the host that is asked
    for and that TLS proves stays the name. Everything together ends when the seconds are over.
    """

    def __init__(self, sender: Sender, *, plain: bool) -> None:
        self._sender = sender
        self._plain = plain
        self._system = httpcore.SyncBackend()
        self._ends_at = time.monotonic() + sender.seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A stream to the judged address. Raises AddressError."""
        address = allowed_address(
            self._sender.resolve, host, port, loopback=self._sender.loopback, plain=self._plain
        )
        connected = self._system.connect_tcp(
            address, port, _left(self._ends_at), local_address, socket_options
        )
        return _TimedStream(connected, self._ends_at)


class _TimedStream(httpcore.NetworkStream):
    """A stream whose reads and writes all end at one time: a receiver that trickles holds nobody up."""

    def __init__(self, stream: httpcore.NetworkStream, ends_at: float) -> None:
        self._stream = stream
        self._ends_at = ends_at

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came."""
        return self._stream.read(max_bytes, _left(self._ends_at))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._stream.write(buffer, _left(self._ends_at))

    def close(self) -> None:
        """Let go."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same over TLS, proven to be that host. Raises ssl.SSLError."""
        try:
            over_tls = self._stream.start_tls(ssl_context, server_hostname, _left(self._ends_at))
        except httpcore.ConnectError as error:
            cause = error.__cause__ or error.__context__
            raise cause if isinstance(cause, ssl.SSLError) else error from None
        return _TimedStream(over_tls, self._ends_at)

    def get_extra_info(self, info: str) -> Any:
        """What the stream tells of itself."""
        return self._stream.get_extra_info(info)


def _left(ends_at: float) -> float:
    """The seconds that are left. Raises httpcore.ReadTimeout when none are."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
