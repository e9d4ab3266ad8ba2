"""What FastAPI cannot know about our API: every error is a problem document."""

from typing import Any

from service.kit.problems import MEDIA_TYPE

_PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457 문제 문서. 모든 오류가 이 모양입니다.",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "request_id": {"type": ["string", "null"]},
    },
}
_ANSWER = {
    "description": "문제 문서",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "같은 키로 다시 보내면 24시간 동안 처음 답을 그대로 받습니다.",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[A-Za-z0-9_-]{1,200}$"},
}


def complete_openapi(schema: dict[str, Any]) -> dict[str, Any]:
    """The document with problem answers on every operation and the framework's own error shape removed."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = _PROBLEM
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"] = _ANSWER
            operation["responses"]["5XX"] = _ANSWER
            creates = method == "post" and {"201", "202"} & operation["responses"].keys()
            if creates and path.startswith("/v1/"):
                operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    for receiving in schema.get("webhooks", {}).values():  # what others serve answers as they like
        receiving["post"]["responses"].pop("422", None)
    return schema
