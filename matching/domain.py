"""The nouns of matching: what a supplier can do, what a manufacturer needs, and why the two fit.

Everything here is frozen and free of the web and the database, so that a recommendation
can be computed, stored and explained again from the same values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Prompt = Literal["query", "passage"]
Fact = str | int | float | tuple[str, ...]
FloatArray = NDArray[np.float32]


class SupplierStatus(StrEnum):
    """Where a supplier stands in the approval by an account manager."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class PassageKind(StrEnum):
    """Which part of a profile or a need a passage is, hence how its similarity is used."""

    SOLUTION = "solution"
    SUMMARY = "summary"
    REFERENCE_PROBLEM = "reference_problem"
    REFERENCE_OUTCOME = "reference_outcome"
    SUPPLIER_SENTENCE = "supplier_sentence"
    NEED = "need"
    NEED_SENTENCE = "need_sentence"


@dataclass(frozen=True, slots=True)
class Solution:
    """One product or service that a supplier offers; codes are those of `matching.taxonomy`."""

    id: str
    name: str
    description: str
    categories: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    price_min_won: int | None = None
    price_max_won: int | None = None
    smart_levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A past installation: the problem that it solved and what came of it."""

    id: str
    title: str
    problem: str = ""
    outcome: str = ""
    industry: str | None = None
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What account managers did with this supplier so far, counted over recommendation runs."""

    introduced: int = 0
    contracted: int = 0
    rejected: int = 0
    shown: int = 0


@dataclass(frozen=True, slots=True)
class CapabilityProfile:
    """A supplier as the ranking sees it. Empty `service_regions` means the whole country.

    `unattended`: it had people who could be asked, and all of them have left.
    """

    supplier_id: str
    business_number: str
    company_name: str
    region: str
    summary: str
    solutions: tuple[Solution, ...]
    references: tuple[Reference, ...] = ()
    service_regions: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    employee_count: int | None = None
    founded_on: date | None = None
    capacity: int | None = None
    active_projects: int = 0
    status: SupplierStatus = SupplierStatus.APPROVED
    track_record: TrackRecord = TrackRecord()
    unattended: bool = False

    @property
    def free_capacity(self) -> int | None:
        """How many more projects it can take on; None when it did not say how many it can have at once."""
        return None if self.capacity is None else max(self.capacity - self.active_projects, 0)


@dataclass(frozen=True, slots=True)
class NeedProfile:
    """A manufacturer's problem in its own words, with what limits the choice of suppliers."""

    title: str
    description: str
    industry: str
    region: str
    need_id: str | None = None
    manufacturer_business_number: str | None = None
    categories: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    budget_won: int | None = None
    start_by: date | None = None
    required_certifications: tuple[str, ...] = ()
    excluded_supplier_ids: tuple[str, ...] = ()
    needs_on_site_support: bool = False
    smart_level: str | None = None
    existing_systems: tuple[str, ...] = ()
    employee_count: int | None = None

    @property
    def text(self) -> str:
        """Title and description as one text, the title not repeated when the description opens with it."""
        if self.description.startswith(self.title):
            return self.description
        return f"{self.title}\n{self.description}".strip()


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to embed. `key` stays the same while the part it names keeps its place in the owner."""

    key: str
    kind: PassageKind
    text: str
    prompt: Prompt


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedPassages:
    """Passages of one owner with their unit vectors, one row a passage, made by one encoder."""

    passages: tuple[Passage, ...]
    vectors: FloatArray

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.passages):
            raise ValueError(f"{len(self.passages)} passages need as many vectors, got {self.vectors.shape}")

    def of_kind(self, *kinds: PassageKind) -> "EmbeddedPassages":
        """The passages of these kinds, in their order."""
        rows = [i for i, passage in enumerate(self.passages) if passage.kind in kinds]
        return EmbeddedPassages(tuple(self.passages[i] for i in rows), self.vectors[rows])


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature adds to the log-odds, with the facts that a sentence about it may name."""

    code: str
    contribution: float
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The pair of sentences, one of the need and one of the supplier, that are nearest in meaning."""

    need_text: str
    supplier_text: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to check before introducing this supplier; it does not rule it out."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Why a supplier is shown although others scored higher; its score is its own all the same."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Suppliers that yielded their place in this list to another under a rule; they stay eligible."""

    code: str
    supplier_ids: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many suppliers yielded under this rule."""
        return len(self.supplier_ids)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A hard rule and how many suppliers it ruled out; each supplier counts under one rule only."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class InferredCategory:
    """A solution category that the problem text calls for, with its calibrated probability."""

    category: str
    probability: float


@dataclass(frozen=True, slots=True)
class Match:
    """One recommended supplier. `score` is the sigmoid of `log_odds`, the sum of the contributions."""

    rank: int
    supplier_id: str
    solution_id: str
    score: float
    log_odds: float
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    cautions: tuple[Caution, ...]
    features: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A ranked short list, what was ruled out or held back, and the model that made it."""

    matches: tuple[Match, ...]
    excluded: tuple[Exclusion, ...]
    considered: int
    inferred_categories: tuple[InferredCategory, ...]
    model_version: str
    held_back: tuple[HeldBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """One need that fits a supplier; `match` holds score, reasons, evidence and cautions."""

    rank: int
    need_id: str
    match: Match
