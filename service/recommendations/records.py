"""What is kept of a run, and the answer made from it again as it was shown."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matching import taxonomy
from matching.domain import Caution, Evidence, Fact, Note, Reason, Recommendation
from service.db.tables import RecommendationRun, Solution, Supplier
from service.kit import clock
from service.messages import sentence
from service.messages.reasons import exclusion_text, held_back_text, note_text
from service.recommendations.answers import caution_answers, evidence_answers, reason_answers
from service.recommendations.schemas import (
    CandidateAnswer,
    ExcludedAnswer,
    HeldBackAnswer,
    InferredCategoryAnswer,
    NoteAnswer,
    ReasonAnswer,
    RecommendationAnswer,
    SolutionSummary,
    SupplierSummary,
)

Record = Mapping[str, Any]


def run_record(found: Recommendation, *, asked: int | None = None, told: bool = True) -> Record:
    """The order, the features behind each score, what was ruled out or held back, and why.

    `asked` is how many places the list was to have; None for a choice that was no such list. What
    sentences are made of is left out without `told`: those who see no names may have their runs exported.
    """
    return {
        "items": [
            {
                "rank": match.rank,
                "supplier_id": match.supplier_id,
                "solution_id": match.solution_id,
                "score": match.score,
                "log_odds": match.log_odds,
                "features": dict(match.features),
                "reasons": [_kept_reason(each, told) for each in match.reasons],
                "notes": [note.code for note in match.notes],
                **(_told(match.evidence, match.cautions, match.notes) if told else {}),
            }
            for match in found.matches
        ],
        "excluded": [{"code": rule.code, "count": rule.count} for rule in found.excluded],
        "held_back": [
            {"code": rule.code, "supplier_ids": list(rule.supplier_ids)} for rule in found.held_back
        ],
        "considered": found.considered,
        "inferred_categories": [
            {"category": each.category, "probability": each.probability} for each in found.inferred_categories
        ],
        "asked": asked,
    }


def same_run_of_today(session: Session, run: RecommendationRun) -> RecommendationRun | None:
    """What was kept today of the same list for the same viewer: a page that is loaded again is no new run."""
    return session.exec(
        select(RecommendationRun)
        .where(
            RecommendationRun.need_id == run.need_id,
            col(RecommendationRun.generated_at) >= clock.midnight(clock.today()),
            col(RecommendationRun.requested_by).is_not_distinct_from(run.requested_by),
            RecommendationRun.viewer_role == run.viewer_role,
            RecommendationRun.model_version == run.model_version,
            RecommendationRun.need_version == run.need_version,
            RecommendationRun.answer == run.answer,
        )
        .order_by(col(RecommendationRun.generated_at).desc())
        .limit(1)
    ).first()


def answer_of_run(session: Session, run: RecommendationRun) -> RecommendationAnswer:
    """What a run showed, with names; a run of old kept no sentences, so that its reasons have only names."""
    record = run.answer
    suppliers = _suppliers_named(session, record)
    solutions = _solutions_named(session, record)
    return RecommendationAnswer(
        run_id=run.id,
        need_id=run.need_id,
        model_version=run.model_version,
        generated_at=run.generated_at,
        inferred_categories=[
            InferredCategoryAnswer(name=taxonomy.category_name(each["category"]), **each)
            for each in record["inferred_categories"]
        ],
        items=[_candidate(item, suppliers, solutions) for item in record["items"]],
        excluded=[ExcludedAnswer(text=exclusion_text(**rule), **rule) for rule in record["excluded"]],
        held_back=[_held_back(rule, suppliers) for rule in record["held_back"]],
        considered=record["considered"],
    )


def _kept(part: Reason | Caution | Note, told: bool) -> dict[str, Any]:
    return {"code": part.code, "facts": dict(part.facts)} if told else {"code": part.code}


def _kept_reason(reason: Reason, told: bool) -> dict[str, Any]:
    return _kept(reason, told) | {"contribution": reason.contribution}


def _told(evidence: Iterable[Evidence], cautions: Iterable[Caution], notes: Iterable[Note]) -> dict[str, Any]:
    return {
        "evidence": [[each.need_text, each.supplier_text, each.similarity] for each in evidence],
        "cautions": [_kept(each, told=True) for each in cautions],
        "told_notes": [_kept(each, told=True) for each in notes],
    }


def _suppliers_named(session: Session, record: Record) -> dict[str, SupplierSummary]:
    ids = [item["supplier_id"] for item in record["items"]]
    ids += [one for rule in record["held_back"] for one in rule["supplier_ids"]]
    found = session.exec(
        select(Supplier.id, Supplier.company_name, Supplier.region).where(col(Supplier.id).in_(ids))
    )
    return {str(one): SupplierSummary(id=one, company_name=name, region=where) for one, name, where in found}


def _solutions_named(session: Session, record: Record) -> dict[str, SolutionSummary]:
    ids = [item["solution_id"] for item in record["items"]]
    found = session.exec(
        select(Solution.id, Solution.name, Solution.categories).where(col(Solution.id).in_(ids))
    )
    return {str(one): SolutionSummary(id=one, name=name, categories=kinds) for one, name, kinds in found}


def _candidate(
    item: Record, suppliers: Mapping[str, SupplierSummary], solutions: Mapping[str, SolutionSummary]
) -> CandidateAnswer:
    dropped = SolutionSummary(id=UUID(item["solution_id"]), name=sentence("solution_dropped"), categories=[])
    return CandidateAnswer(
        rank=item["rank"],
        supplier=suppliers[item["supplier_id"]],
        solution=solutions.get(item["solution_id"], dropped),
        score=item["score"],
        reasons=[_reason(each) for each in item["reasons"]],
        evidence=evidence_answers([Evidence(*pair) for pair in item.get("evidence", ())]),
        cautions=caution_answers([Caution(each["code"], _facts(each)) for each in item.get("cautions", ())]),
        notes=[
            NoteAnswer(code=each["code"], text=note_text(Note(each["code"], _facts(each))))
            for each in item.get("told_notes", ())
        ],
    )


def _reason(kept: Record) -> ReasonAnswer:
    if "facts" not in kept:
        return ReasonAnswer(code=kept["code"], contribution=kept["contribution"], text="")
    return reason_answers([Reason(kept["code"], kept["contribution"], _facts(kept))])[0]


def _facts(kept: Record) -> dict[str, Fact]:
    """JSON has no tuples."""
    return {name: tuple(fact) if isinstance(fact, list) else fact for name, fact in kept["facts"].items()}


def _held_back(rule: Record, suppliers: Mapping[str, SupplierSummary]) -> HeldBackAnswer:
    ids = rule["supplier_ids"]
    return HeldBackAnswer(
        code=rule["code"],
        count=len(ids),
        text=held_back_text(rule["code"], len(ids)),
        suppliers=[suppliers[one] for one in ids if one in suppliers],
    )
