"""More requests than threads: those that wait for each other still come to an end."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Scope, Send

from service.kit.admission import Admission


def asked(path: str) -> Scope:
    return {"type": "http", "path": path}


def test_no_more_requests_are_worked_on_at_once_than_the_most_and_none_is_left_out() -> None:
    present, most_present, done = 0, 0, 0

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        nonlocal present, most_present, done
        present += 1
        most_present = max(most_present, present)
        await asyncio.sleep(0)
        present -= 1
        done += 1

    async def run(admitted: Callable[..., Awaitable[None]]) -> None:
        await asyncio.gather(*(admitted(asked("/v1/fund/loans"), None, None) for _ in range(50)))

    asyncio.run(run(Admission(app, most=8)))
    assert (most_present, done) == (8, 50)


def test_whether_the_service_is_alive_is_answered_when_every_place_is_taken() -> None:
    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        if scope["path"] != "/healthz":
            await asyncio.Event().wait()

    async def run() -> None:
        admitted = Admission(app, most=1)
        waiting = asyncio.create_task(admitted(asked("/v1/fund"), None, None))
        await asyncio.sleep(0)
        await asyncio.wait_for(admitted(asked("/healthz"), None, None), 5)
        waiting.cancel()

    asyncio.run(run())
