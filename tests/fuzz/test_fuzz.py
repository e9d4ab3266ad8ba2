"""The short form of `make fuzz`: a few requests to every operation."""

import pytest

from tests.factories.world import World
from tests.fuzz.requests import fuzz


@pytest.mark.filterwarnings("ignore")  # of the library that makes the requests
def test_no_request_gets_an_answer_that_the_document_does_not_describe(world: World) -> None:
    statuses, failures = fuzz(world.client.app, world, requests=300)
    assert failures == {}
    assert statuses.total() >= 300
