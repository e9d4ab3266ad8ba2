"""From what the library computed to what the wire carries, in Korean, and anonymous where it must be."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from matching import taxonomy
from matching.domain import (
    CapabilityProfile,
    Caution,
    Evidence,
    HeldBack,
    Match,
    Reason,
    Recommendation,
    Solution,
)
from matching.recommender import Recommender
from service.messages.reasons import caution_text, exclusion_text, held_back_text, note_text, reason_text
from service.recommendations.anonymity import HIDDEN, without_identity
from service.recommendations.schemas import (
    CandidateAnswer,
    CautionAnswer,
    EvidenceAnswer,
    ExcludedAnswer,
    HeldBackAnswer,
    InferredCategoryAnswer,
    NoteAnswer,
    ReasonAnswer,
    RecommendationAnswer,
    SolutionSummary,
    SupplierSummary,
)


def recommendation_answer(
    recommender: Recommender,
    found: Recommendation,
    *,
    named: bool,
    generated_at: datetime,
    run_id: UUID | None = None,
    need_id: UUID | None = None,
) -> RecommendationAnswer:
    """The whole answer; `named` is False for those who may not know who the candidates are."""
    return RecommendationAnswer(
        run_id=run_id,
        need_id=need_id,
        model_version=found.model_version,
        generated_at=generated_at,
        inferred_categories=[
            InferredCategoryAnswer(
                category=each.category,
                name=taxonomy.category_name(each.category),
                probability=round(each.probability, 4),
            )
            for each in found.inferred_categories
        ],
        items=[_candidate(recommender, match, named=named) for match in found.matches],
        excluded=[
            ExcludedAnswer(code=rule.code, count=rule.count, text=exclusion_text(rule.code, rule.count))
            for rule in found.excluded
        ],
        held_back=[_held_back(recommender, rule, named=named) for rule in found.held_back],
        considered=found.considered,
    )


def reason_answers(reasons: Sequence[Reason]) -> list[ReasonAnswer]:
    """Reasons with their sentences."""
    return [
        ReasonAnswer(code=reason.code, contribution=reason.contribution, text=reason_text(reason))
        for reason in reasons
    ]


def evidence_answers(pairs: Sequence[Evidence]) -> list[EvidenceAnswer]:
    """Pairs of sentences."""
    return [
        EvidenceAnswer(
            need_text=pair.need_text, supplier_text=pair.supplier_text, similarity=round(pair.similarity, 4)
        )
        for pair in pairs
    ]


def caution_answers(cautions: Sequence[Caution]) -> list[CautionAnswer]:
    """Cautions with their sentences."""
    return [CautionAnswer(code=caution.code, text=caution_text(caution)) for caution in cautions]


def solution_summary(solution: Solution) -> SolutionSummary:
    """The solution that a score belongs to."""
    return SolutionSummary(id=UUID(solution.id), name=solution.name, categories=list(solution.categories))


def profile_and_solution(
    recommender: Recommender, supplier_id: str, solution_id: str
) -> tuple[CapabilityProfile, Solution]:
    """What the index holds under these ids. Raises LookupError when it was removed meanwhile."""
    snapshot = recommender.index.snapshot()
    profile = snapshot.profile(snapshot.slots[supplier_id])
    for solution in profile.solutions:
        if solution.id == solution_id:
            return profile, solution
    raise LookupError(solution_id)


def _candidate(recommender: Recommender, match: Match, *, named: bool) -> CandidateAnswer:
    profile, solution = profile_and_solution(recommender, match.supplier_id, match.solution_id)
    answer = CandidateAnswer(
        rank=match.rank,
        supplier=_supplier_summary(profile),
        solution=solution_summary(solution),
        score=match.score,
        reasons=reason_answers(match.reasons),
        evidence=evidence_answers(match.evidence),
        cautions=caution_answers(match.cautions),
        notes=[NoteAnswer(code=note.code, text=note_text(note)) for note in match.notes],
    )
    return answer if named else _anonymous(answer, profile)


def _held_back(recommender: Recommender, rule: HeldBack, *, named: bool) -> HeldBackAnswer:
    snapshot = recommender.index.snapshot()
    slots = [snapshot.slots[each] for each in rule.supplier_ids if each in snapshot.slots]
    return HeldBackAnswer(
        code=rule.code,
        count=rule.count,
        text=held_back_text(rule.code, rule.count),
        suppliers=[_supplier_summary(snapshot.profile(slot)) for slot in slots] if named else [],
    )


def _supplier_summary(profile: CapabilityProfile) -> SupplierSummary:
    return SupplierSummary(
        id=UUID(profile.supplier_id), company_name=profile.company_name, region=profile.region
    )


def _anonymous(answer: CandidateAnswer, profile: CapabilityProfile) -> CandidateAnswer:
    """The same without id and name, also where a sentence or a product tells them."""
    hidden = answer.model_copy(
        update={
            "reasons": [
                each.model_copy(update={"text": without_identity(each.text, profile)})
                for each in answer.reasons
            ],
            "evidence": [
                each.model_copy(update={"supplier_text": without_identity(each.supplier_text, profile)})
                for each in answer.evidence
            ],
            "cautions": [
                each.model_copy(update={"text": without_identity(each.text, profile)})
                for each in answer.cautions
            ],
        }
    )
    hidden.supplier = SupplierSummary(id=None, company_name=f"후보 {answer.rank}", region=profile.region)
    hidden.solution = SolutionSummary(id=None, name=HIDDEN, categories=answer.solution.categories)
    return hidden
