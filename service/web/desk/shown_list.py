"""What the pages of a need show of a run: its candidates with where each stands, side by side, and as if."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matching.domain import Recommendation
from matching.ranker import Ranker
from service.db.tables import RecommendationRun, Supplier
from service.kit.problems import Problem
from service.messages import sentence
from service.ranking.queries import ranker_of_version
from service.ranking.schemas import bounds_of
from service.recommendations.decisions import standings
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.records import answer_of_run
from service.recommendations.runs import contributions_by_reason
from service.recommendations.schemas import CandidateAnswer, RecommendationAnswer
from service.suppliers.queries import SupplierRecord, with_parts
from service.web.forms import Form

MOST_COMPARED = 4
WEIGHT = "weights."
"""Before the name of a feature, in the fields that ask what its weight would do."""

ROUNDING = 0.0005
"""Weights are shown with three decimals: what comes back unchanged may differ by less than this."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A run as it was shown, with where each of its suppliers stands now."""

    run: RecommendationRun
    answer: RecommendationAnswer
    standings: Mapping[UUID, str]
    strongest: float
    """The largest contribution of all, so that bars of different candidates can be compared."""

    def candidate(self, supplier_id: str) -> CandidateAnswer | None:
        """The candidate of that id, if the run showed it."""
        return next((each for each in self.answer.items if str(each.supplier.id) == supplier_id), None)


@dataclass(frozen=True, slots=True)
class Compared:
    """A candidate beside others: its profile, and everything that made its score."""

    candidate: CandidateAnswer
    record: SupplierRecord
    contributions: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A supplier in the list as if and in the list as it is; None where it is not in it."""

    supplier_id: str
    name: str
    after: int | None
    before: int | None
    score: float | None

    @property
    def steps(self) -> int | None:
        """How far it rises (above 0) or falls; None when it comes in or drops out."""
        return None if self.before is None or self.after is None else self.before - self.after


def shown_list(session: Session, run: RecommendationRun) -> Shown:
    """The run with everything that its page says of it."""
    answer = answer_of_run(session, run)
    sizes = [abs(each.contribution) for item in answer.items for each in item.reasons if each.code != "base"]
    return Shown(run, answer, standings(session, run.need_id), max(sizes, default=1.0) or 1.0)


def compared(session: Session, shown: Shown, form: Form) -> list[Compared]:
    """Those that were ticked, in the order of the list. Raises `Problem` 422 for more than four."""
    ticked = [each for each in shown.answer.items if str(each.supplier.id) in form.many("compare")]
    if len(ticked) > MOST_COMPARED:
        raise Problem(422, "compare_too_many")
    ids = [each.supplier.id for each in ticked]
    suppliers = session.exec(select(Supplier).where(col(Supplier.id).in_(ids))).all()
    records = {record.supplier.id: record for record in with_parts(session, suppliers)}
    ranker = ranker_of_version(session, shown.run.model_version)
    features = {item["supplier_id"]: item["features"] for item in shown.run.answer["items"]}
    return [
        Compared(each, records[each.supplier.id], _contributions(ranker, features[str(each.supplier.id)]))
        for each in ticked
        if each.supplier.id is not None
    ]


def asked_weights(form: Form, present: Ranker) -> dict[str, float]:
    """The weights that the form changes; what is no number or out of bounds is noted beside its field."""
    changed = {}
    for name, weight in present.weights.items():
        typed = form.text(WEIGHT + name).strip()
        if not typed:
            continue
        least, most = bounds_of(name)
        try:
            value = float(typed)
        except ValueError:
            form.errors[WEIGHT + name] = sentence("weight_not_a_number")
            continue
        if not least <= value <= most:
            form.errors[WEIGHT + name] = sentence("weight_between", least=f"{least:g}", most=f"{most:g}")
        elif abs(value - weight) > ROUNDING:
            changed[name] = value
    return changed


def moved(engine: MatchingEngine, shown: Shown, as_if: Recommendation) -> list[Moved]:
    """The list as if, then those that drop out of it."""
    snapshot = engine.recommender().index.snapshot()
    before = {str(each.supplier.id): each for each in shown.answer.items}
    after = [
        Moved(
            match.supplier_id,
            snapshot.profile(snapshot.slots[match.supplier_id]).company_name,
            match.rank,
            before[match.supplier_id].rank if match.supplier_id in before else None,
            match.score,
        )
        for match in as_if.matches
    ]
    kept = {each.supplier_id for each in after}
    gone = [
        Moved(supplier_id, each.supplier.company_name, None, each.rank, None)
        for supplier_id, each in before.items()
        if supplier_id not in kept
    ]
    return after + gone


def reason_rows(columns: Sequence[Compared]) -> list[str]:
    """The reasons that tell anything of the compared ones, the weightiest first."""
    weight: dict[str, float] = {}
    for column in columns:
        for code, value in (column.contributions or {}).items():
            weight[code] = max(weight.get(code, 0.0), abs(value))
    return sorted((code for code, most in weight.items() if most >= 0.005), key=lambda code: -weight[code])


def _contributions(ranker: Ranker | None, features: Mapping[str, float]) -> Mapping[str, float] | None:
    if ranker is None or set(features) != set(ranker.weights):
        return None
    return contributions_by_reason(ranker, features)
