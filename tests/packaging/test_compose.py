"""The compose file describes a deployment that comes up in order and gives nothing away."""

import re
from typing import Any

import pytest
import yaml

from service.cli import cli
from service.cli.serving import GRACEFUL_SECONDS, LONGEST_END_SECONDS
from service.settings import Settings
from tests.packaging.dockerfile import ROOT

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))[
    "services"
]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
API = {name: service for name, service in OURS.items() if service["command"] == ["serve"]}
ONE_SHOT = {name for name, service in SERVICES.items() if service["restart"] == "no"}


def _secrets(service: dict[str, Any]) -> dict[str, str]:
    named = re.compile(r"_(KEY|PASSWORD|URL)$")
    return {name: value for name, value in service["environment"].items() if named.search(name)}


def test_it_runs_two_api_processes_a_worker_and_a_database() -> None:
    assert {name: service["scale"] for name, service in API.items()} == {"api": 2}
    assert [service["command"] for name, service in OURS.items() if name not in ONE_SHOT | set(API)] == [
        ["worker"]
    ]
    assert SERVICES.keys() - OURS.keys() == {"database"}


def test_every_command_is_one_of_the_command_line() -> None:
    known = {
        command.name or command.callback.__name__ for command in cli.registered_commands if command.callback
    }
    assert {service["command"][0] for service in OURS.values()} <= known


@pytest.mark.parametrize("name", OURS)
def test_every_environment_name_is_a_setting(name: str) -> None:
    known = {f"ALLIANCE_{field.upper()}" for field in Settings.model_fields}
    assert OURS[name]["environment"].keys() <= known


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_are_asked_for_and_never_defaulted(name: str) -> None:
    secrets = _secrets(SERVICES[name])
    assert secrets
    assert all(re.search(r"\$\{\w+:\?[^}]+\}", value) for value in secrets.values())


@pytest.mark.parametrize("name", SERVICES)
def test_images_have_a_fixed_tag(name: str) -> None:
    _, tag = SERVICES[name]["image"].rsplit(":", 1)
    assert re.search(r"\d", tag)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_gains_no_rights_and_writes_only_where_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] or name == "seed"
    assert not service.keys() & {"privileged", "cap_add", "pid", "network_mode", "user"}
    assert not [volume for volume in service.get("volumes", []) if volume.startswith(("/", "."))]
    if name in OURS:
        assert service["cap_drop"] == ["ALL"]


def test_mail_outlives_the_worker_that_wrote_it() -> None:
    """The containers are read only: without a volume no mail could be laid down before SMTP is set."""
    assert SERVICES["worker"]["volumes"] == ["outbox:/var/lib/alliance/outbox"]


def test_only_the_api_is_published_and_only_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    ports = [port for group in published.values() for port in group]
    assert published.keys() == API.keys()
    assert all(port.startswith("127.0.0.1:") and port.endswith(":8000") for port in ports)


def test_as_many_api_processes_fit_as_there_are_ports() -> None:
    """`--scale api=3` gives each process a port of the range; a single one would refuse the second."""
    (port,) = API["api"]["ports"]
    first, last = map(int, port.split(":")[1].split("-"))
    assert last - first + 1 >= 3 * API["api"]["scale"]


def test_a_container_is_given_the_time_that_it_takes_to_end() -> None:
    seconds = {name: int(service["stop_grace_period"].rstrip("s")) for name, service in OURS.items()}
    draining = Settings.model_fields["drain_seconds"].default
    assert seconds["api"] > draining + GRACEFUL_SECONDS
    assert seconds["worker"] > LONGEST_END_SECONDS


def test_it_comes_up_in_order() -> None:
    """Database, then its schema, then its first rows, then what serves and works."""
    conditions = {
        name: {other: needed["condition"] for other, needed in service.get("depends_on", {}).items()}
        for name, service in SERVICES.items()
    }
    assert conditions["migrate"] == {"database": "service_healthy"}
    assert conditions["seed"] == {"migrate": "service_completed_successfully"}
    for name in OURS.keys() - ONE_SHOT:
        assert conditions[name]["seed"] == "service_completed_successfully"
    assert {"migrate", "seed"} == ONE_SHOT


def test_the_database_is_healthy_when_it_answers_over_the_network() -> None:
    assert SERVICES["database"]["healthcheck"]["test"][:3] == ["CMD", "pg_isready", "--host=127.0.0.1"]


def test_the_database_keeps_its_files_where_this_major_version_puts_them() -> None:
    database = SERVICES["database"]
    major = int(re.search(r"pg(\d+)", database["image"])[1])
    place = "/var/lib/postgresql" if major >= 18 else "/var/lib/postgresql/data"
    assert database["volumes"] == [f"database:{place}"]
    assert "C.UTF-8" in database["environment"]["POSTGRES_INITDB_ARGS"], "under C Korean trigrams are empty"


def test_the_api_is_watched_by_the_health_check_of_the_image() -> None:
    assert not [name for name, service in API.items() if "healthcheck" in service]
    assert all(
        service["healthcheck"] == {"disable": True} for name, service in OURS.items() if name not in API
    )
