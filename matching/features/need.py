"""A need with its vectors, as the features and the explanation use it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.domain import EmbeddedPassages, FloatArray, NeedProfile, PassageKind
from matching.text import processes_of_need


@dataclass(frozen=True, eq=False)
class EmbeddedNeed:
    """A need and the vectors of `matching.text.passages_of_need`."""

    profile: NeedProfile
    embedded: EmbeddedPassages

    def __post_init__(self) -> None:
        if not any(passage.kind == PassageKind.NEED for passage in self.embedded.passages):
            raise ValueError("a need must have at least one embedded text")

    @cached_property
    def parts(self) -> FloatArray:
        """The text in one vector, or several when it is long; whatever is nearest to one part is near."""
        return self.embedded.of_kind(PassageKind.NEED).vectors

    @cached_property
    def vector(self) -> FloatArray:
        """One unit vector for the whole text."""
        mean = self.parts.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)

    @cached_property
    def sentences(self) -> EmbeddedPassages:
        """The sentences that may be shown as evidence."""
        return self.embedded.of_kind(PassageKind.NEED_SENTENCE)

    @cached_property
    def processes(self) -> frozenset[str]:
        """Processes that the need declares or mentions."""
        return processes_of_need(self.profile)
