"""Sentences of a supplier with their vectors in one byte a number.

They only choose which pair of sentences to show as evidence, where the rounding (cosines move by
less than 0.01) does not matter; at full size they would be most of the index.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.domain import EmbeddedPassages, FloatArray

_STEPS = 127
_BETWEEN = "\0"


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """Texts, in UTF-8 with a zero byte between them, and, row by row, their vectors times 127, rounded."""

    spoken: NDArray[np.uint8]
    vectors: NDArray[np.int8]

    @property
    def texts(self) -> tuple[str, ...]:
        """Made when asked for: of all suppliers only the few that are shown are ever read."""
        return tuple(self.spoken.tobytes().decode().split(_BETWEEN)) if len(self.vectors) else ()

    def similarity(self, queries: FloatArray) -> FloatArray:
        """Cosines, shape (sentences, queries)."""
        return self.unpacked() @ queries.T

    def unpacked(self) -> FloatArray:
        """Approximate unit vectors."""
        return self.vectors.astype(np.float32) / np.float32(_STEPS)


NO_SENTENCES = Sentences(np.zeros(0, np.uint8), np.zeros((0, 0), np.int8))


def packed(embedded: EmbeddedPassages) -> Sentences:
    """Rounds the vectors of these passages; packing what was unpacked changes nothing."""
    spoken = _BETWEEN.join(passage.text for passage in embedded.passages).encode()
    return Sentences(np.frombuffer(spoken, np.uint8), np.rint(embedded.vectors * _STEPS).astype(np.int8))
