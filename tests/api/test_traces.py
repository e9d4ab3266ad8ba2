"""Traces: from a request down to its statements, on to the jobs that it causes, and nobody's data in them."""

import sys
from collections.abc import Callable, Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from matching.stages import STAGES
from service.cli import checks, serving
from service.kit import tracing
from tests.factories import companies
from tests.factories.world import World
from tests.logs import found_in

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Where the spans of this test end up; other tests have no provider."""
    exporter = InMemorySpanExporter()
    provider = tracing.discreet_provider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    yield exporter
    provider.shutdown()


def above(span: ReadableSpan, spans: tuple[ReadableSpan, ...]) -> list[str]:
    """The names of the spans that it is in, the nearest first."""
    by_id = {each.context.span_id: each for each in spans if each.context}
    names = []
    while span.parent is not None and span.parent.span_id in by_id:
        span = by_id[span.parent.span_id]
        names.append(span.name)
    return names


def test_a_recommendation_is_one_trace_of_its_stages_and_their_statements(
    world: World, kept: InMemorySpanExporter
) -> None:
    need_id = world.thing("need_id", "manufacturer")
    world.catch_up()
    headers = world.person("account_manager").headers
    kept.clear()
    answer = world.client.get(f"/v1/needs/{need_id}/recommendations", headers=headers)
    assert answer.status_code == 200
    spans = kept.get_finished_spans()
    assert len({span.context.trace_id for span in spans if span.context}) == 1
    request = "GET /v1/needs/{need_id}/recommendations"
    stages = {span.name: above(span, spans) for span in spans if span.name.startswith("recommendation.")}
    assert stages.keys() == {f"recommendation.{name}" for name in ("load", *STAGES, "save")}
    assert all(names[-1] == request for names in stages.values())
    assert any(above(span, spans)[0] == "recommendation.save" for span in spans if span.name == "INSERT")
    (whole,) = [span for span in spans if span.name == request]
    assert whole.attributes is not None
    assert whole.attributes["alliance.request_id"] == answer.headers["X-Request-ID"]


def test_no_span_holds_what_a_person_typed(
    client: TestClient, kept: InMemorySpanExporter, run_jobs: Callable[[], None]
) -> None:
    typed = companies.supplier(company_name="비밀정밀")
    assert client.post("/v1/suppliers", json=typed).status_code == 201
    client.post("/v1/suppliers", json=typed)  # refused by the database's own words
    client.get("/v1/suppliers?q=비밀정밀&cursor=x")
    client.get("/v1/suppliers/01a20571-1241-77d9-942c-d8cfbf80bd23")
    run_jobs()
    written = "\n".join(span.to_json() for span in kept.get_finished_spans())
    assert "job embed_supplier" in written
    assert found_in(written) == []
    secret = ("비밀정밀", r"\ube44\ubc00", typed["business_number"], typed["contact"]["name"], "01a20571")
    assert [words for words in secret if words in written] == []


def test_a_job_links_to_the_request_that_caused_it(
    client: TestClient,
    kept: InMemorySpanExporter,
    run_jobs: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    client.post("/v1/suppliers", json=companies.supplier())
    run_jobs()
    spans = {span.name: span for span in kept.get_finished_spans()}
    job, request = spans["job embed_supplier"], spans["POST /v1/suppliers"]
    assert job.context is not None
    assert request.context is not None
    assert [link.context.span_id for link in job.links] != []
    assert {link.context.trace_id for link in job.links} == {request.context.trace_id}
    assert job.context.trace_id != request.context.trace_id
    log = capsys.readouterr().err
    assert trace.format_trace_id(job.context.trace_id) in log
    assert trace.format_trace_id(request.context.trace_id) in log


def test_a_failure_is_told_by_its_type(kept: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="김가나"), tracing.span("work"):
        raise ValueError("김가나")
    (span,) = kept.get_finished_spans()
    assert span.attributes == {"error.type": "ValueError"}
    assert (span.status.description, span.events) == (None, ())


def test_without_a_collector_nothing_is_traced(client: TestClient) -> None:
    assert not tracing.start_tracing()
    with tracing.span("work"):
        assert not tracing.traced()
        assert (tracing.trace_id(), tracing.cause()) == (None, {})


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({ENDPOINT: "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({ENDPOINT: "http://collector:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({ENDPOINT: "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_the_standard_variables_switch_traces_on(environment: dict[str, str], wanted: bool) -> None:
    assert tracing.tracing_wanted(environment) is wanted


def test_a_collector_without_the_packages_is_told_in_a_line_and_by_the_doctor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    monkeypatch.setattr(checks, "can_trace", lambda: False)
    serving._start_tracing()
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install 'smart-factory-alliance[otel]'" in line
    assert checks.check_tracing().text == line
