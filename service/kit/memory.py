"""Telling the C library to give memory back.

By default glibc lets each of up to eight heaps a core keep what its threads have freed, and after the first
large array that was freed it takes even those from the heaps. A process of many threads that makes arrays of
some megabytes grows by a quarter that way (`python -m tests.bench.soak`).
"""

import ctypes
import sys

_MOST_HEAPS = -8
_OWN_MAPPING_FROM = -3
_GIVE_BACK_FROM = -1
_MEGABYTE = 1 << 20


def give_memory_back() -> bool:
    """Few heaps, and a mapping of its own for every block from a megabyte. False where there is no glibc."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    settings = ((_MOST_HEAPS, 2), (_OWN_MAPPING_FROM, _MEGABYTE), (_GIVE_BACK_FROM, _MEGABYTE))
    done = [library.mallopt(name, value) == 1 for name, value in settings]
    return all(done)
