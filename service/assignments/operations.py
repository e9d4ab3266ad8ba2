"""Planning a matching day: a request becomes a job, the job a plan with a recommendation run for each need.

The job may be killed at any point and started again: until its last transaction, which keeps plan and runs
together, it only moves its progress.
"""

from datetime import date
from functools import partial
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Session

from matching.assignment import Rules
from matching.encoder import embed
from matching.recommender import Recommender
from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.own_company import own_companies
from service.assignments.plans import Plan, RankedNeed, plan_answer, plan_for, run_of
from service.assignments.queries import KIND, assignable, needs_of, open_need_ids
from service.assignments.schemas import AssignmentInput, PlanAnswer
from service.db.session import Database
from service.db.tables import Job, NeedStatus
from service.job_status.operations import RESULT_URL, finish_job, open_job, report_progress
from service.jobs.names import MAKE_ASSIGNMENT
from service.jobs.services import Services
from service.kit import clock
from service.recommendations.decisions import decided_pairs, record_feedback
from service.recommendations.profiles import need_profile
from service.recommendations.schemas import FeedbackInput
from service.recommendations.vectors import embedded_needs

NEEDS_AT_ONCE = 25
"""Progress moves this far at a time: about half a second of ranking."""


class Order(BaseModel):
    """What was asked for, as the job keeps it: every choice made."""

    need_ids: list[UUID]
    suppliers_per_need: int
    floor: float
    unknown_capacity: int
    day: date
    role: str

    @property
    def rules(self) -> Rules:
        """What the plan must keep to."""
        return Rules(self.suppliers_per_need, self.floor, self.unknown_capacity)


def request_assignment(session: Session, actor: Actor, asked: AssignmentInput) -> Job:
    """Open the job that makes the plan.

    Raises `Problem` 422 for unknown or too many needs, 409 for closed ones or when there is none.
    """
    ids = open_need_ids(session) if asked.need_ids is None else assignable(session, asked.need_ids)
    order = Order(
        need_ids=ids,
        role=actor.role.value,
        day=asked.day or clock.today(),
        **asked.model_dump(exclude={"need_ids", "day"}),
    )
    job = open_job(
        session, actor, KIND, MAKE_ASSIGNMENT, total=len(ids), done=0, order=order.model_dump(mode="json")
    )
    record_event(session, actor, "assignment.requested", job.id, after={"needs": len(ids)})
    return job


def make_assignment(services: Services, job_id: UUID) -> None:
    """Rank, assign, explain and keep, unless that was done before."""
    order = _unfinished_order(services.database, job_id)
    if order is None:
        return
    recommender = services.recommender()
    ranked: list[RankedNeed] = []
    for start in range(0, len(order.need_ids), NEEDS_AT_ONCE):
        report_progress(services.database, job_id, done=start)
        ranked += _rank(services, recommender, order.need_ids[start : start + NEEDS_AT_ONCE])
    report_progress(services.database, job_id, done=len(order.need_ids))
    _keep(services.database, job_id, order, plan_for(recommender, ranked, order.rules, order.day))


def shortlist_plan(session: Session, actor: Actor, plan: PlanAnswer) -> int:
    """Put the pairs of a plan on the short lists of their needs; how many were.

    Left as they are: pairs on which something was decided already, and the actor's own companies.
    """
    pairs = [
        (need.run_id, need.id, each.supplier.id)
        for need in plan.needs
        for each in need.suppliers
        if each.supplier.id is not None
    ]
    own = own_companies(session, actor, [supplier_id for _, _, supplier_id in pairs])
    decided = decided_pairs(session, [need.id for need in plan.needs])
    chosen = [
        (run_id, supplier_id)
        for run_id, need_id, supplier_id in pairs
        if supplier_id not in own and (need_id, supplier_id) not in decided
    ]
    for run_id, supplier_id in chosen:
        record_feedback(session, actor, run_id, FeedbackInput(supplier_id=supplier_id, verdict="shortlisted"))
    return len(chosen)


def _unfinished_order(database: Database, job_id: UUID) -> Order | None:
    with database.transaction() as session:
        job = session.get(Job, job_id)
        if job is None or job.finished_at is not None:
            return None
        return Order.model_validate(job.result["order"])


def _rank(services: Services, recommender: Recommender, ids: list[UUID]) -> list[RankedNeed]:
    """A need that was closed since the request has no candidates."""
    with services.database.transaction() as session:
        found = needs_of(session, ids)
        profiles = [need_profile(need, owner) for need, owner in found]
        encoder = services.encoder()
        embedded = embedded_needs(session, encoder, profiles, partial(embed, encoder))
    return [
        RankedNeed(need, owner, asked, () if need.status == NeedStatus.CLOSED.value else scores)
        for (need, owner), asked, scores in zip(found, embedded, recommender.scores(embedded), strict=True)
    ]


def _keep(database: Database, job_id: UUID, order: Order, plan: Plan) -> None:
    with database.transaction() as session:
        job = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
        if job.finished_at is not None:
            return
        runs = {served.ranked.need.id: run_of(served, job.requested_by, order.role) for served in plan.served}
        session.add_all(runs.values())
        answer = plan_answer(plan, runs, job_id=job_id, day=order.day)
        result = {
            "outcome": answer.totals.model_dump(mode="json"),
            RESULT_URL: f"/v1/assignments/{job_id}",
            "plan": answer.model_dump(mode="json"),
        }
        finish_job(session, job_id, result)
