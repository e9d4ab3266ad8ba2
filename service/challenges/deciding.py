"""The ranking of a call, and the decision: the ranking recommends, a person chooses and answers for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.own_company import own_companies
from service.challenges.calls import touch
from service.challenges.queries import departments_of, standing_applications
from service.challenges.ranking import Ranking, Score, rank, weighted_points
from service.challenges.reviewing import counting_reviews
from service.challenges.schemas import ChosenInput, DecisionInput
from service.challenges.states import ChallengeState, require_state
from service.db.tables import (
    Challenge,
    ChallengeApplication,
    ChallengeReview,
    NotificationCode,
)
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.notifications.operations import notify


@dataclass(frozen=True)
class CriterionFeedback:
    """What reviewers thought of one criterion: the mean of their scores, and their comments by alphabet.

    Sorted, so that the comments of one reviewer cannot be told by their place.
    """

    name: str
    mean: float
    comments: tuple[str, ...]


def ranking_of(session: Session, challenge: Challenge) -> Ranking:
    """The applications that stand, ranked by the reviews that were submitted so far."""
    applications = standing_applications(session, challenge.id)
    reviews = counting_reviews(session, challenge, applications)
    scores = [Score(each.application_id, each.reviewer_id, points_of(challenge, each)) for each in reviews]
    return rank([each.id for each in applications], scores)


def points_of(challenge: Challenge, review: ChallengeReview) -> int:
    """A submitted review in hundredths of the scale."""
    weights = [criterion["weight_percent"] for criterion in challenge.criteria]
    return weighted_points([score["score"] for score in review.scores], weights)


def decide(session: Session, actor: Actor, challenge: Challenge, data: DecisionInput) -> None:
    """Choose, assign departments, publish and tell every applicant, of a locked call; for good.

    Raises `Problem` 409 `challenge_state`, `challenge_reviews_missing`, or `own_company` when the actor has a
    part in any applicant; 422 for a choice that cannot be, `challenge_departure_reason_needed` when the
    ranking puts somebody else first.
    """
    require_state(challenge, ChallengeState.REVIEWING)
    applications = standing_applications(session, challenge.id)
    if own_companies(session, actor, [each.supplier_id for each in applications]):
        raise Problem(409, "own_company")
    ranking = ranking_of(session, challenge)
    unfinished = missing_reviews(challenge, ranking)
    if unfinished:
        raise Problem(409, "challenge_reviews_missing", count=unfinished)
    _refuse_impossible(session, challenge, applications, data.chosen)
    departs = departs_from(ranking, {each.application_id for each in data.chosen})
    if departs and data.departure_reason is None:
        raise field_problem("/departure_reason", "challenge_departure_reason_needed")
    challenge.decided_at = clock.now()
    challenge.departure_reason = data.departure_reason if departs else None
    _tell(session, challenge, applications, {each.application_id: each.department_id for each in data.chosen})
    touch(session, challenge)
    told = {
        "chosen": [str(each.application_id) for each in data.chosen],
        "reason": challenge.departure_reason,
    }
    record_event(session, actor, "challenge.decided", challenge.id, after=told)


def missing_reviews(challenge: Challenge, ranking: Ranking) -> int:
    """How many applications have fewer reviews than they should."""
    wanted = challenge.reviewers_per_application
    return sum(len(each.marks) < wanted for each in ranking.standings)


def departs_from(ranking: Ranking, chosen: set[UUID]) -> bool:
    """Whether somebody who was not chosen has a better rank than somebody who was."""
    ranks = {each.application: each.rank or 0 for each in ranking.standings}
    worst = max((ranks[each] for each in chosen), default=0)
    return any(place < worst for each, place in ranks.items() if each not in chosen)


def feedback_for(
    session: Session, challenge: Challenge, application: ChallengeApplication
) -> list[CriterionFeedback]:
    """What an applicant is told, by criterion and without names; empty for one that was not reviewed."""
    reviews = counting_reviews(session, challenge, [application])
    given: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for review in reviews:
        for score in review.scores:
            given[score["criterion"]].append((score["score"], score["comment"]))
    return [
        CriterionFeedback(
            challenge.criteria[number - 1]["name"],
            fmean(score for score, _ in pairs),
            tuple(sorted(comment for _, comment in pairs)),
        )
        for number, pairs in sorted(given.items())
    ]


def _refuse_impossible(
    session: Session,
    challenge: Challenge,
    applications: Sequence[ChallengeApplication],
    chosen: Sequence[ChosenInput],
) -> None:
    known = {each.id for each in applications}
    departments = {each.id for each in departments_of(session, [challenge.id]).get(challenge.id, ())}
    for number, each in enumerate(chosen):
        if each.application_id not in known:
            raise field_problem(f"/chosen/{number}/application_id", "challenge_application_unknown")
        if each.department_id not in departments:
            raise field_problem(f"/chosen/{number}/department_id", "challenge_department_unknown")
    if len({each.application_id for each in chosen}) < len(chosen):
        raise field_problem("/chosen", "challenge_chosen_twice")
    if len(chosen) > challenge.places:
        raise field_problem(
            "/chosen", "challenge_too_many_chosen", places=challenge.places, chosen=len(chosen)
        )


def _tell(
    session: Session,
    challenge: Challenge,
    applications: Sequence[ChallengeApplication],
    departments: dict[UUID, UUID],
) -> None:
    names = {each.id: each.name for each in departments_of(session, [challenge.id])[challenge.id]}
    for application in applications:
        department = departments.get(application.id)
        application.chosen, application.department_id = department is not None, department
        application.version += 1
        notify(
            session,
            NotificationCode.CHALLENGE_CHOSEN if department else NotificationCode.CHALLENGE_NOT_CHOSEN,
            supplier_id=application.supplier_id,
            challenge_title=challenge.title,
            department=names[department] if department else "",
        )
    session.flush()
