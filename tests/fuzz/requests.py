"""Requests made from the OpenAPI document by schemathesis, against the application in this process.

`make fuzz`, or `python -m tests.fuzz.requests [REQUESTS]`. Every answer must be one that the document
describes: a status, a media type and a body of its schema, and never a fault of our own.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from service.kit.problems import MEDIA_TYPE
from tests.factories.world import ACTORS, World
from tests.fuzz.application import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 100
"""Most examples of one operation in a row."""
ENDING = {"POST /v1/auth/sign-out", "POST /v1/me/sessions/revocation", "POST /v1/me/closure", "PATCH /v1/me"}
"""Operations after which somebody is no longer signed in, and signs in anew."""

EXISTING = 0.7
"""Share of requests whose path names a thing that exists."""


def fuzz(
    app: FastAPI, world: World, requests: int, report: Callable[[str], None] = print
) -> tuple[Counter[str], dict[str, str]]:
    """Send that many requests, spread over all operations; how many of each status, and the failures."""
    document = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [found.ok() for found in document.get_all_operations()]
    statuses, failures = Counter[str](), dict[str, str]()
    seed = 0
    while statuses.total() < requests:  # an operation without parameters has few different requests
        seed += 1
        each = min(EXAMPLES, -(-(requests - statuses.total()) // len(operations)))
        for operation in operations:
            if operation.label in failures:
                continue
            try:
                _try_out(operation, world, each, seed, statuses)
            except (FailureGroup, AssertionError) as error:
                failures[operation.label] = str(error)
                report(f"  {operation.label}: {str(error)[:1500]}")
    return statuses, failures


def _thing(world: World, name: str) -> str:
    """A thing of that kind; all is made anew when requests before have closed what it is made of."""
    try:
        return world.thing(name, None)
    except AssertionError:
        world.renew()
        return world.thing(name, None)


def _try_out(operation: Any, world: World, examples: int, seed: int, statuses: Counter[str]) -> None:
    chance = random.Random(f"{operation.label} {seed}")

    @hypothesis.seed(seed)
    @given(case=operation.as_strategy())
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answer(case: Any) -> None:
        for name in case.path_parameters or {}:
            if chance.random() < EXISTING:
                case.path_parameters[name] = _thing(world, name)
        actor = chance.choice(ACTORS)
        case.headers = {**dict(case.headers or {}), **world.headers(actor)}
        response = case.call()
        statuses[f"{response.status_code}"] += 1
        if operation.label in ENDING:
            world.forget(actor)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            assert response.headers["content-type"] == [MEDIA_TYPE]

    answer()


def main() -> None:
    """Fuzz over a database of its own and print the figures of tests/README.md."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with application() as (app, catch_up):
        world = World(TestClient(app, raise_server_exceptions=False), catch_up)
        statuses, failures = fuzz(app, world, requests)
    told = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    print(f"{statuses.total():,} requests ({told}); {len(failures)} operations failed")
    sys.exit(1 if failures or statuses.total() < requests else 0)


if __name__ == "__main__":
    main()
