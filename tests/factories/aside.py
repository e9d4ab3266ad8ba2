"""Asynchronous work run to its end in a thread: a browser of the same process keeps this thread's loop."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_aside(work: Coroutine[Any, Any, Result]) -> Result:
    """What `asyncio.run` would give or raise."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, work).result()
