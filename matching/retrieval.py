"""Which suppliers are worth measuring for a need: the first step of a recommendation, over vectors that lie
in memory or elsewhere.

`Retrieval` is all that ranking asks of whoever holds the vectors. The facts of the suppliers, and the words
that lexical scores count, are in the memory of the process either way: the rules run over everybody, because
an answer counts everybody whom a rule excluded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.domain import CapabilityProfile, FloatArray, NeedProfile, Reference
from matching.eligibility import ELIGIBLE, RULES
from matching.features import EmbeddedNeed
from matching.features.candidates import shortlist
from matching.features.signals import Signals, Similarities, signals
from matching.index import IndexSnapshot
from matching.index.sentences import Sentences
from matching.text import reference_of_key


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter of a search: who is eligible for a need, or exactly the suppliers named in `only`.

    `busy_too` lets in those who fit and have no capacity left.
    """

    need: NeedProfile
    busy_too: bool = False
    only: frozenset[str] | None = None

    def mask(self, snapshot: IndexSnapshot) -> NDArray[np.bool_]:
        """The slots that pass."""
        if self.only is not None:
            named = np.zeros(len(snapshot.profiles), np.bool_)
            named[[snapshot.slots[one] for one in self.only if one in snapshot.slots]] = True
            return named
        verdict = snapshot.verdicts(self.need)
        fits = verdict == ELIGIBLE
        if self.busy_too:
            fits |= verdict == RULES.index("no_capacity")
        return np.asarray(fits & snapshot.rows["present"])


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A need, the probability of each category (`taxonomy.category_codes()`), and the ranker's weights."""

    need: EmbeddedNeed
    probabilities: FloatArray
    weights: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The slots of the most promising suppliers, and the signals of their solutions."""

    slots: NDArray[np.intp]
    signals: Signals


@dataclass(frozen=True, slots=True, eq=False)
class ShownTexts:
    """What explains a supplier that is shown: its sentences, and the problems of its references."""

    sentences: Sentences
    problem_keys: tuple[str, ...]
    problems: FloatArray

    def nearest_reference(self, profile: CapabilityProfile, queries: FloatArray) -> Reference | None:
        """The reference whose problem is most similar; None when there is none."""
        if not self.problem_keys:
            return None
        similarities = (self.problems @ queries.T).max(axis=1)
        wanted = reference_of_key(self.problem_keys[int(np.argmax(similarities))])
        return next((found for found in profile.references if found.id == wanted), None)


class Retrieval(Protocol):
    """Holds the vectors, or knows who does."""

    def search(self, snapshot: IndexSnapshot, wanted: Wanted, query: Query, k: int) -> Found:
        """The k suppliers that pass the filter and promise most, and all that tie with the last; exact.

        Similarities are scaled over all suppliers, so that a score does not depend on who was ruled out.
        """

    def shown_texts(self, snapshot: IndexSnapshot, slots: Sequence[int]) -> Mapping[int, ShownTexts]:
        """What explains these suppliers, by slot."""


class InMemory:
    """The vectors of the snapshot itself."""

    def search(self, snapshot: IndexSnapshot, wanted: Wanted, query: Query, k: int) -> Found:
        """See `Retrieval`."""
        everywhere = similarities(snapshot, query.need)
        return most_promising(snapshot, query, everywhere, wanted.mask(snapshot), k)

    def shown_texts(self, snapshot: IndexSnapshot, slots: Sequence[int]) -> Mapping[int, ShownTexts]:
        """See `Retrieval`."""
        return {
            slot: ShownTexts(
                snapshot.sentences[slot], snapshot.problem_keys[slot], snapshot.problem_vectors.rows_of(slot)
            )
            for slot in slots
        }


def similarities(snapshot: IndexSnapshot, need: EmbeddedNeed) -> Similarities:
    """How near every text of a snapshot that holds the vectors is to a need."""
    return Similarities(
        snapshot.solution_similarity(need.parts),
        snapshot.summary_similarity(need.parts),
        snapshot.problem_similarity(need.parts),
    )


def most_promising(
    snapshot: IndexSnapshot, query: Query, similar: Similarities, allowed: NDArray[np.bool_], k: int
) -> Found:
    """The last step of every search, from similarities that are known at least where `allowed`."""
    seen = signals(snapshot, query.need, query.probabilities, similar)
    return Found(shortlist(snapshot, seen, query.weights, allowed, k), seen)
