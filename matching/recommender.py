"""From a need to a ranked, explained short list: exclude, retrieve, measure, score, diversify, explain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.diversity import Choice, chosen, probable_categories
from matching.domain import FloatArray, InferredCategory, Lead, Match, Recommendation, Solution
from matching.eligibility import ELIGIBLE, exclusion_of, exclusions
from matching.explanation import Pair, cautions, evidence, reasons
from matching.features import FEATURE_NAMES, Candidates, EmbeddedNeed, candidates, shortlist
from matching.features.signals import signals
from matching.index import IndexSnapshot, ProfileIndex
from matching.ranker import Ranker, score_of
from matching.taxonomy import category_codes

SHORTLIST = 400
"""Suppliers whose features are measured; the cheap signals choose them from all that are eligible."""

LEAST_PROBABILITY = 0.05
"""Inferred categories below this are not reported."""


class Intent(Protocol):
    """Tells which kinds of solution a problem text calls for."""

    @property
    def categories(self) -> Sequence[str]:
        """Codes in the order of the probabilities."""

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> NDArray[np.floating]:
        """Shape (texts, categories)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """The measured solutions; `order` has the row of the best one of each supplier, best score first."""

    snapshot: IndexSnapshot
    need: EmbeddedNeed
    inferred: tuple[InferredCategory, ...]
    candidates: Candidates
    log_odds: NDArray[np.float64]
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Recommender:
    """Everything that a recommendation depends on; building one costs nothing."""

    index: ProfileIndex
    intent: Intent
    ranker: Ranker

    def recommend(self, need: EmbeddedNeed, limit: int, today: date) -> Recommendation:
        """The best `limit` suppliers for a need, in order of score; equal scores by supplier id.

        `considered` counts every supplier in the index, those excluded among them.
        """
        snapshot = self.index.snapshot()
        inferred = self.infer([need])[0]
        verdict = snapshot.verdicts(need.profile)
        scored = self._scored(snapshot, need, inferred, _allowed(snapshot, verdict))
        rows = _diverse(scored, limit)
        return Recommendation(
            matches=tuple(self._match(scored, row, rank, today) for rank, row in enumerate(rows, start=1)),
            excluded=exclusions(verdict, snapshot.rows, snapshot.profiles),
            considered=len(snapshot),
            inferred_categories=tuple(i for i in inferred if i.probability >= LEAST_PROBABILITY),
            model_version=self.ranker.version,
        )

    def leads(
        self, supplier_id: str, needs: Sequence[EmbeddedNeed], limit: int, today: date
    ) -> tuple[Lead, ...]:
        """The needs for which this supplier is eligible, the best first; none when it is not in the index.

        Scores are those that the recommendations of the needs would give this supplier.
        """
        snapshot = self.index.snapshot()
        slot = snapshot.slots.get(supplier_id)
        if slot is None or not needs:
            return ()
        only = np.arange(len(snapshot.profiles)) == slot
        eligible = [need for need in needs if exclusion_of(snapshot.profile(slot), need.profile) is None]
        found: list[tuple[EmbeddedNeed, Match]] = []
        for need, inferred in zip(eligible, self.infer(eligible), strict=True):
            scored = self._scored(snapshot, need, inferred, only)
            found += [(need, self._match(scored, row, 0, today)) for row in scored.order]
        found.sort(key=lambda pair: (-pair[1].log_odds, pair[0].profile.need_id or ""))
        return tuple(
            Lead(rank, need.profile.need_id or "", replace(match, rank=rank))
            for rank, (need, match) in enumerate(found[:limit], start=1)
        )

    def scores(self, need: EmbeddedNeed) -> dict[str, float]:
        """Scores of the eligible suppliers on the shortlist, the best first, without diversity."""
        snapshot = self.index.snapshot()
        allowed = _allowed(snapshot, snapshot.verdicts(need.profile))
        scored = self._scored(snapshot, need, self.infer([need])[0], allowed)
        slots = scored.candidates.slots
        return {
            snapshot.profile(int(slots[row])).supplier_id: score_of(float(scored.log_odds[row]))
            for row in scored.order
        }

    def infer(self, needs: Sequence[EmbeddedNeed]) -> list[tuple[InferredCategory, ...]]:
        """Every category with its probability for each need, the most probable first."""
        if not needs:
            return []
        vectors = np.stack([need.vector for need in needs])
        rows = self.intent.probabilities([need.profile.text for need in needs], vectors)
        return [_inferred(self.intent.categories, row) for row in rows]

    def _scored(
        self,
        snapshot: IndexSnapshot,
        need: EmbeddedNeed,
        inferred: tuple[InferredCategory, ...],
        allowed: NDArray[np.bool_],
    ) -> _Scored:
        by_code = {item.category: item.probability for item in inferred}
        probabilities = np.array([by_code.get(code, 0.0) for code in category_codes()], np.float32)
        seen = signals(snapshot, need, probabilities)
        slots = shortlist(snapshot, seen, self.ranker.weight_row, allowed, SHORTLIST)
        measured = candidates(snapshot, need, seen, slots)
        log_odds = self.ranker.log_odds(measured.values)
        return _Scored(snapshot, need, inferred, measured, log_odds, _order(snapshot, measured, log_odds))

    def _match(self, scored: _Scored, row: int, rank: int, today: date) -> Match:
        pair = _pair(scored, row)
        slot = int(scored.candidates.slots[row])
        log_odds = float(scored.log_odds[row])
        contributions = self.ranker.contributions(scored.candidates.values[row])
        return Match(
            rank=rank,
            supplier_id=pair.profile.supplier_id,
            solution_id=pair.solution.id,
            score=score_of(log_odds),
            log_odds=log_odds,
            reasons=reasons(pair, contributions, self.ranker.intercept),
            evidence=evidence(scored.need, scored.snapshot.sentences[slot]),
            cautions=cautions(pair, today),
            features=pair.features,
        )


