"""Who reviews what without a conflict of interest, and what they submit.

Account managers review. An administrator sees who applied and runs the call, so that none of them scores.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import Actor, Role
from service.accounts.audit import record_event
from service.accounts.own_company import own_companies
from service.challenges.calls import have_texts_embedded, touch
from service.challenges.panel import Panel, TooFewReviewersError, assign
from service.challenges.queries import (
    account_managers,
    conflicts_of,
    reviews_of,
    standing_applications,
)
from service.challenges.schemas import ReviewInput
from service.challenges.states import ChallengeState, require_state
from service.db.tables import (
    Account,
    Challenge,
    ChallengeApplication,
    ChallengeConflict,
    ChallengeReview,
    NotificationCode,
    Supplier,
)
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.notifications.operations import notify_person

_BEFORE_DECISION = (ChallengeState.ANNOUNCED, ChallengeState.OPEN, ChallengeState.REVIEWING)


def assign_reviewers(
    session: Session, actor: Actor, challenge: Challenge, reviewer_ids: Sequence[UUID] | None
) -> None:
    """Spread the applications of a locked, closed call over these reviewers, or over all account managers.

    Submitted reviews stay. Once more, it fills what is missing and moves what nobody has begun.
    Raises `Problem` 409 `challenge_state`, `challenge_no_applications` or `challenge_reviewers_missing`,
    422 for somebody who may not review.
    """
    require_state(challenge, ChallengeState.REVIEWING)
    pool = _pool(session, reviewer_ids)
    applications = standing_applications(session, challenge.id)
    if not applications:
        raise Problem(409, "challenge_no_applications")
    try:
        panel = _panel(session, challenge, applications, pool)
    except TooFewReviewersError as error:
        raise Problem(
            409,
            "challenge_reviewers_missing",
            missing=error.missing,
            applications=error.applications,
            each=challenge.reviewers_per_application,
        ) from error
    _write_down(session, challenge, applications, panel)
    touch(session, challenge)
    have_texts_embedded(session, challenge.id)
    counted = {"applications": len(applications), "reviewers": len(set().union(*panel.values()))}
    record_event(session, actor, "challenge.assigned", challenge.id, after=counted)


def declare_conflict(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    supplier_id: UUID,
    reason: str,
    *,
    recognised: bool = False,
) -> ChallengeConflict:
    """The actor is not impartial about that supplier, in a locked call; whether it applies stays untold.

    `recognised` when the actor named nobody but knew who wrote an application.

    A review of it that the actor was given goes, scores and all, to another of the panel where one is free.
    Raises `Problem` 409 `challenge_state` after the decision, 422 for a supplier that does not exist.
    """
    require_state(challenge, *_BEFORE_DECISION)
    assert actor.account_id is not None
    if session.get(Supplier, supplier_id) is None:
        raise field_problem("/supplier_id", "supplier_unknown")
    declared = next(
        (
            each
            for each in conflicts_of(session, challenge.id, actor.account_id)
            if each.supplier_id == supplier_id
        ),
        None,
    )
    if declared is None:
        declared = ChallengeConflict(
            challenge_id=challenge.id,
            reviewer_id=actor.account_id,
            supplier_id=supplier_id,
            reason=reason,
            recognised=recognised,
        )
        session.add(declared)
        session.flush()
        # Not why: that is about a person, and stays where it can be erased.
        after = {"conflict_id": str(declared.id)}
        record_event(session, actor, "challenge.conflict", challenge.id, after=after)
    _release(session, actor, challenge, supplier_id)
    return declared


def submit_review(
    session: Session, actor: Actor, challenge: Challenge, review: ChallengeReview, data: ReviewInput
) -> None:
    """Keep the scores of a locked review; until the decision they may be changed.

    Raises `Problem` 409 `challenge_state`, 422 `challenge_scores_incomplete` unless every criterion is scored
    exactly once.
    """
    require_state(challenge, ChallengeState.REVIEWING)
    scores = sorted(data.scores, key=lambda each: each.criterion)
    if [each.criterion for each in scores] != list(range(1, len(challenge.criteria) + 1)):
        raise field_problem("/scores", "challenge_scores_incomplete", count=len(challenge.criteria))
    review.scores = [each.model_dump() for each in scores]
    review.submitted_at = clock.now()
    review.version += 1
    touch(session, challenge)
    record_event(session, actor, "challenge_review.submitted", review.id)


def counting_reviews(
    session: Session, challenge: Challenge, applications: Sequence[ChallengeApplication]
) -> list[ChallengeReview]:
    """The submitted reviews, but for those of people whose stake became known only afterwards."""
    given = [each for each in reviews_of(session, [one.id for one in applications]) if each.submitted_at]
    barred = excluded_pairs(session, challenge, applications, {each.reviewer_id for each in given})
    return [each for each in given if (each.application_id, each.reviewer_id) not in barred]


def excluded_pairs(
    session: Session, challenge: Challenge, applications: Sequence[ChallengeApplication], pool: Iterable[UUID]
) -> set[tuple[UUID, UUID]]:
    """Pairs of application and reviewer with a conflict of interest: declared, or known to the service."""
    suppliers = [each.supplier_id for each in applications]
    barred = {(each.supplier_id, each.reviewer_id) for each in conflicts_of(session, challenge.id)}
    for reviewer in pool:
        own = own_companies(session, Actor(Role.ACCOUNT_MANAGER, reviewer), suppliers)
        barred |= {(supplier, reviewer) for supplier in own}
    return {
        (each.id, reviewer) for each in applications for reviewer in pool
        if (each.supplier_id, reviewer) in barred
    }  # fmt: skip


def _pool(session: Session, reviewer_ids: Sequence[UUID] | None) -> list[UUID]:
    known = {each.id for each in account_managers(session)}
    if reviewer_ids is None:
        return sorted(known)
    for number, each in enumerate(reviewer_ids):
        if each not in known:
            raise field_problem(f"/reviewer_ids/{number}", "challenge_reviewer_unknown")
    return sorted(set(reviewer_ids))


def _panel(
    session: Session,
    challenge: Challenge,
    applications: Sequence[ChallengeApplication],
    pool: Sequence[UUID],
) -> Panel:
    """Raises TooFewReviewersError."""
    barred = excluded_pairs(session, challenge, applications, pool)
    eligible = {
        each.id: {reviewer for reviewer in pool if (each.id, reviewer) not in barred} for each in applications
    }
    kept: dict[UUID, set[UUID]] = defaultdict(set)
    for review in counting_reviews(session, challenge, applications):
        kept[review.application_id].add(review.reviewer_id)
    return assign(eligible, challenge.reviewers_per_application, kept)


def _write_down(
    session: Session, challenge: Challenge, applications: Sequence[ChallengeApplication], panel: Panel
) -> None:
    there: dict[UUID, set[UUID]] = defaultdict(set)
    for review in reviews_of(session, panel):
        if review.submitted_at is None and review.reviewer_id not in panel[review.application_id]:
            session.delete(review)
        else:
            there[review.application_id].add(review.reviewer_id)
    _give(
        session,
        challenge,
        [
            ChallengeReview(application_id=each.id, reviewer_id=reviewer)
            for each in applications
            for reviewer in sorted(panel[each.id] - there[each.id])
        ],
    )


def _give(session: Session, challenge: Challenge, reviews: Sequence[ChallengeReview]) -> None:
    """Give these reviews to their reviewers, and tell each how many there are."""
    session.add_all(reviews)
    session.flush()
    for reviewer, count in sorted(Counter(each.reviewer_id for each in reviews).items()):
        notify_person(
            session,
            NotificationCode.REVIEW_ASSIGNED,
            reviewer,
            challenge_title=challenge.title,
            count=str(count),
        )


def _release(session: Session, actor: Actor, challenge: Challenge, supplier_id: UUID) -> None:
    """Nobody is told when no other of the panel is free: the administrator sees what lacks reviewers."""
    applications = standing_applications(session, challenge.id)
    given = session.exec(
        select(ChallengeReview)
        .join(ChallengeApplication, col(ChallengeApplication.id) == col(ChallengeReview.application_id))
        .where(
            ChallengeReview.reviewer_id == actor.account_id,
            ChallengeApplication.challenge_id == challenge.id,
            ChallengeApplication.supplier_id == supplier_id,
        )
    ).all()
    if not given:
        return
    panel_before = {each.reviewer_id for each in reviews_of(session, [one.id for one in applications])}
    for review in given:
        session.delete(review)
        record_event(session, actor, "challenge_review.released", review.id)
    session.flush()
    _fill(
        session, challenge, [each for each in applications if each.supplier_id == supplier_id], panel_before
    )
    touch(session, challenge)


def _fill(
    session: Session,
    challenge: Challenge,
    applications: Sequence[ChallengeApplication],
    pool: Iterable[UUID],
) -> None:
    """Give each the least busy of those who are free, as far as there are any; nothing else moves."""
    load: Mapping[UUID, int] = _load(session, challenge)
    active = {each.id for each in account_managers(session)}
    able = sorted(active & set(pool))
    barred = excluded_pairs(session, challenge, applications, able)
    for application in applications:
        there = {each.reviewer_id for each in reviews_of(session, [application.id])}
        free = [one for one in able if one not in there and (application.id, one) not in barred]
        wanted = max(challenge.reviewers_per_application - len(there), 0)
        chosen = sorted(free, key=lambda one: (load.get(one, 0), one))[:wanted]
        given = [ChallengeReview(application_id=application.id, reviewer_id=one) for one in chosen]
        _give(session, challenge, given)


def _load(session: Session, challenge: Challenge) -> dict[UUID, int]:
    counted: dict[UUID, int] = defaultdict(int)
    for review in reviews_of(session, [each.id for each in standing_applications(session, challenge.id)]):
        counted[review.reviewer_id] += 1
    return counted


def reviewers_by_name(session: Session, reviewer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these people are called."""
    statement = select(Account.id, Account.name).where(col(Account.id).in_(list(reviewer_ids)))
    return dict(session.exec(statement).all())
