"""Structured logs on standard error: lines for a person at a terminal, JSON for a collector.

An exception is logged as its type and the places that it came through, never with its words: those of a
database or a validator repeat what a person has typed.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import Processor

from service.kit.tracing import trace_id

_INNERMOST = 15


def configure_logging(level: str) -> None:
    """Set up structlog, and the libraries that speak through `logging` to be quiet and of the same form."""
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _trace_at_hand,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        places_of_exception,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*common, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _trace_at_hand(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the trace that the line belongs to, when traces are kept."""
    found = trace_id()
    if found is not None:
        line["trace_id"] = found
    return line


def places_of_exception(_logger: object, _method: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
    """Replace `exc_info` by the exception's type and the places that it came through, innermost last."""
    given = line.pop("exc_info", None)
    if given:
        kind, trace = _parts(given)
        line.setdefault("error", kind)
        frames = traceback.extract_tb(trace)[-_INNERMOST:]
        line["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return dict(line)


def _parts(given: Any) -> tuple[str, TracebackType | None]:
    error = given if isinstance(given, BaseException) else (given if given is not True else sys.exc_info())[1]
    return type(error).__name__, error.__traceback__ if error is not None else None
