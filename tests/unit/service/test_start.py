"""What a process of the service must not load before it is needed: it would start later and be larger."""

import asyncio
import platform
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from service.cli.serving import listening
from service.settings import Settings

SLOW = ("torch", "transformers", "sklearn", "scipy.stats", "scipy.optimize")


def test_nothing_that_only_fits_or_encodes_is_imported_to_serve() -> None:
    told = f"import sys, service.cli; print(*[name for name in {SLOW} if name in sys.modules])"
    root = Path(__file__).parents[3]
    loaded = subprocess.run(
        [sys.executable, "-c", told], cwd=root, check=True, capture_output=True, text=True
    )
    assert loaded.stdout.split() == []


def test_answers_are_sent_at_once(tmp_path: Path) -> None:
    """What is accepted has no delay: asyncio sets that only where the listener says that it is TCP."""

    async def accepted() -> int:
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def on_connect(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            given = writer.get_extra_info("socket")
            told.set_result(given.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listening(Settings(data_dir=tmp_path, port=0)) as listener:
            async with await asyncio.start_server(on_connect, sock=listener):
                _, writer = await asyncio.open_connection(*listener.getsockname())
                writer.close()
                return await told

    with ThreadPoolExecutor(1) as beside:  # the browser of other tests keeps a loop running in this thread
        assert beside.submit(asyncio.run, accepted()).result() == 1


def test_the_library_is_told_to_give_memory_back() -> None:
    """In a process of its own, as it cannot be taken back. Where there is no glibc nothing is told."""
    program = "from service.kit.memory import give_memory_back; print(give_memory_back())"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == str(platform.libc_ver()[0] == "glibc")
