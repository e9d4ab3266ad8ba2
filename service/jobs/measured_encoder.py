"""An encoder that tells how long it takes and how many texts it is given at once."""

from collections.abc import Sequence

from prometheus_client import Histogram

from matching.domain import FloatArray, Prompt
from matching.encoder import Encoder
from service.kit.measuring import Timed

ENCODING_SECONDS = Histogram(
    "alliance_encoding_seconds",
    "Time to encode the texts of one call",
    ["prompt"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
ENCODED_TEXTS = Histogram(
    "alliance_encoded_texts",
    "Texts in one call",
    ["prompt"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 512, 4096),
)


class MeasuredEncoder:
    """The same encoder to whoever uses it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @property
    def name(self) -> str:
        """As the encoder is named."""
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        """As the encoder has them."""
        return self._encoder.dimensions

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """As the encoder does."""
        ENCODED_TEXTS.labels(prompt).observe(len(texts))
        with Timed(ENCODING_SECONDS.labels(prompt), "encode"):
            return self._encoder.encode(texts, prompt)
