"""A server that ends without a failed request."""

import signal
import time
from types import FrameType

import uvicorn

from service.kit.drain import Drain


class DrainingServer(uvicorn.Server):
    """At SIGTERM it says that it ends, answers for `seconds` more, then stops listening and ends what runs.

    The pause is for the proxy in front, which has to notice that `/readyz` refuses. As long as connections
    are kept alive (5 s), it leaves none open on which a client could still send. A second signal, or Ctrl-C,
    ends the pause.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._seconds = seconds
        self._listens_until: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain, or go at once."""
        waits = sig == signal.SIGTERM and self._seconds > 0 and self.started and not self._drain.begun
        self._drain.begin()
        if waits:
            self._captured_signals.append(sig)
            self._listens_until = time.monotonic() + self._seconds
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Asked ten times a second whether to stop listening."""
        if self._listens_until is not None and time.monotonic() >= self._listens_until:
            self.should_exit = True
        return await super().on_tick(counter)
