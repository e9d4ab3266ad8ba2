"""Every error that leaves the service: an RFC 9457 problem document in Korean.

Operations raise `Problem` with a code; the sentence belonging to the code stands in
`service.messages`. A pure package raises its own error instead and `service.refusals`
maps it here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.responses import JSONResponse

from service.messages import sentence, title_of_status

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class FieldError:
    """One faulty field: an RFC 6901 pointer into the body and what to do about it."""

    pointer: str
    message: str


class Problem(Exception):  # noqa: N818 - the RFC's word
    """An expected refusal, answered as it stands; anything else raised is a 500."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.detail = sentence(code, **values)


def field_problem(pointer: str, code: str, status: int = 422, **values: Any) -> Problem:
    """A refusal that concerns one field of the body."""
    error = FieldError(pointer, sentence(code, **values))
    return Problem(status, code, errors=[error], **values)


def problem_document(problem: Problem, request_id: str | None) -> dict[str, Any]:
    """The members of the problem document, as the contract names them."""
    return {
        "type": f"/problems/{problem.code}",
        "title": title_of_status(problem.status),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "errors": [{"pointer": error.pointer, "message": error.message} for error in problem.errors],
        "request_id": request_id,
    }


def problem_response(problem: Problem, request_id: str | None) -> JSONResponse:
    """The document as an HTTP answer."""
    return JSONResponse(
        problem_document(problem, request_id),
        status_code=problem.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )
