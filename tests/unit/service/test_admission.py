"""More requests than threads: those that wait for each other still come to an end."""

import asyncio

from service.kit.admission import Admission
from tests.factories.aside import run_aside


def test_no_more_are_let_in_at_once_than_the_most_and_none_is_left_out() -> None:
    present, most_present, done = 0, 0, 0

    async def work(admission: Admission) -> None:
        nonlocal present, most_present, done
        async with admission.place():
            present += 1
            most_present = max(most_present, present)
            await asyncio.sleep(0)
            present -= 1
            done += 1

    async def run(admission: Admission) -> None:
        await asyncio.gather(*(work(admission) for _ in range(50)))

    admission = Admission(most=8)
    run_aside(run(admission))
    assert (most_present, done) == (8, 50)
    run_aside(run(admission))  # another event loop, as in another test
    assert done == 100
