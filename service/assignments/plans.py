"""From ranked needs to a plan, and from a plan to what the wire carries and the database keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from matching.assignment import (
    Assignment,
    Candidate,
    Rules,
    Shortfall,
    assign,
    assign_greedily,
    capacity_of,
    market_of,
    own_choices,
)
from matching.domain import Match, Recommendation
from matching.features import EmbeddedNeed
from matching.recommender import Recommender
from service.assignments.schemas import (
    AssignedNeed,
    AssignedSupplier,
    ManufacturerSummary,
    PlanAnswer,
    PlanTotals,
    Shortage,
    SupplierLoad,
    Totals,
    UnservedNeed,
)
from service.db.tables import Manufacturer, Need, NeedStatus, RecommendationRun
from service.kit import clock
from service.messages.assignments import short_text, unserved_text
from service.recommendations.answers import (
    caution_answers,
    profile_and_solution,
    reason_answers,
    solution_summary,
)
from service.recommendations.records import run_record
from service.recommendations.schemas import SupplierSummary

WITHOUT_A_TALE = ("other", "base")
"""Reasons that only make the sum complete."""


@dataclass(frozen=True, slots=True, eq=False)
class RankedNeed:
    """A need with its manufacturer and the suppliers that fit, each with its score."""

    need: Need
    manufacturer: Manufacturer
    embedded: EmbeddedNeed
    scores: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class ServedNeed:
    """A need with the suppliers chosen for it."""

    ranked: RankedNeed
    chosen: Recommendation


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What was decided, beside what else could have been."""

    recommender: Recommender
    rules: Rules
    free: Mapping[str, int | None]
    ranked: Sequence[RankedNeed]
    served: Sequence[ServedNeed]
    assignment: Assignment
    greedy: Assignment
    own_choices: Assignment

    def capacity(self, supplier_id: str) -> int:
        """How many needs a supplier can take."""
        return capacity_of(supplier_id, self.free, self.rules)


def plan_for(recommender: Recommender, ranked: Sequence[RankedNeed], rules: Rules, today: date) -> Plan:
    """Assign and explain. The recommender must be held: its index may not change between ranking and this."""
    snapshot = recommender.index.snapshot()
    candidates = [
        Candidate(str(each.need.id), supplier_id, score)
        for each in ranked
        for supplier_id, score in each.scores
    ]
    named = {candidate.supplier_id for candidate in candidates}
    free = {one: snapshot.profile(snapshot.slots[one]).free_capacity for one in named}
    market = market_of([str(each.need.id) for each in ranked], candidates, free, rules)
    assignment = assign(market)
    return Plan(
        recommender=recommender,
        rules=rules,
        free=free,
        ranked=ranked,
        served=_explained(recommender, ranked, assignment, today),
        assignment=assignment,
        greedy=assign_greedily(market),
        own_choices=own_choices(market),
    )


def run_of(served: ServedNeed, requested_by: UUID | None, role: str) -> RecommendationRun:
    """The record to which feedback on the plan's pairs belongs."""
    return RecommendationRun(
        need_id=served.ranked.need.id,
        requested_by=requested_by,
        viewer_role=role,
        model_version=served.chosen.model_version,
        need_version=served.ranked.need.version,
        answer=dict(run_record(served.chosen)),
    )


