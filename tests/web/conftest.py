"""What tests of pages may ask for: a browser on the service, and people with their cookies."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from tests.factories.world import World
from tests.web.browsing import Site, launch, serving


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(matching_app: FastAPI) -> Iterator[str]:
    """The address of the service that the browser visits; the world of the test is behind it."""
    with serving(matching_app) as address:
        yield address


@pytest.fixture
def site(browser: Browser, served: str, world: World) -> Site:
    """The service over the world of this test, in a browser."""
    return Site(browser, served)
