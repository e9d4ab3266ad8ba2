"""One command on a bare folder: it runs, the README is true, a kill loses nothing, Ctrl-C leaves nothing."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import seed_data
from matching.encoder_folder import prepare_encoder_folder
from tests.end_to_end.running import PATIENT, RunningService, copy_linked, lines_missing, snippets
from tests.factories.companies import supplier

README = Path(__file__).parents[2] / "README.md"

pytestmark = pytest.mark.slow_encoder


@pytest.fixture(scope="module")
def first_started(shared_folder: Path) -> Iterator[RunningService]:
    """A first start with demo data; only the encoder folder is shared with the other tests of the run."""
    folder = shared_folder / "newcomer"
    folder.mkdir()
    (folder / ".alliance").mkdir(mode=0o755)
    copy_linked(prepare_encoder_folder(shared_folder / "encoder"), folder / ".alliance" / "encoder")
    running = RunningService(folder)
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


@pytest.fixture
def service(first_started: RunningService) -> RunningService:
    """The service, started again when the test before has ended it."""
    if first_started.process is not None and first_started.process.poll() is not None:
        first_started.start()
    return first_started


def test_the_first_start_says_where_it_is_and_how_to_sign_in(service: RunningService) -> None:
    said = service.said()
    assert f"시작했습니다: {service.address}" in said
    assert f"API 문서: {service.address}/docs" in said
    assert "manager@alliance.example" in said
    assert service.get("/readyz") == {"status": "ready", "index": "current"}
    # The documentation page needs nothing from outside: every address in it is our own.
    page = httpx.get(f"{service.address}/docs", timeout=PATIENT).text
    assert "cdn" not in page
    first = httpx.get(f"{service.address}/", headers={"Accept": "text/html"}, timeout=PATIENT)
    assert "공장에서 힘든 일을 적으면" in first.text


def test_the_demo_plating_need_gets_suppliers_who_know_plating(service: RunningService) -> None:
    manager = service.sign_in("manager")
    title = next(row["title"] for row in seed_data.needs() if row["key"] == "N001")
    needs = service.get("/v1/needs?limit=100", manager)["items"]
    needs += service.get("/v1/needs?limit=100&cursor=" + _next(service, manager), manager)["items"]
    need = next(each for each in needs if each["title"] == title)

    answer = service.get(f"/v1/needs/{need['id']}/recommendations?limit=3", manager)

    assert len(answer["items"]) == 3
    first = service.get(f"/v1/suppliers/{answer['items'][0]['supplier']['id']}", manager)
    assert any("도금" in solution["processes"] for solution in first["solutions"])
    assert answer["considered"] >= 120
    assert {rule["code"] for rule in answer["excluded"]} >= {"region_not_served"}


def _next(service: RunningService, headers: dict[str, str]) -> str:
    cursor: str = service.get("/v1/needs?limit=100", headers)["next_cursor"]
    return cursor


def test_what_the_readme_shows_is_what_happens(service: RunningService) -> None:
    shown = snippets(README.read_text(encoding="utf-8"))
    assert len(shown) >= 5
    venv = service.folder / ".venv"
    venv.symlink_to(sys.prefix)
    marker = "--- next snippet ---"
    script = f"\necho; echo '{marker}'\n".join(snippet.script for snippet in shown)
    script = script.replace("http://127.0.0.1:8000", service.address)

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=service.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    for snippet, printed in zip(shown, done.stdout.split(marker), strict=True):
        assert lines_missing(snippet.shown, printed) == []
    assert (service.folder / "fund-loan.xlsx").read_bytes().startswith(b"PK")


def test_an_approved_supplier_is_recommended_within_seconds(service: RunningService) -> None:
    manager = service.sign_in("manager")
    body = supplier(summary="막걸리 술덧 당도를 초음파로 재는 장비를 만드는 회사입니다.", region="41")
    made = httpx.post(f"{service.address}/v1/suppliers", json=body, timeout=PATIENT).raise_for_status().json()
    path = f"/v1/suppliers/{made['id']}/approval"
    httpx.post(service.address + path, headers=manager, timeout=PATIENT).raise_for_status()
    question = {
        "title": "술덧 당도",
        "description": "막걸리 술덧 당도를 손으로 재느라 밤을 새웁니다.",
        "industry": "11",
        "region": "41",
    }

    def recommended() -> bool:
        answer = httpx.post(
            f"{service.address}/v1/recommendations/preview?limit=100",
            json=question,
            headers=manager,
            timeout=PATIENT,
        ).raise_for_status()
        return any(item["supplier"]["id"] == made["id"] for item in answer.json()["items"])

    deadline = time.monotonic() + PATIENT
    while not recommended():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_kill_in_the_middle_loses_nothing_that_was_acknowledged(service: RunningService) -> None:
    body = supplier()
    made = httpx.post(f"{service.address}/v1/suppliers", json=body, timeout=PATIENT).raise_for_status().json()

    service.kill()
    service.start()

    manager = service.sign_in("manager")
    kept = service.get(f"/v1/suppliers/{made['id']}", manager)
    assert kept["company_name"] == made["company_name"]
    assert "시연 데이터를 넣습니다" not in service.said()


def test_ctrl_c_stops_everything_postgresql_included(service: RunningService) -> None:
    assert service.postmaster_file.exists()
    service.stop()
    assert not service.postmaster_file.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{service.address}/healthz")
