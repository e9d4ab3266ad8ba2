"""A load generator over plain sockets: it takes a small part of what the service that answers it takes.

Requests are bytes made beforehand. `closed` keeps so many connections busy and tells how much is answered at
most; `open_loop` sends at random moments of a given rate and never waits for an answer before it sends the
next, so that a slow answer counts for all who come behind it.
"""

import asyncio
import json
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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

    async def note(self, held: "Connection", made: bytes) -> None:
        """Send over that connection, and count."""
        since = time.perf_counter()
        try:
            status = await held.send(made)
        except OSError as error:
            self.failures.append(type(error).__name__)
            held.close()
            return
        if status < 400:
            self.seconds.append(time.perf_counter() - since)
        else:
            self.failures.append(str(status))

    def quantile(self, share: float) -> float:
        """The seconds that this share of the answers did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Connection(asyncio.Protocol):
    """One kept-alive connection; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(_BREAK)
        if end < 0 or self._answered is None:
            return
        head = bytes(self._received[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(self._received) >= end + len(_BREAK) + length:
            self._received.clear()
            answered, self._answered = self._answered, None
            answered.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None:
            self._answered.set_exception(exc or ConnectionResetError("closed before the answer"))
            self._answered = None

    @property
    def is_open(self) -> bool:
        """False once either side has ended it."""
        return self._transport is not None and not self._transport.is_closing()

    async def send(self, made: bytes) -> int:
        """The status of the answer. Raises OSError when the connection ends before."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("closed before the request")
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(made)
        return await self._answered

    def close(self) -> None:
        """End it."""
        if self._transport is not None:
            self._transport.close()


async def connect(port: int) -> Connection:
    """A connection to a server of this machine."""
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(Connection, "127.0.0.1", port))[1]


async def closed(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Sample:
    """As much as it answers: every connection sends the next request when its last one is answered."""
    sample = Sample()
    held = [await connect(port) for _ in range(connections)]
    began = time.perf_counter()
    await asyncio.gather(*(_keep_busy(each, requests, began + seconds, sample) for each in held))
    sample.elapsed = time.perf_counter() - began
    for each in held:
        each.close()
    return sample


async def _keep_busy(held: Connection, source: Iterator[bytes], until: float, sample: Sample) -> None:
    while time.perf_counter() < until and held.is_open:
        await sample.note(held, next(source))


async def open_loop(
    port: int, requests: Iterator[bytes], rate: float, seconds: float, chance: random.Random
) -> Sample:
    """Requests at random moments (a Poisson process), each on a connection that is free, or a new one."""
    sample, free = Sample(), list[Connection]()
    running: set[asyncio.Task[None]] = set()
    began = due = time.perf_counter()
    while (due := due + chance.expovariate(rate)) < began + seconds:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        task = asyncio.create_task(_send(port, next(requests), free, sample))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    sample.elapsed = time.perf_counter() - began
    for each in free:
        each.close()
    return sample


async def _send(port: int, made: bytes, free: list[Connection], sample: Sample) -> None:
    while free and not free[-1].is_open:  # the server ends those that were idle for some seconds
        free.pop()
    held = free.pop() if free else await connect(port)
    await sample.note(held, made)
    if held.is_open:
        free.append(held)
