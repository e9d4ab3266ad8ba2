"""The short form of `make faults`: killed servers, writers of the same rows, one number many times."""

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import TEMPLATE
from tests.factories.ports import free_port
from tests.faults.environment import open_fund, prove_fund, staff_token
from tests.faults.kills import kill_rounds
from tests.faults.races import LOAN_WON, count_up, register_one_number, reserve_at_once
from tests.faults.server import Server


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    """A migrated database that only this test's servers use."""
    return new_database("faults", TEMPLATE)


@pytest.fixture
def server(url: str) -> Iterator[Server]:
    """A server in a process of its own."""
    started = Server(url, free_port())
    try:
        started.start()
        yield started
    finally:
        started.kill()


def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(url: str) -> None:
    found = kill_rounds(url, rounds=2)
    assert len(found.registered) >= found.settled > 0
    assert (found.lost, found.doubled, found.fund_faults) == (0, 0, [])
    assert len(found.reserved) >= len(found.disbursed) > 0


def test_writers_of_the_same_rows_lose_no_update(server: Server, url: str) -> None:
    counts = count_up(server.address, staff_token(url), writers=4, updates=15, rows=2)
    assert counts["sent"] == counts["counted"] == counts["versions"] == 60


def test_one_business_number_is_registered_once(server: Server) -> None:
    assert register_one_number(server.address, 30) == {"201 registered": 1, "409 business_number_taken": 29}


def test_applications_that_meet_reserve_what_the_fund_holds_and_no_more(server: Server, url: str) -> None:
    open_fund(url, ceiling_won=5 * LOAN_WON + 1)
    found = reserve_at_once(server.address, staff_token(url), 16)
    assert found == {"201 reserved": 5, "409 fund_ceiling_reached": 11}
    assert prove_fund(url).faults == ()
