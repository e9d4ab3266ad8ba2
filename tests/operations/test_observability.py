"""The dashboard, the alerts and the table of metrics speak of what the service really tells."""

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.cli import serving
from service.cli.terminal import CommandError
from service.db.session import Database
from service.jobs.services import LazyEncoder
from service.observability.readings import Readings
from service.recommendations.matching_engine import MatchingEngine
from service.settings import Settings
from tests.factories.encoders import CountingEncoder

FOLDER = Path(__file__).parents[2] / "service" / "observability"
ROOT = FOLDER.parents[1]
METRIC = re.compile(r"\balliance_[a-z_]+")
PART_OF_HISTOGRAM = re.compile(r"_(bucket|sum|count)$")


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def dashboard() -> list[str]:
    panels = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def alerts() -> list[dict[str, Any]]:
    return [rule for group in read("alerts.yml")["groups"] for rule in group["rules"]]


def metrics_in(expressions: list[str]) -> set[str]:
    return {PART_OF_HISTOGRAM.sub("", name) for each in expressions for name in METRIC.findall(each)}


@pytest.fixture(scope="module")
def told(
    settings: Settings, own_database: Database, encoder: CountingEncoder, intent: None
) -> dict[str, str]:
    """Every metric of a service that is ready, with its type."""
    engine = MatchingEngine(own_database, LazyEncoder(lambda: encoder), settings.intent_dir)
    engine.refresh()
    text = Readings(settings, own_database).told(engine, money=True).decode()
    return dict(re.findall(r"^# TYPE (alliance_\S+) (\S+)$", text, re.MULTILINE))


def test_every_metric_is_documented_with_its_type_and_no_other(told: dict[str, str]) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `(alliance_\w+)` \| (\w+) \|", readme, re.MULTILINE))
    assert documented == told


def test_dashboard_and_alerts_name_metrics_that_exist(told: dict[str, str]) -> None:
    shown, watched = metrics_in(dashboard()), metrics_in([rule["expr"] for rule in alerts()])
    assert len(shown) > 20
    assert len(watched) >= 10
    assert (shown | watched) - told.keys() == set()


def test_every_metric_is_on_the_dashboard(told: dict[str, str]) -> None:
    assert told.keys() - metrics_in(dashboard()) == set()


def test_labels_that_are_asked_for_are_documented() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    labels = dict(re.findall(r"^\| `(alliance_\w+)` \| \w+ \| ([^|]*)\|", readme, re.MULTILINE))
    expressions = [*dashboard(), *(rule["expr"] for rule in alerts())]
    asked = {pair for each in expressions for pair in re.findall(r"(alliance_\w+)\{(\w+)[=~]", each)}
    assert len(asked) > 3
    for metric, label in asked:
        found = labels.get(metric) or labels[PART_OF_HISTOGRAM.sub("", metric)]
        assert f"`{label}`" in found, metric


def test_every_alert_says_in_korean_where_to_look() -> None:
    for rule in alerts():
        assert re.search(r"[가-힣].*(주세요)\.$", rule["annotations"]["summary"]), rule["alert"]
        assert rule["labels"]["severity"] in {"warning", "critical"}


def test_the_compose_file_watches_every_process_that_the_service_runs() -> None:
    base = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    beside = read("compose.yaml")["services"]
    asked = {
        name: group["port"]
        for job in read("prometheus.yml")["scrape_configs"]
        for group in job["dns_sd_configs"]
        for name in group["names"]
    }
    serving = {name for name, service in base.items() if service.get("command") in (["serve"], ["worker"])}
    assert asked.keys() == serving
    known = {f"ALLIANCE_{field.upper()}" for field in Settings.model_fields}
    assert all(set(beside[name]["environment"]) <= known for name in serving)
    assert beside["worker"]["environment"]["ALLIANCE_WORKER_METRICS_PORT"] == str(asked["worker"])


def test_what_the_compose_file_adds_is_pinned_published_here_only_and_asks_for_its_secrets() -> None:
    compose = read("compose.yaml")
    added = {name: service for name, service in compose["services"].items() if "image" in service}
    for service in added.values():
        assert re.search(r":v?\d+\.\d+\.\d+$", service["image"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    assert re.search(r"ALLIANCE_METRICS_TOKEN:\?", text)
    assert re.search(r"GRAFANA_PASSWORD:\?", text)
    for config in compose["configs"].values():
        assert "content" in config or (ROOT / config["file"]).exists()


def test_a_workers_port_that_is_taken_is_told_with_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(worker_metrics_port=taken.getsockname()[1])
        with pytest.raises(CommandError, match="ALLIANCE_WORKER_METRICS_PORT"):
            serving._tell_metrics(settings)