def _allowed(snapshot: IndexSnapshot, verdict: NDArray[np.integer]) -> NDArray[np.bool_]:
    return np.asarray((verdict == ELIGIBLE) & snapshot.rows["present"])


def _inferred(categories: Sequence[str], row: NDArray[np.floating]) -> tuple[InferredCategory, ...]:
    found = [InferredCategory(code, float(value)) for code, value in zip(categories, row, strict=True)]
    return tuple(sorted(found, key=lambda item: (-item.probability, item.category)))


def _order(snapshot: IndexSnapshot, measured: Candidates, log_odds: NDArray[np.float64]) -> tuple[int, ...]:
    """Rows by falling log-odds, then supplier id, then place in the profile; each supplier's first only."""
    slots = measured.slots.tolist()
    ids = {slot: snapshot.profile(slot).supplier_id for slot in set(slots)}
    ordered = sorted(range(len(slots)), key=lambda row: (-log_odds[row], ids[slots[row]], row))
    first: dict[int, int] = {}
    for row in ordered:
        first.setdefault(slots[row], row)
    return tuple(first.values())


def _diverse(scored: _Scored, limit: int) -> list[int]:
    """The rows to show, best score first, covering the probable kinds when the intent is uncertain."""
    kinds = () if scored.need.profile.categories else probable_categories(scored.inferred)
    choices = [
        Choice(score_of(float(scored.log_odds[row])), frozenset(_solution(scored, row).categories))
        for row in scored.order
    ]
    return [scored.order[place] for place in chosen(choices, kinds, limit)]


def _solution(scored: _Scored, row: int) -> Solution:
    profile = scored.snapshot.profile(int(scored.candidates.slots[row]))
    number = int(scored.snapshot.solutions["number"][scored.candidates.places[row]])
    return profile.solutions[number]


def _pair(scored: _Scored, row: int) -> Pair:
    slot = int(scored.candidates.slots[row])
    snapshot = scored.snapshot
    return Pair(
        need=scored.need,
        profile=snapshot.profile(slot),
        solution=_solution(scored, row),
        processes=snapshot.solution_processes[int(scored.candidates.places[row])],
        nearest_reference=snapshot.nearest_reference(slot, scored.need.parts),
        inferred=scored.inferred,
        features=dict(zip(FEATURE_NAMES, scored.candidates.values[row].tolist(), strict=True)),
    )
