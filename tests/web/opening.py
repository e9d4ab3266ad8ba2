"""Opening pages over HTTP, as somebody, without a browser."""

import re

from httpx2 import Response
from starlette.testclient import TestClient

from service.web.visitor import COOKIE
from tests.factories.world import World

AS_A_BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def open_page(world: World, actor: str, path: str) -> Response:
    """What that person's browser gets, redirects not followed."""
    return _as(world, actor).get(path, headers=AS_A_BROWSER, follow_redirects=False)


def send_form(world: World, actor: str, path: str, fields: dict[str, str | list[str]]) -> Response:
    """What comes of a form, redirects not followed."""
    return _as(world, actor).post(path, data=fields, headers=AS_A_BROWSER, follow_redirects=False)


def text_of(response: Response) -> str:
    """What the page says, without its tags."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", response.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def _as(world: World, actor: str) -> TestClient:
    client = TestClient(world.client.app, raise_server_exceptions=False)
    cookie = world.cookie(actor)
    if cookie:
        client.cookies.set(COOKIE, cookie)
    return client
