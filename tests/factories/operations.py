"""Every operation of the API, as the committed OpenAPI document lists them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[1] / "contract" / "openapi.json"


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    description: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        """The names in the path, in their order."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def media_types(self) -> list[str]:
        """What its body may be sent as; empty without a body."""
        return list(self.description.get("requestBody", {}).get("content", {}))

    @property
    def creates(self) -> bool:
        """Whether it answers 201 or 202 to a POST: such operations honour Idempotency-Key."""
        return self.method == "POST" and bool({"201", "202"} & self.description["responses"].keys())


def _read() -> list[Operation]:
    paths = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    return [
        Operation(method.upper(), path, description)
        for path, methods in paths.items()
        for method, description in methods.items()
    ]


OPERATIONS = _read()
