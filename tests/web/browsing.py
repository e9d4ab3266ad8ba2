"""A browser on the service: Chromium without a window, driven by Playwright.

The service runs in a thread of the test's own process, so that a test can make things in the database and
see them in the browser.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Playwright

from service.web.visitor import COOKIE

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The system's Chromium; `CHROMIUM` names another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def launch(playwright: Playwright) -> Browser:
    """A browser for the tests. Without one they are skipped, but never where everything must be tried."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: .ci/run installs it")
        pytest.skip("no Chromium is installed (CHROMIUM=/path/to/one names it)")
    return playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--lang=ko-KR"]
    )


@dataclass(frozen=True)
class Site:
    """The service as a browser sees it."""

    browser: Browser
    address: str

    @contextmanager
    def visit(
        self, cookie: str | None = None, *, size: dict[str, int] | None = None, scripts: bool = True
    ) -> Iterator[BrowserContext]:
        """A fresh browser, signed in with that cookie, of that size, with scripts or without."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport=size or DESKTOP,
            java_script_enabled=scripts,
            locale="ko-KR",
            timezone_id="Asia/Seoul",
        )
        context.set_default_timeout(10_000)
        if cookie:
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": self.address}])
        try:
            yield context
        finally:
            context.close()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a free port of this machine, in a thread; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
