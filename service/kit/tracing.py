"""Traces by OpenTelemetry, when the standard variables name where they go.

FastAPI opens the span of each request; here are the spans below it. Until `start_tracing` has been called all
of them are nothing. No span carries what a person wrote: no values of statements, no query of an address,
no words of an exception.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import Link, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SERVICE_NAME = "smart-factory-alliance"
ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PRIVATE = ("url.path", "url.query")
"""Attributes of a request that hold ids, what was searched for, or the token of a mailed link."""

_trace_context = TraceContextTextMapPropagator()


class TracingNotInstalledError(RuntimeError):
    """Traces are asked for, and the packages of the extra `otel` that send them are not there."""


def tracing_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the standard variables name a collector and do not switch traces off."""
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    none = environment.get("OTEL_TRACES_EXPORTER", "").lower() == "none"
    return any(environment.get(name) for name in ENDPOINTS) and not (off or none)


def can_trace() -> bool:
    """Whether the packages that send traces are installed."""
    # The exporter needs the SDK; asking for the parent first, as a missing one would be an error.
    parents = ("opentelemetry.exporter", "opentelemetry.exporter.otlp", "opentelemetry.exporter.otlp.proto")
    return all(find_spec(name) for name in (*parents, "opentelemetry.exporter.otlp.proto.http"))


def start_tracing() -> bool:
    """Send traces from now on, if that is wanted. Raises `TracingNotInstalledError`."""
    if not tracing_wanted():
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - the same
    except ImportError as error:
        raise TracingNotInstalledError from error
    provider = discreet_provider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return True


def discreet_provider() -> "TracerProvider":
    """A provider that keeps what is private out of every span; it sends nothing by itself.

    Which share of requests is traced, and further attributes, are said by the standard variables.
    """
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace import Span as RecordedSpan  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider  # noqa: PLC0415 - the same

    class Discretion(SpanProcessor):
        def on_start(self, span: RecordedSpan, parent_context: object = None) -> None:
            for name in PRIVATE:
                if name in (span.attributes or {}):
                    span.set_attribute(name, "-")

    named = os.environ.get("OTEL_SERVICE_NAME") or SERVICE_NAME
    provider = TracerProvider(resource=Resource.create({"service.name": named}))
    provider.add_span_processor(Discretion())
    return provider


def traced() -> bool:
    """Whether the work at hand belongs to a trace that is kept."""
    return trace.get_current_span().is_recording()


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, str | int] | None = None,
    caused_by: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """A span around the block; a failure is told by its type. `caused_by` is what `cause` returned."""
    links = _links(caused_by or {})
    with _tracer().start_as_current_span(
        name,
        kind=kind,
        attributes=attributes,
        links=links,
        record_exception=False,  # their words, here and in the status, may repeat what a person typed
        set_status_on_exception=False,
    ) as current:
        try:
            yield
        except Exception as error:
            current.set_attribute("error.type", type(error).__name__)
            current.set_status(StatusCode.ERROR)
            raise


def past_span(name: str, started_ns: int, attributes: Mapping[str, str | int]) -> None:
    """A call to another system that has just ended, below the present span."""
    _tracer().start_span(name, kind=SpanKind.CLIENT, start_time=started_ns, attributes=attributes).end()


def name_request(request_id: str) -> None:
    """Put the request's id on its span, by which its log lines are found."""
    trace.get_current_span().set_attribute("alliance.request_id", request_id)


def trace_id() -> str | None:
    """The id of the trace at hand, by which its spans are found."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


def cause() -> dict[str, str]:
    """The present span as it is passed on with work that it causes; empty without one."""
    carrier: dict[str, str] = {}
    _trace_context.inject(carrier)
    return carrier


def _tracer() -> trace.Tracer:
    return trace.get_tracer("alliance")


def _links(carrier: Mapping[str, str]) -> list[Link]:
    context = trace.get_current_span(_trace_context.extract(carrier)).get_span_context()
    return [Link(context)] if context.is_valid else []
