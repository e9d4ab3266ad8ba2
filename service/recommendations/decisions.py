"""What account managers decide about candidates: where a pair of need and supplier stands, and what follows.

A pair stands where its last decision put it. A contract occupies the supplier and takes the need off the
list of open ones; a finished project closes the need; a contract that came to nothing opens it again.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.own_company import refuse_own_company
from service.db.tables import Feedback, Need, NeedStatus, RecommendationRun, Supplier, Verdict
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.recommendations.introductions import INTRODUCED, tell_of_introduction
from service.recommendations.schemas import FeedbackInput, MoveInput

_ENGAGED = frozenset({Verdict.CONTRACTED.value, Verdict.COMPLETED.value})
"""Where a pair stands once there is a contract."""

_STANDINGS = text("""
    SELECT DISTINCT ON (supplier_id) supplier_id, verdict
    FROM feedback WHERE need_id = :need_id
    ORDER BY supplier_id, created_at DESC, id DESC
""")


def record_feedback(session: Session, actor: Actor, run_id: UUID, data: FeedbackInput) -> Feedback:
    """Keep a decision, with the position at which the candidate was shown.

    Raises `Problem` 404 for an unknown run, 422 for a supplier that the run did not show or that is gone,
    409 `own_company` for the actor's own.
    """
    run = session.get(RecommendationRun, run_id)
    if run is None:
        raise Problem(404, "not_found")
    shown = {item["supplier_id"]: item["rank"] for item in run.answer["items"]}
    position = shown.get(str(data.supplier_id))
    if position is None:
        raise field_problem("/supplier_id", "supplier_not_in_run")
    refuse_own_company(session, actor, data.supplier_id)
    if session.get(Supplier, data.supplier_id) is None:
        raise field_problem("/supplier_id", "supplier_unknown")
    # Decisions on one need wait for each other: each follows from where the one before left the pairs.
    need = session.get_one(Need, run.need_id, with_for_update=True, populate_existing=True)
    former = standings(session, need.id).get(data.supplier_id)
    if data.verdict in INTRODUCED:
        tell_of_introduction(session, need.id, data.supplier_id)
    feedback = Feedback(
        run_id=run.id,
        need_id=run.need_id,
        account_id=actor.account_id,
        position=position,
        **data.model_dump(),
    )
    session.add(feedback)
    session.flush()
    if _ENGAGED & {former, data.verdict}:
        before = {"status": need.status}
        _settle(need, former, set(standings(session, need.id).values()))
        if need.status != before["status"]:
            after = {"status": need.status}
            record_event(session, actor, "need.changed", need.id, before=before, after=after)
    # The supplier's track record and load changed: every index copy must read it again.
    this_supplier = col(Supplier.id) == data.supplier_id
    session.execute(update(Supplier).where(this_supplier).values(changed_in=Supplier.changed_in))
    session.flush()
    kept = {
        "run_id": str(run_id),
        "need_id": str(need.id),
        "verdict": data.verdict,
        "position": position,
    }
    record_event(session, actor, f"match.{data.verdict}", data.supplier_id, after=kept)
    return feedback


def move_pair(session: Session, actor: Actor, data: MoveInput) -> Feedback:
    """Put a pair somewhere else; the decision belongs to the run of the one before.

    Raises `Problem` 404 for an unknown decision, 409 `moved_meanwhile` when it is no longer the pair's
    last, `already_there` when the pair stands there, `own_company`.
    """
    seen = session.get(Feedback, data.seen)
    if seen is None:
        raise Problem(404, "not_found")
    session.get_one(Need, seen.need_id, with_for_update=True, populate_existing=True)
    last = session.exec(
        select(Feedback)
        .where(Feedback.need_id == seen.need_id, Feedback.supplier_id == seen.supplier_id)
        .order_by(col(Feedback.created_at).desc(), col(Feedback.id).desc())
    ).first()
    if last is None or last.id != seen.id:
        raise Problem(409, "moved_meanwhile")
    if last.verdict == data.verdict:
        raise Problem(409, "already_there")
    decision = FeedbackInput(
        supplier_id=seen.supplier_id, **data.model_dump(include={"verdict", "reason_code", "comment"})
    )
    return record_feedback(session, actor, seen.run_id, decision)


def standings(session: Session, need_id: UUID) -> dict[UUID, str]:
    """The last decision on each supplier for a need."""
    return {row.supplier_id: row.verdict for row in session.execute(_STANDINGS, {"need_id": need_id})}


def decided_pairs(session: Session, need_ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """The pairs of these needs on which anything was decided: ids of need and supplier."""
    statement = select(Feedback.need_id, Feedback.supplier_id).where(col(Feedback.need_id).in_(need_ids))
    return set(session.exec(statement.distinct()).all())


def feedback_of_run(session: Session, run_id: UUID) -> Sequence[Feedback]:
    """The decisions about a run, oldest first. Raises `Problem` 404."""
    if session.get(RecommendationRun, run_id) is None:
        raise Problem(404, "not_found")
    return session.exec(select(Feedback).where(Feedback.run_id == run_id).order_by(col(Feedback.id))).all()


def _settle(need: Need, former: str | None, standing: Collection[str]) -> None:
    """The state that contracts leave a need in; one that was closed otherwise stays closed."""
    if need.status == NeedStatus.CLOSED.value and former != Verdict.COMPLETED.value:
        return
    state = NeedStatus.OPEN
    if Verdict.CONTRACTED.value in standing:
        state = NeedStatus.CONTRACTED
    elif Verdict.COMPLETED.value in standing:
        state = NeedStatus.CLOSED
    if need.status != state.value:
        need.status = state.value
        need.version += 1
        need.updated_at = clock.now()
