"""What a ranking is to the evaluation: something that gets the documents, then one need at a time.

Neither grades nor labels can reach it, and it answers each need without having seen the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from matching.domain import FloatArray, InferredCategory, NeedProfile, Prompt
from matching.encoder import Encoder
from matching.evaluation.benchmark import BenchmarkDocument

Scores = NDArray[np.float64]
Documents = Sequence[BenchmarkDocument]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One score a document, higher is better, and the seconds that a short list took.

    `probabilities` are those that the ranking states, by document id; `inferred` the kinds of solution
    that it read out of the need. Both are empty for rankings that state none.
    """

    scores: Scores
    seconds: float
    probabilities: Mapping[str, float] = field(default_factory=dict)
    inferred: tuple[InferredCategory, ...] = ()


Answering = Callable[[NeedProfile], Answer]
Ranking = Callable[[Documents], Answering]


def timed(score: Callable[[NeedProfile], Scores]) -> Answering:
    """Answers with these scores and the time that they took."""

    def answer(need: NeedProfile) -> Answer:
        began = perf_counter()
        scores = score(need)
        return Answer(scores, perf_counter() - began)

    return answer


class RememberingEncoder:
    """Encodes a text once, however many rankings ask for it.

    For documents only: the time that a need takes is measured, so `fresh` encodes needs each time.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.fresh = encoder
        self._vectors: dict[tuple[str, str], FloatArray] = {}

    @property
    def name(self) -> str:
        """That of the encoder behind it."""
        return self.fresh.name

    @property
    def dimensions(self) -> int:
        """That of the encoder behind it."""
        return self.fresh.dimensions

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """As the encoder behind it."""
        new = [text for text in dict.fromkeys(texts) if (prompt, text) not in self._vectors]
        if new:
            vectors = self.fresh.encode(new, prompt)
            self._vectors.update({(prompt, text): row for text, row in zip(new, vectors, strict=True)})
        rows = [self._vectors[prompt, text] for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self.dimensions)
