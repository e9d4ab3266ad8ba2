"""One file of named arrays behind a JSON heading; the arrays are read where they lie in the file.

Processes that open the same file share its pages. Layout: eight bytes that name the format, the length of
the heading, the checksum of everything behind these three, the heading (UTF-8 JSON), then each array at a
multiple of 64 bytes.
"""

import json
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"ALLIDX02"
_FRONT = struct.Struct("<8sQI")
_ALIGNMENT = 64
_CHUNK = 1 << 22

Arrays = Mapping[str, NDArray[Any]]


class ArrayFileError(Exception):
    """The file is no file of arrays, of another format, or damaged."""


def write_arrays(path: Path, heading: Mapping[str, Any], arrays: Arrays) -> None:
    """Write beside the path and move into place: no reader sees half of it, of several writers one wins."""
    placed, offset = {}, 0
    for name, array in arrays.items():
        placed[name] = {"dtype": array.dtype.str, "shape": array.shape, "offset": offset}
        offset += _padded(array.nbytes)
    told = json.dumps({"heading": heading, "arrays": placed}, ensure_ascii=False).encode()
    told += b" " * (-(_FRONT.size + len(told)) % _ALIGNMENT)
    unfinished, number = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")[::-1]
    try:
        with os.fdopen(number, "wb") as file:
            file.write(_FRONT.pack(_MAGIC, len(told), 0))
            checksum = zlib.crc32(told)
            file.write(told)
            for array in arrays.values():
                content = np.ascontiguousarray(array).data.cast("B") if array.nbytes else b""
                padding = bytes(_padded(array.nbytes) - array.nbytes)
                checksum = zlib.crc32(padding, zlib.crc32(content, checksum))
                file.write(content)
                file.write(padding)
            file.seek(0)
            file.write(_FRONT.pack(_MAGIC, len(told), checksum))
        Path(unfinished).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(unfinished).unlink()
        raise


@dataclass(frozen=True, slots=True, eq=False)
class MappedArrays:
    """A heading and read-only arrays over the pages of a file."""

    heading: Any
    arrays: dict[str, NDArray[Any]]
    pages: mmap.mmap

    def let_go(self) -> None:
        """Keep no page resident for having been read once; what is read again is mapped again."""
        _let_go(self.pages)


def read_arrays(path: Path) -> MappedArrays:
    """The arrays of a file, checked. Raises `ArrayFileError`."""
    try:
        with path.open("rb") as file:
            held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, length, checksum = _FRONT.unpack_from(held)
        if magic != _MAGIC or checksum != _checksum(held):
            raise ArrayFileError(f"{path} is of another format or damaged")
        start = _FRONT.size + length
        told = json.loads(held[_FRONT.size : start])
        arrays = {name: _array(held, start, where) for name, where in told["arrays"].items()}
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise ArrayFileError(f"{path} is no file of arrays: {error}") from error
    return MappedArrays(told["heading"], arrays, held)


def _array(held: mmap.mmap, start: int, where: Mapping[str, Any]) -> NDArray[Any]:
    dtype, shape = np.dtype(where["dtype"]), tuple(where["shape"])
    count = int(np.prod(shape, dtype=np.int64))
    if not count:
        return np.zeros(shape, dtype)
    return np.frombuffer(held, dtype, count, start + where["offset"]).reshape(shape)


def _checksum(held: mmap.mmap) -> int:
    found = 0
    with memoryview(held) as whole:
        for start in range(_FRONT.size, len(whole), _CHUNK):
            found = zlib.crc32(whole[start : start + _CHUNK], found)
    _let_go(held)
    return found


def _let_go(pages: mmap.mmap) -> None:
    if hasattr(mmap, "MADV_DONTNEED"):
        pages.madvise(mmap.MADV_DONTNEED)


def _padded(size: int) -> int:
    return size + -size % _ALIGNMENT