def plan_answer(plan: Plan, runs: Mapping[UUID, RecommendationRun], job_id: UUID, day: date) -> PlanAnswer:
    """The whole plan; `runs` by need."""
    short = {UUID(each.need_id): each for each in plan.assignment.shortfalls}
    served = {each.ranked.need.id for each in plan.served}
    floor = plan.rules.floor
    return PlanAnswer(
        id=job_id,
        day=day,
        generated_at=clock.now(),
        model_version=plan.recommender.ranker.version,
        suppliers_per_need=plan.rules.suppliers_per_need,
        floor=floor,
        unknown_capacity=plan.rules.unknown_capacity,
        needs=[
            AssignedNeed(
                id=each.ranked.need.id,
                title=each.ranked.need.title,
                manufacturer=_owner(each.ranked),
                run_id=runs[each.ranked.need.id].id,
                suppliers=[_supplier(plan.recommender, match) for match in each.chosen.matches],
                shortage=_shortage(short.get(each.ranked.need.id), floor),
            )
            for each in plan.served
        ],
        unserved=[
            _unserved(each, short[each.need.id], floor) for each in plan.ranked if each.need.id not in served
        ],
        suppliers=_loads(plan),
        totals=PlanTotals(
            plan=_totals(plan, plan.assignment),
            greedy=_totals(plan, plan.greedy),
            own_choices=_totals(plan, plan.own_choices),
        ),
    )


def _explained(
    recommender: Recommender, ranked: Sequence[RankedNeed], assignment: Assignment, today: date
) -> list[ServedNeed]:
    chosen: dict[str, list[str]] = {}
    for pair in assignment.pairs:
        chosen.setdefault(pair.need_id, []).append(pair.supplier_id)
    served = [each for each in ranked if str(each.need.id) in chosen]
    explained = recommender.explain([(each.embedded, chosen[str(each.need.id)]) for each in served], today)
    return [ServedNeed(each, found) for each, found in zip(served, explained, strict=True)]


def _owner(ranked: RankedNeed) -> ManufacturerSummary:
    return ManufacturerSummary(id=ranked.manufacturer.id, company_name=ranked.manufacturer.company_name)


def _supplier(recommender: Recommender, match: Match) -> AssignedSupplier:
    profile, solution = profile_and_solution(recommender, match.supplier_id, match.solution_id)
    return AssignedSupplier(
        rank=match.rank,
        supplier=SupplierSummary(
            id=UUID(profile.supplier_id), company_name=profile.company_name, region=profile.region
        ),
        solution=solution_summary(solution),
        score=match.score,
        reasons=reason_answers([each for each in match.reasons if each.code not in WITHOUT_A_TALE]),
        cautions=caution_answers(match.cautions),
    )


def _shortage(short: Shortfall | None, floor: float) -> Shortage | None:
    if short is None:
        return None
    text = short_text(short.code, short.missing, floor)
    return Shortage(code=short.code, missing=short.missing, text=text)


def _unserved(ranked: RankedNeed, short: Shortfall, floor: float) -> UnservedNeed:
    code = "need_closed" if ranked.need.status == NeedStatus.CLOSED.value else short.code
    return UnservedNeed(
        id=ranked.need.id,
        title=ranked.need.title,
        manufacturer=_owner(ranked),
        code=code,
        text=unserved_text(code, floor),
    )


def _loads(plan: Plan) -> list[SupplierLoad]:
    """The suppliers that some need has or would choose, the fullest first."""
    snapshot = plan.recommender.index.snapshot()
    assigned, wanted = plan.assignment.needs_of, plan.own_choices.needs_of
    loads = [
        SupplierLoad(
            id=UUID(one),
            company_name=snapshot.profile(snapshot.slots[one]).company_name,
            assigned=assigned[one],
            capacity=plan.capacity(one),
            capacity_known=plan.free[one] is not None,
            wanted=wanted[one],
        )
        for one in assigned.keys() | wanted.keys()
    ]
    return sorted(loads, key=lambda load: (-load.assigned, -load.wanted, load.company_name, str(load.id)))


def _totals(plan: Plan, assignment: Assignment) -> Totals:
    over = [count - plan.capacity(one) for one, count in assignment.needs_of.items()]
    excess = [count for count in over if count > 0]
    return Totals(
        needs_served=len(assignment.suppliers_of),
        pairs=len(assignment.pairs),
        expected_introductions=round(assignment.expected_introductions, 6),
        overloaded_suppliers=len(excess),
        pairs_over_capacity=sum(excess),
    )
