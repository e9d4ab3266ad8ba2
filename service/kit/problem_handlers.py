"""Turns everything that can be raised into a problem document: nothing else leaves as an error."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, OperationalError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from service.kit.problems import FieldError, Problem, problem_response
from service.messages import SENTENCES, sentence
from service.messages.validation import FALLBACK

log = structlog.get_logger()

RETRY_AFTER = {"Retry-After": "5"}
# The last is what SQLAlchemy says when a server ends while it greets a new connection.
_AWAY = (OperationalError, PoolTimeoutError, ResourceClosedError)
# Why a JSON body cannot be read at all; the first kind that fits, as each is narrower than the next.
_UNREADABLE: Sequence[tuple[type[Exception], str]] = (
    (UnicodeDecodeError, "body_not_utf8"),
    (RecursionError, "json_too_deep"),
    (ValueError, "json_number_too_long"),
)


def install_problem_handlers(
    app: FastAPI, refusals: Mapping[type[Exception], Callable[[Any], Problem]]
) -> None:
    """Register the handlers; `refusals` maps the errors of pure packages to problems."""
    for kind, to_problem in refusals.items():
        app.add_exception_handler(kind, _answer_with(to_problem))
    app.add_exception_handler(Problem, _answer_with(lambda problem: problem))
    app.add_exception_handler(RequestValidationError, _answer_with(_validation_problem))
    app.add_exception_handler(HTTPException, _http_exception)
    for kind in (*_AWAY, DBAPIError):
        app.add_exception_handler(kind, _database_error)


def _answer_with(to_problem: Callable[[Any], Problem]) -> Callable[[Request, Exception], JSONResponse]:
    def answer(request: Request, error: Exception) -> JSONResponse:
        return problem_response(to_problem(error), request_id_of(request))

    return answer


def request_id_of(request: Request) -> str | None:
    """The id that the outermost layer gave this request."""
    value = request.scope.get("state", {}).get("request_id")
    return str(value) if value else None


def _http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    match error.status_code:
        case 404:
            problem = Problem(404, "path_not_found")
        case 405:
            allowed = headers.get("Allow", "") or headers.get("allow", "")
            problem = Problem(
                405, "method_not_allowed", headers=headers, method=request.method, allowed=allowed
            )
        case 400:
            problem = Problem(400, _unreadable_code(error.__cause__))
        case 413:
            problem = Problem(413, "body_too_large", limit_mb=error.detail)
        case 401:
            problem = Problem(401, "sign_in_required", headers={"WWW-Authenticate": "Bearer"})
        case 403:
            problem = Problem(403, "forbidden")
        case status:
            problem = Problem(status if status in range(400, 500) else 400, "bad_request", headers=headers)
    return problem_response(problem, request_id_of(request))


def _unreadable_code(cause: BaseException | None) -> str:
    return next((code for kind, code in _UNREADABLE if isinstance(cause, kind)), "bad_request")


# SQLSTATE of what passes without anybody changing the request: connection, rollback, resources (a full
# disk), object in use, operator intervention, system error, and a server that only reads for now.
_PASSING = ("08", "40", "53", "55", "57", "58", "25006")


def _passes(error: Exception) -> bool:
    if isinstance(error, _AWAY):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return state.startswith(_PASSING) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _database_error(request: Request, error: Exception) -> JSONResponse:
    if not _passes(error):
        return unexpected_response(error, request.url.path, request_id_of(request))
    log.warning("database_unavailable", error=type(error).__name__)
    problem = Problem(503, "database_unavailable", headers=RETRY_AFTER)
    return problem_response(problem, request_id_of(request))


def unexpected_response(error: Exception, path: str, request_id: str | None) -> JSONResponse:
    """What is answered to a fault of our own, after writing it to the log."""
    log.error("unexpected_error", path=path, exc_info=error)
    return problem_response(Problem(500, "internal_error"), request_id)


def _validation_problem(error: RequestValidationError) -> Problem:
    faults = error.errors()
    broken = next((fault for fault in faults if fault["type"] == "json_invalid"), None)
    if broken is not None:
        position = broken["loc"][-1] if isinstance(broken["loc"][-1], int) else 0
        return Problem(422, "json_invalid", position=position + 1)
    errors = [FieldError(pointer(fault["loc"]), fault_sentence(fault)) for fault in faults]
    code = _shared_code(faults)
    values = {"count": len(errors)} | (faults[0].get("ctx") or {})
    return Problem(422, code, errors=errors, **values)


# What a client may want to tell apart by code alone, when it is the only thing wrong.
_OWN_CODES = {
    "business_number_shape",
    "business_number_check_digit",
    "registration_consent_required",
    "unknown_code",
    "won_not_integer",
    "count_not_integer",
    "rate_malformed",
    "rate_negative",
    "day_malformed",
    "day_unknown",
}


def _shared_code(faults: Sequence[Mapping[str, Any]]) -> str:
    only = {fault["type"] for fault in faults}
    return only.pop() if len(only) == 1 and only <= _OWN_CODES else "validation_failed"


def pointer(location: Sequence[str | int]) -> str:
    """An RFC 6901 pointer into the body, or into the named part (query, path, header) of the request."""
    kept = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in kept)


def fault_code(fault: Mapping[str, Any]) -> str:
    """Our code for one of pydantic's errors; one that we have no sentence for is a plain value error."""
    return str(fault["type"]) if fault["type"] in SENTENCES else FALLBACK


def fault_sentence(fault: Mapping[str, Any]) -> str:
    """The Korean sentence for one of pydantic's errors."""
    values = dict(fault.get("ctx", {}))
    if "expected" in values:  # pydantic lists the choices in English: 'a', 'b' or 'c'
        values["expected"] = str(values["expected"]).replace(" or ", ", ")
    return sentence(fault_code(fault), **values)
