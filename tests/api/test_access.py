"""The authorisation matrix: every operation, every actor, on its own thing, somebody else's and none.

The expectations stand in `access_rules.py`, one line for each operation.
"""

from typing import Any

import pytest

from tests.api.access_rules import MISSING, OK, OTHER, OWN, OWNERS, RULES, Rule
from tests.factories.answers import problem
from tests.factories.operations import OPERATIONS, Operation
from tests.factories.world import ACTORS, World

REFUSALS = (401, 403, 404, 422)
DONE_OR_TOO_LATE = (200, 201, 202, 204, 409)
"""409: the actor may, but the thing has moved on: approved already, a plan that is not ready."""


def kinds(operation: Operation, actor: str) -> list[str]:
    """Whose things that actor can try the operation on."""
    if not operation.parameters:
        return [OTHER]
    owner = OWNERS.get(operation.parameters[0])
    return [OWN, OTHER, MISSING] if actor == owner else [OTHER, MISSING]


def address(world: World, operation: Operation, actor: str, whose: str) -> str:
    """The path of the operation for a thing of that kind."""
    path = operation.path
    for parameter in operation.parameters:
        if whose == MISSING:
            path = path.replace(f"{{{parameter}}}", world.missing(parameter))
        else:
            path = path.replace(f"{{{parameter}}}", world.thing(parameter, actor if whose == OWN else None))
    return path


def ask(world: World, operation: Operation, rule: Rule, actor: str, path: str) -> Any:
    """The answer to that actor, who sends what the operation needs."""
    sent = rule.sent(world)
    headers = world.headers(actor) | sent.pop("headers", {})
    if operation.method in ("PATCH", "DELETE"):
        headers["If-Match"] = "*"
    return world.client.request(operation.method, path, headers=headers, **sent)


def verdict(answer: Any) -> str | int:
    """OK, or the status of the refusal, which is a whole problem document."""
    status: int = answer.status_code
    if status in REFUSALS:
        problem(answer, status, answer.json()["code"])
        return status
    assert status in DONE_OR_TOO_LATE, answer.text
    return OK


def test_every_operation_has_a_rule_and_every_rule_an_operation() -> None:
    assert RULES.keys() == {str(operation) for operation in OPERATIONS}, (
        "add one line for each new operation to tests/api/access_rules.py"
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_who_may(operation: Operation, world: World) -> None:
    rule = RULES[str(operation)]
    cases = [(actor, whose) for actor in ACTORS for whose in kinds(operation, actor)]
    expected = {case: rule.verdict(*case) for case in cases}
    found = {}
    for actor, whose in cases:
        path = address(world, operation, actor, whose)
        found[actor, whose] = verdict(ask(world, operation, rule, actor, path))
        if operation.method == "DELETE":
            world.renew(operation.parameters[-1])
    assert found == expected


HIDING = [one for one in OPERATIONS if one.parameters and RULES.get(str(one), Rule(frozenset())).owners]


@pytest.mark.parametrize("operation", HIDING, ids=str)
def test_what_belongs_to_others_is_refused_like_what_does_not_exist(
    operation: Operation, world: World
) -> None:
    rule = RULES[str(operation)]
    for actor in ("supplier", "manufacturer"):
        answers = [
            ask(world, operation, rule, actor, address(world, operation, actor, whose)).json()
            for whose in (OTHER, MISSING)
        ]
        for answer in answers:
            answer.pop("request_id")
        assert answers[0] == answers[1]


def test_a_key_or_token_that_is_not_valid_is_refused_everywhere_it_could_help(world: World) -> None:
    """Also where anybody may ask: whoever shows credentials learns that they do not work."""
    for operation in OPERATIONS:
        if not operation.path.startswith("/v1/") or not operation.description.get("security"):
            continue
        rule = RULES[str(operation)]
        path = address(world, operation, "anonymous", MISSING)
        sent = rule.sent(world) if not operation.parameters else {}
        headers = sent.pop("headers", {}) | {"If-Match": "*"}
        for wrong in ({"Authorization": "Bearer x.y.z"}, {"X-API-Key": "ak_wrong"}):
            answer = world.client.request(operation.method, path, headers=headers | wrong, **sent)
            assert answer.status_code == 401, f"{operation}: {answer.text}"
