"""From a need to a ranked, explained short list: exclude, retrieve, measure, score, diversify, explain."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.diversity import LIST_RULES, Choice, ListPolicy, Selection, probable_categories, select
from matching.domain import (
    Exclusion,
    FloatArray,
    HeldBack,
    InferredCategory,
    Lead,
    Match,
    Recommendation,
)
from matching.eligibility import approved_count, exclusion_of, exclusions
from matching.explanation import Pair, cautions, evidence, notes, reasons
from matching.exposure import UNSEEN, Exposure
from matching.features import FEATURE_NAMES, Candidates, EmbeddedNeed, candidates
from matching.index import IndexSnapshot
from matching.ranker import Ranker, score_of
from matching.retrieval import InMemory, Query, Retrieval, ShownTexts, Wanted
from matching.stages import Watch, unwatched
from matching.taxonomy import category_codes

SHORTLIST = 400
"""Suppliers whose features are measured; the cheap signals choose them from all that are eligible."""

LEAST_PROBABILITY = 0.05
"""Inferred categories below this are not reported."""


class Index(Protocol):
    """The suppliers to choose from: a `ProfileIndex`, or one state of it that is held."""

    def snapshot(self) -> IndexSnapshot:
        """The present state."""


class Intent(Protocol):
    """Tells which kinds of solution a problem text calls for."""

    @property
    def categories(self) -> Sequence[str]:
        """Codes in the order of the probabilities."""

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> NDArray[np.floating]:
        """Shape (texts, categories)."""


@dataclass(frozen=True, slots=True, eq=False)
class _HeldIndex:
    """An index that stands still."""

    held: IndexSnapshot

    def snapshot(self) -> IndexSnapshot:
        """Always the same state."""
        return self.held


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
    """Everything that a recommendation depends on; building one costs nothing.

    `watch` is told of every stage of `recommend` and changes nothing.
    """

    index: Index
    intent: Intent
    ranker: Ranker
    policy: ListPolicy = field(default_factory=ListPolicy)
    retrieval: Retrieval = field(default_factory=InMemory)
    watch: Watch = unwatched

    def held(self) -> "Recommender":
        """The same over the suppliers as they are now, whatever is written to the index later."""
        return replace(self, index=_HeldIndex(self.index.snapshot()))

    def recommend(
        self, need: EmbeddedNeed, limit: int, today: date, exposure: Exposure = UNSEEN
    ) -> Recommendation:
        """The best `limit` suppliers for a need within the bounds of the policy, which `exposure` informs.

        In order of score; equal scores by supplier id. `considered` counts every supplier in the index,
        those excluded among them.
        """
        snapshot = self.index.snapshot()
        with self.watch("intent"):
            inferred = self.infer([need])[0]
        scored = self._scored(snapshot, need, inferred, Wanted(need.profile))
        with self.watch("eligibility"):
            excluded = exclusions(snapshot.verdicts(need.profile), snapshot.rows)
        with self.watch("diversify"):
            selection = _selection(scored, limit, self.policy, exposure)
        with self.watch("explain"):
            return self._recommendation(scored, selection, excluded, today)

    def scores(self, needs: Sequence[EmbeddedNeed]) -> list[tuple[tuple[str, float], ...]]:
        """For each need the suppliers with their scores, the best first; equal scores by supplier id.

        Unlike a recommendation it counts in those who fit but have no capacity left, so that a plan for
        many needs can tell who is missing from who is busy.
        """
        snapshot = self.index.snapshot()
        return [
            _scores(self._scored(snapshot, need, inferred, Wanted(need.profile, busy_too=True)))
            for need, inferred in zip(needs, self.infer(needs), strict=True)
        ]

    def explain(
        self, chosen: Sequence[tuple[EmbeddedNeed, Sequence[str]]], today: date
    ) -> list[Recommendation]:
        """For each need the suppliers chosen for it, in order of score, explained as a recommendation would.

        Whether they are eligible is not asked again; one that is not in the index is left out.
        """
        snapshot = self.index.snapshot()
        return [
            self._explained(snapshot, need, inferred, supplier_ids, today)
            for (need, supplier_ids), inferred in zip(
                chosen, self.infer([need for need, _ in chosen]), strict=True
            )
        ]

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
        eligible = [need for need in needs if exclusion_of(snapshot.profile(slot), need.profile) is None]
        found: list[tuple[_Scored, int]] = []
        for need, inferred in zip(eligible, self.infer(eligible), strict=True):
            wanted = Wanted(need.profile, only=frozenset([supplier_id]))
            scored = self._scored(snapshot, need, inferred, wanted)
            found += [(scored, row) for row in scored.order]
        found.sort(key=lambda pair: (-pair[0].log_odds[pair[1]], pair[0].need.profile.need_id or ""))
        # Explaining costs more than scoring, so only what is shown is explained.
        texts = self.retrieval.shown_texts(snapshot, [slot])[slot]
        return tuple(
            Lead(rank, scored.need.profile.need_id or "", self._match(scored, row, texts, rank, today))
            for rank, (scored, row) in enumerate(found[:limit], start=1)
        )

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
        wanted: Wanted,
    ) -> _Scored:
        by_code = {item.category: item.probability for item in inferred}
        probabilities = np.array([by_code.get(code, 0.0) for code in category_codes()], np.float32)
        query = Query(need, probabilities, self.ranker.weight_row)
        with self.watch("retrieve"):
            found = self.retrieval.search(snapshot, wanted, query, SHORTLIST)
        with self.watch("features"):
            measured = candidates(snapshot, need, found.signals, found.slots)
        with self.watch("score"):
            log_odds = self.ranker.log_odds(measured.values)
            order = _order(measured, log_odds)
        return _Scored(snapshot, need, inferred, measured, log_odds, order)

    def _explained(
        self,
        snapshot: IndexSnapshot,
        need: EmbeddedNeed,
        inferred: tuple[InferredCategory, ...],
        supplier_ids: Sequence[str],
        today: date,
    ) -> Recommendation:
        wanted = Wanted(need.profile, only=frozenset(supplier_ids))
        scored = self._scored(snapshot, need, inferred, wanted)
        return self._recommendation(scored, Selection(tuple(range(len(scored.order)))), (), today)

    def _recommendation(
        self, scored: _Scored, selection: Selection, excluded: tuple[Exclusion, ...], today: date
    ) -> Recommendation:
        slots = {place: int(scored.candidates.slots[scored.order[place]]) for place in selection.places}
        texts = self.retrieval.shown_texts(scored.snapshot, list(slots.values()))
        return Recommendation(
            matches=tuple(
                self._match(
                    scored, scored.order[place], texts[slots[place]], rank, today, selection.added.get(place)
                )
                for rank, place in enumerate(selection.places, start=1)
            ),
            excluded=excluded,
            considered=len(scored.snapshot),
            inferred_categories=tuple(i for i in scored.inferred if i.probability >= LEAST_PROBABILITY),
            model_version=self.ranker.version,
            held_back=_held_back(scored, selection),
        )

    def _match(
        self,
        scored: _Scored,
        row: int,
        texts: ShownTexts,
        rank: int,
        today: date,
        added_by: str | None = None,
    ) -> Match:
        pair = _pair(scored, row, texts)
        log_odds = float(scored.log_odds[row])
        contributions = self.ranker.contributions(scored.candidates.values[row])
        return Match(
            rank=rank,
            supplier_id=pair.profile.supplier_id,
            solution_id=pair.solution.id,
            score=score_of(log_odds),
            log_odds=log_odds,
            reasons=reasons(pair, contributions, self.ranker.intercept),
            evidence=evidence(scored.need, texts.sentences),
            cautions=cautions(pair, today),
            features=pair.features,
            notes=notes(pair, added_by),
        )


def _scores(scored: _Scored) -> tuple[tuple[str, float], ...]:
    return tuple((_supplier_id(scored, row), score_of(float(scored.log_odds[row]))) for row in scored.order)


def _inferred(categories: Sequence[str], row: NDArray[np.floating]) -> tuple[InferredCategory, ...]:
    found = [InferredCategory(code, float(value)) for code, value in zip(categories, row, strict=True)]
    return tuple(sorted(found, key=lambda item: (-item.probability, item.category)))


def _order(measured: Candidates, log_odds: NDArray[np.float64]) -> tuple[int, ...]:
    """Rows by falling log-odds, then supplier id, then place in the profile; each supplier's first only."""
    ids = [supplier.supplier_id for supplier in measured.suppliers]
    first: dict[str, int] = {}
    for _, supplier_id, row in sorted(zip((-log_odds).tolist(), ids, range(len(ids)), strict=True)):
        first.setdefault(supplier_id, row)
    return tuple(first.values())


