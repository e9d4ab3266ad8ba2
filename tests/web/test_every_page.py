"""What holds for every page: who may see it, how large it is, that everyone can use it.

Pages are taken from the application itself, so that a new one cannot be forgotten.
"""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute

from service.web.site import AREAS
from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site
from tests.web.opening import open_page
from tests.web.page_rules import EVERYONE, PAGES, PageRule

ROLES = ("anonymous", "supplier", "manufacturer", "account_manager", "admin")
ASKED_WHILE_TYPING = "/checks/"
"""Short texts that a field asks for: no pages."""
LARGEST_PAGE = 100 * 1024
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
NOT_HTML = re.compile(r"\.(csv|xlsx|json|svg|txt)$")


def _opened() -> set[str]:
    """Every path of the website that answers to GET."""
    routes = (route for area in AREAS for route in area.router.routes)
    return {each.path for each in routes if isinstance(each, APIRoute) and "GET" in each.methods}


def address(world: World, path: str, owner: str | None) -> str:
    """The page with the ids of things that belong to that actor, or to somebody else."""
    query = PAGES[path].query
    filled = _PARAMETER.sub(lambda found: world.thing(found[1], owner), path)
    return f"{filled}?{query}" if query else filled


def _someone_allowed(rule: PageRule) -> str:
    return next(
        each
        for each in ("anonymous", "supplier", "manufacturer", "account_manager", "admin")
        if each in rule.allowed
    )


def _own(rule: PageRule, actor: str) -> str | None:
    return actor if rule.owner == actor else None


def test_every_page_has_a_rule_and_every_rule_a_page() -> None:
    assert {path for path in _opened() if not path.startswith(ASKED_WHILE_TYPING)} == set(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_whom_it_is_and_for_nobody_else(world: World, path: str) -> None:
    rule = PAGES[path]
    for actor in sorted(EVERYONE):
        answer = open_page(world, actor, address(world, path, _own(rule, actor)))
        if path == "/sign-in" and actor != "anonymous":
            assert answer.status_code == 303  # to where that person works
        elif actor in rule.allowed:
            assert answer.status_code == 200, (actor, answer.status_code, answer.text[:500])
        elif actor == "anonymous":
            assert answer.status_code == 303
            assert answer.headers["Location"].startswith("/sign-in?next=")
        else:
            assert answer.status_code == 403, actor


@pytest.mark.parametrize("path", [path for path, rule in PAGES.items() if rule.owner])
def test_nobody_sees_the_page_of_another_company(world: World, path: str) -> None:
    owner = PAGES[path].owner
    assert owner
    answer = open_page(world, owner, address(world, path, None))
    assert answer.status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small_and_runs_nothing_that_was_written_into_it(world: World, path: str) -> None:
    rule = PAGES[path]
    actor = _someone_allowed(rule)
    answer = open_page(world, actor, address(world, path, _own(rule, actor)))
    if NOT_HTML.search(path):
        return
    assert len(answer.content) < LARGEST_PAGE
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|javascript:", answer.text)


@pytest.mark.parametrize("path", [path for path in PAGES if not NOT_HTML.search(path)])
def test_everyone_can_use_a_page_on_a_phone_and_on_a_desk(site: Site, world: World, path: str) -> None:
    rule = PAGES[path]
    actor = _someone_allowed(rule)
    with site.visit(world.cookie(actor), size=PHONE) as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto(address(world, path, _own(rule, actor)))
        violations = Axe().run(page).response["violations"]
        assert not list(_told(violations)), "\n".join(_told(violations))
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, f"{wider} pixels wider than {size}"
        assert not said


def _told(violations: list[dict[str, object]]) -> Iterator[str]:
    for each in violations:
        for node in each["nodes"]:
            yield f"{each['id']}: {each['help']}: {node['html']}"
