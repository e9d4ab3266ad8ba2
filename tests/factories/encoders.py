"""Encoders for tests."""

from collections.abc import Sequence

from matching.domain import FloatArray, Prompt
from matching.encoder import HashingEncoder


class CountingEncoder:
    """The hashing encoder, keeping the texts that it was asked for."""

    def __init__(self, encoder: HashingEncoder) -> None:
        self._encoder = encoder
        self.name = encoder.name
        self.dimensions = encoder.dimensions
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """The vectors of the texts."""
        self.encoded += texts
        return self._encoder.encode(texts, prompt)
