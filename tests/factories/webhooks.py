"""Receivers of webhooks: what is registered, and one that listens on this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NOBODY_LISTENS = "http://127.0.0.1:9/hooks"
"""The port that discards: nothing listens there."""


def endpoint(**changes: Any) -> dict[str, Any]:
    """The body of a registration."""
    return {"url": NOBODY_LISTENS, "description": "얼라이언스 누리집"} | changes


@dataclass
class Receiver:
    """What came, and what is answered: `status` with `body`, in pieces when it trickles."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    trickles: bool = False
    received: list[tuple[dict[str, str], str]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The webhook-id of each that came."""
        return [headers["webhook-id"] for headers, _ in self.received]


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver on a free port of this machine, in a thread."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.received.append(({name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(receiver.status)
            for name, text in receiver.headers.items():
                self.send_header(name, text)
            if receiver.trickles:
                self._trickle()
                return
            if receiver.status != 204:
                self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            if receiver.status != 204:
                self.wfile.write(receiver.body)

        def _trickle(self) -> None:
            """A header that never ends, a byte at a time, each in good time."""
            try:
                for _ in range(100):
                    self.wfile.write(b"X-More: 1\r\n")
                    time.sleep(0.02)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
