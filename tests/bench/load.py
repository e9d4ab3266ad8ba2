"""A load generator over plain sockets: it takes a small part of what the service that answers it takes.

Requests are bytes made beforehand. `closed` keeps so many connections busy and tells how much is answered at
most; `open_loop` sends at random moments of a given rate and never waits for an answer before it sends the
next, so that a slow answer counts for all who come behind it.

No asyncio here: its loop wakes up at whole milliseconds, so that what should arrive one by one arrives in
groups, and it needs several times the processor for a request.
"""

import gc
import json
import random
import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

MOST_CONNECTIONS = 900
"""select(), which is the one to wait for less than a millisecond, takes file numbers under 1,024 only."""

_BREAK = b"\r\n\r\n"


def request(method: str, path: str, headers: Mapping[str, str], content: object = None) -> bytes:
    """The bytes of a request with JSON, or without a body."""
    body = b"" if content is None else json.dumps(content).encode()
    told = {"Host": "127.0.0.1", **headers}
    if body:
        told |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join(lines).encode() + _BREAK + body


@dataclass
class Sample:
    """What was answered: seconds of each request, and how many were not answered with success."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Successful answers a second."""
        return len(self.seconds) / self.elapsed

    def add(self, other: "Sample") -> None:
        """Count in what another slice of the same measurement saw."""
        self.seconds += other.seconds
        self.failures += other.failures
        self.elapsed += other.elapsed

    def note(self, seconds: float, told: int | str) -> None:
        """Count an answer by its status, or what became of it instead."""
        if isinstance(told, int) and told < 400:
            self.seconds.append(seconds)
        else:
            self.failures.append(str(told))

    def quantile(self, share: float) -> float:
        """The seconds that this share of the answers did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Connection:
    """One kept-alive connection to a server of this machine; one request at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()
        self.asked_at: float | None = None
        """Since when an answer is waited for; None for a connection that is free."""

    def ask(self, made: bytes, at: float) -> None:
        """Send a request whose time runs from `at`. Raises OSError when the other side has ended it."""
        self.asked_at = at
        self.socket.sendall(made)

    def read(self) -> int | None:
        """The status once the whole answer is here. Raises OSError when the other side ends before."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionResetError("closed before the answer")
        self._received += data
        end = self._received.find(_BREAK)
        if end < 0:
            return None
        head = bytes(self._received[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(self._received) < end + len(_BREAK) + length:
            return None
        self._received.clear()
        return int(head[9:12])


class Crowd:
    """Connections, and what comes back over them.

    No garbage is collected meanwhile: whoever is asked would pay for the pause of who asks.
    """

    def __init__(self, port: int) -> None:
        self.sample = Sample()
        self._port = port
        self._selector = selectors.SelectSelector()
        self._free: list[Connection] = []
        self._began = 0.0

    def __enter__(self) -> Self:
        gc.collect()
        gc.disable()
        self._began = time.perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        self.sample.elapsed = time.perf_counter() - self._began
        gc.enable()
        for key in list(self._selector.get_map().values()):
            key.data.socket.close()
        self._selector.close()

    @property
    def asking(self) -> int:
        """How many wait for an answer."""
        return len(self._selector.get_map()) - len(self._free)

    @property
    def may_ask(self) -> bool:
        """Whether a connection is free or can be opened."""
        return bool(self._free) or len(self._selector.get_map()) < MOST_CONNECTIONS

    def ask(self, made: bytes, at: float) -> None:
        """Send over a connection that is free, or over a new one."""
        connection = self._free.pop() if self._free else self._opened()
        try:
            connection.ask(made, at)
        except OSError as error:
            self._lost(connection, error)

    def take(self, seconds: float) -> None:
        """Count the answers that come within that time, or the first ones."""
        for key, _ in self._selector.select(seconds):
            connection: Connection = key.data
            try:
                status = connection.read()
            except OSError as error:
                self._lost(connection, error)
                continue
            if status is not None and connection.asked_at is not None:
                self.sample.note(time.perf_counter() - connection.asked_at, status)
                connection.asked_at = None
                self._free.append(connection)

    def _opened(self) -> Connection:
        connection = Connection(self._port)
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        return connection

    def _lost(self, connection: Connection, error: OSError) -> None:
        """The server ends those that were idle for some seconds; only one that owed an answer failed."""
        if connection.asked_at is None:
            self._free.remove(connection)
        else:
            self.sample.note(0.0, type(error).__name__)
        self._selector.unregister(connection.socket)
        connection.socket.close()


def closed(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Sample:
    """As much as it answers: every connection sends the next request when its last one is answered.

    Ends with the requests, or after so many seconds.
    """
    with Crowd(port) as crowd:
        until = time.perf_counter() + seconds
        made: bytes | None = b""
        while made is not None or crowd.asking:
            while crowd.asking < connections and (made := _next(requests, until)) is not None:
                crowd.ask(made, time.perf_counter())
            crowd.take(1.0)
    return crowd.sample


def _next(requests: Iterator[bytes], until: float) -> bytes | None:
    return next(requests, None) if time.perf_counter() < until else None


def open_loop(
    port: int, requests: Iterator[bytes], rate: float, seconds: float, chance: random.Random
) -> Sample:
    """Requests at random moments (a Poisson process), each on a connection that is free, or a new one.

    The time of a request runs from its moment, also when it could not be sent at once.
    """
    with Crowd(port) as crowd:
        due = time.perf_counter() + chance.expovariate(rate)
        end = due + seconds
        while due < end or crowd.asking:
            while due < end and due <= time.perf_counter() and crowd.may_ask:
                crowd.ask(next(requests), due)
                due += chance.expovariate(rate)
            ahead = due - time.perf_counter() if due < end and crowd.may_ask else 1.0
            crowd.take(max(ahead, 0.0))
    return crowd.sample
