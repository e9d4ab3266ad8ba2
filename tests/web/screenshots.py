"""Screenshots of the main pages over the demo data, narrow and wide: `make screenshots`.

The service runs on a data folder of its own, with some decisions recorded, so that no list is empty.
Pictures hold 256 colours, which pages never exceed to the eye, and stay small enough to be committed.
"""

import argparse
import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from service.app import create_app
from service.business_status.nts import make_register
from service.cli.preparation import database_of, fill, prepare_matching
from service.cli.terminal import say
from service.db.migrate import migrate
from service.db.session import Database
from service.jobs.services import LazyEncoder, Services
from service.jobs.worker import make_worker_app, run_worker
from service.recommendations.matching_engine import load_encoder
from service.seeding import DEMO_ACCOUNT_MANAGER, DEMO_ADMIN, DEMO_MANUFACTURER, DEMO_SUPPLIER, is_empty
from service.settings import Seed, Settings
from tests.factories.aside import run_aside
from tests.web.browsing import DESKTOP, PHONE, Site, launch, serving

DATA = Path(".alliance/screenshots-service")
PICTURES = Path(".alliance/screenshots")
SIZES = {"desktop": DESKTOP, "phone": PHONE}
COLOURS = 256
NEEDS_DECIDED_ON = 12
VERDICTS = ("shortlisted", "introduced", "contracted", "rejected")


@dataclass(frozen=True)
class Shot:
    """One page. `pressed` names the button to press first; ids in braces are filled in."""

    name: str
    path: str
    person: str = ""
    pressed: str = ""


SHOTS = (
    Shot("home", "/"),
    Shot("try", "/try?example=inspection", pressed="맞는 공급기업 보기"),
    Shot("suppliers", "/suppliers?category=VISION"),
    Shot("supplier", "/suppliers/{supplier_id}"),
    Shot("programme", "/programmes/SMART_FACTORY_GRANT"),
    Shot("cluster", "/clusters/{cluster_id}", DEMO_ACCOUNT_MANAGER),
    Shot("installment", "/calculators/installment"),
    Shot("comparison", "/calculators/comparison"),
    Shot("register-supplier", "/register/supplier"),
    Shot("register-manufacturer", "/register/manufacturer"),
    Shot("own-supplier", "/supplier", DEMO_SUPPLIER),
    Shot("leads", "/supplier/leads", DEMO_SUPPLIER),
    Shot("own-need", "/manufacturer/needs/{own_need_id}", DEMO_MANUFACTURER),
    Shot("desk", "/desk", DEMO_ACCOUNT_MANAGER),
    Shot("ranked-list", "/desk/needs/{need_id}", DEMO_ACCOUNT_MANAGER),
    Shot("pipeline", "/desk/pipeline", DEMO_ACCOUNT_MANAGER),
    Shot("dashboard", "/dashboard", DEMO_ACCOUNT_MANAGER),
    Shot("fund", "/fund", DEMO_ADMIN),
    Shot("administration", "/admin", DEMO_ADMIN),
)


def main() -> None:
    """Take them all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these: " + ", ".join(each.name for each in SHOTS))
    parser.add_argument("--folder", type=Path, default=PICTURES)
    parser.add_argument("--whole", action="store_true", help="the whole page, not what a screen shows of it")
    asked = parser.parse_args()
    wanted = [each for each in SHOTS if not asked.names or each.name in asked.names]
    settings = Settings(
        data_dir=DATA.resolve(), database_url=None, seed=Seed.DEMO, rate_limit="off", log_level="ERROR"
    )
    with _service(settings) as address, sync_playwright() as playwright:
        site = Site(launch(playwright), address)
        password = settings.demo_password_file.read_text(encoding="utf-8").strip()
        ids = _ids(address, password)
        for shot, (size, pixels) in itertools.product(wanted, SIZES.items()):
            target = asked.folder / f"{shot.name}-{size}.png"
            with site.visit(size=pixels) as context:
                say(_taken(context.new_page(), shot, ids, password, target, whole=asked.whole))


@contextmanager
def _service(settings: Settings) -> Iterator[str]:
    """The whole service with the demo data, in this process; gives its address."""
    with database_of(settings) as database:
        migrate(database.engine)
        fresh = is_empty(database)
        fill(database, settings)
        encoder = prepare_matching(database, settings) or load_encoder(settings)
        app = create_app(settings, database, encoder=encoder)
        app.state.matching.refresh()
        _work(app, database, LazyEncoder(lambda: encoder), settings)
        with serving(app) as address:
            if fresh:
                _decide(address, settings.demo_password_file.read_text(encoding="utf-8").strip())
            yield address


def _work(app: FastAPI, database: Database, encoder: LazyEncoder, settings: Settings) -> None:
    """Run the jobs that wait: clusters, among others."""
    services = Services(database, encoder, make_register(settings), app.state.matching.caught_up, settings)
    run_aside(run_worker(make_worker_app(database.url), services, wait=False))


def _decide(address: str, password: str) -> None:
    """Decide as an account manager would, so that the desk has something to show."""
    with _signed_in(address, DEMO_ACCOUNT_MANAGER, password) as api:
        needs = _items(api, "/v1/needs", limit=NEEDS_DECIDED_ON)
        for need, verdict in zip(needs, itertools.cycle(VERDICTS), strict=False):
            run = api.get(f"/v1/needs/{need['id']}/recommendations").raise_for_status().json()
            body = {"supplier_id": run["items"][0]["supplier"]["id"], "verdict": verdict}
            api.post(f"/v1/recommendations/{run['run_id']}/feedback", json=body).raise_for_status()


def _ids(address: str, password: str) -> dict[str, str]:
    with _signed_in(address, DEMO_MANUFACTURER, password) as api:
        own_need = _items(api, "/v1/needs", limit=1)
    with _signed_in(address, DEMO_ACCOUNT_MANAGER, password) as api:
        found = {
            "supplier_id": _items(api, "/v1/suppliers", category="VISION", limit=1),
            "need_id": _items(api, "/v1/needs", status="open", limit=1),
            "cluster_id": _items(api, "/v1/clusters", limit=1),
        }
    return {name: rows[0]["id"] for name, rows in (found | {"own_need_id": own_need}).items() if rows}


def _taken(page: Page, shot: Shot, ids: dict[str, str], password: str, target: Path, *, whole: bool) -> str:
    """Take one picture; returns what to tell about it."""
    if shot.person:
        page.goto("/sign-in")
        page.fill("#email", shot.person)
        page.fill("#password", password)
        page.get_by_role("main").get_by_role("button", name="로그인").click()
    path = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "nothing"), shot.path)
    answer = page.goto(path)
    if answer is None or not answer.ok:
        return f"{path}: 아직 없는 화면입니다"
    if shot.pressed:
        page.get_by_role("button", name=shot.pressed).click()
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=whole)
    _shrink(target)
    return f"{target}: {target.stat().st_size // 1024} KB"


def _shrink(picture: Path) -> None:
    with Image.open(picture) as taken:
        few = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


@contextmanager
def _signed_in(address: str, email: str, password: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as api:
        answer = api.post("/v1/auth/token", data={"username": email, "password": password})
        api.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        yield api


def _items(api: httpx.Client, path: str, **asked: str | int) -> Sequence[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get(path, params=asked).raise_for_status().json()["items"]
    return items


if __name__ == "__main__":
    main()
