"""The image works: the Dockerfile's steps in a clean environment, in another folder, as another user."""

import contextlib
import json
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from service.db.embedded import EmbeddedPostgres
from tests.factories import companies
from tests.factories.ports import free_port
from tests.packaging.dockerfile import ROOT, copy_context, read_stages
from tests.packaging.image import Image

pytestmark = pytest.mark.packaging
PACKAGES = ("matching", "service", "seed_data")
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
OPERATOR = {
    "POSTGRES_PASSWORD": "given",
    "ALLIANCE_SECRET_KEY": "a-key-of-the-packaging-tests-0123456789",
    "ALLIANCE_ADMIN_PASSWORD": "a-long-password-of-the-tests",
}
SIGN_IN = {"username": "admin@alliance.example", "password": OPERATOR["ALLIANCE_ADMIN_PASSWORD"]}
START_SECONDS = 90
END_SECONDS = 30


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    root = Path(tempfile.mkdtemp(prefix="alliance-image-"))  # pytest's own folders are closed to other users
    root.chmod(0o755)
    try:
        (root / "context").mkdir()
        copy_context(root / "context")
        built = Image(root, root / "context")
        built.build(read_stages(ROOT / "Dockerfile"))
        yield built
    finally:
        shutil.rmtree(root)


@pytest.fixture(scope="module")
def database_url(image: Image) -> Iterator[str]:
    cluster = EmbeddedPostgres(image.root / "database")
    yield cluster.start()
    cluster.stop()


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for package in PACKAGES
        for path in (folder / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def _installed(image: Image) -> Path:
    (place,) = image.root.glob("opt/alliance/venv/lib/python*/site-packages")
    return place


def test_the_installed_packages_hold_every_file_and_no_other(image: Image) -> None:
    assert _files(_installed(image)) == _files(image.context)


def test_the_encoder_is_in_the_image_and_no_secret_is(image: Image) -> None:
    visible = {path.name for path in image.data_folder.iterdir() if not path.name.startswith(".")}
    assert visible == {"encoder", "outbox"}


def test_the_code_runs_from_where_it_is_installed(image: Image) -> None:
    where = (
        "import service, matching, seed_data; print(service.__file__, matching.__file__, seed_data.__file__)"
    )
    places = image.run(["python", "-c", where]).stdout.split()
    assert [Path(place).parents[1] for place in places] == [_installed(image)] * 3


def test_the_command_line_lists_its_commands(image: Image) -> None:
    listed = image.run([*image.entrypoint, "--help"])
    assert listed.returncode == 0, listed.stderr
    assert all(command in listed.stdout for command in ("run", "serve", "worker", "migrate", "seed"))


def test_the_api_document_is_printed(image: Image) -> None:
    printed = image.run([*image.entrypoint, "openapi"], environment=OPERATOR)
    assert printed.returncode == 0, printed.stderr
    assert "/v1/suppliers" in json.loads(printed.stdout)["paths"]


def test_it_does_not_serve_other_machines_without_a_key(image: Image) -> None:
    refused = image.run([*image.entrypoint, *image.command])
    assert refused.returncode == 2
    assert "ALLIANCE_SECRET_KEY" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_services_of_the_compose_file_come_up_work_together_and_end(
    image: Image, database_url: str
) -> None:
    """A supplier registered at one API process and embedded by the worker is recommended by the other."""
    finished = [image.run(*_container(name, database_url)) for name in ("migrate", "seed")]
    assert [(done.returncode, done.stderr) for done in finished] == [(0, "")] * 2

    with _read_only(image.data_folder), contextlib.ExitStack() as running:
        first, second = (
            running.enter_context(_running(image, name, database_url)) for name in ("api", "api")
        )
        running.enter_context(_running(image, "worker", database_url))
        supplier_id = first.post("/v1/suppliers", json=companies.supplier()).raise_for_status().json()["id"]
        token = first.post("/v1/auth/token", data=SIGN_IN).raise_for_status().json()["access_token"]
        second.headers["Authorization"] = f"Bearer {token}"
        second.post(f"/v1/suppliers/{supplier_id}/approval").raise_for_status()
        assert _eventually(lambda: second.get("/readyz").is_success), _logs(image)
        assert _eventually(lambda: supplier_id in _recommended(second), pause_seconds=1), _logs(image)


def _logs(image: Image) -> str:
    return "\n".join(f"{log.name}:\n{log.read_text(encoding='utf-8')}" for log in image.root.glob("*.log"))


def _recommended(api: httpx.Client) -> list[str]:
    answer = api.post("/v1/recommendations/preview", json=companies.preview())
    return [item["supplier"]["id"] for item in answer.json()["items"]] if answer.is_success else []


def _container(name: str, database_url: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of a service in the compose file; the operator has given the secrets."""
    service = SERVICES[name]
    environment = {
        setting: re.sub(r"\$\{(\w+):(.)([^}]*)\}", _given_or_default, value)
        for setting, value in service["environment"].items()
    }
    return ["alliance", *service["command"]], environment | {"ALLIANCE_DATABASE_URL": database_url}


def _given_or_default(match: re.Match[str]) -> str:
    name, how, text = match.groups()
    return OPERATOR[name] if how == "?" else OPERATOR.get(name, text)


@contextlib.contextmanager
def _running(image: Image, name: str, database_url: str) -> Iterator[httpx.Client]:
    """A client of a service that is healthy, or says that it is ready; it must end on SIGTERM."""
    command, environment = _container(name, database_url)
    port = free_port()
    environment["ALLIANCE_PORT"] = str(port)
    log = image.root / f"{name}-{port}.log"
    with log.open("w") as output:
        process = image.start(command, environment=environment, stdout=output, stderr=subprocess.STDOUT)

    def healthy() -> bool:
        return image.run(image.health_check, environment=environment).returncode == 0

    def ready() -> bool:
        return "준비되었습니다" in log.read_text(encoding="utf-8")

    try:
        assert _eventually(ready if name == "worker" else healthy), log.read_text(encoding="utf-8")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        ended = process.wait(timeout=END_SECONDS)
    assert ended == 0, log.read_text(encoding="utf-8")
    assert name == "worker" or not healthy()


@contextlib.contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    folder.chmod(0o555)
    yield
    folder.chmod(0o755)


def _eventually(holds: Callable[[], bool], pause_seconds: float = 0.2) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_seconds)
    return True