def _selection(scored: _Scored, limit: int, policy: ListPolicy, exposure: Exposure) -> Selection:
    """Which places of the order to show; kinds that the plant asked for itself are not doubted."""
    kinds = () if scored.need.profile.categories else probable_categories(scored.inferred, policy)
    choices = [
        Choice(
            score_of(float(scored.log_odds[row])),
            frozenset(scored.candidates.solutions[row].categories),
            exposure.of(_supplier_id(scored, row)),
        )
        for row in scored.order
    ]
    return select(choices, limit, policy, kinds, exposure.fair_share(approved_count(scored.snapshot.rows)))


def _held_back(scored: _Scored, selection: Selection) -> tuple[HeldBack, ...]:
    by_rule: dict[str, list[str]] = {rule: [] for rule in LIST_RULES}
    for place, rule in selection.held_back.items():
        by_rule[rule].append(_supplier_id(scored, scored.order[place]))
    return tuple(HeldBack(rule, tuple(ids)) for rule, ids in by_rule.items() if ids)


def _supplier_id(scored: _Scored, row: int) -> str:
    return scored.candidates.suppliers[row].supplier_id


def _pair(scored: _Scored, row: int, texts: ShownTexts) -> Pair:
    profile = scored.candidates.suppliers[row]
    return Pair(
        need=scored.need,
        profile=profile,
        solution=scored.candidates.solutions[row],
        processes=scored.snapshot.solution_processes[int(scored.candidates.places[row])],
        nearest_reference=texts.nearest_reference(profile, scored.need.parts),
        inferred=scored.inferred,
        features=dict(zip(FEATURE_NAMES, scored.candidates.values[row].tolist(), strict=True)),
    )
