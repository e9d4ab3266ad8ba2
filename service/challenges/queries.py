"""Reading calls, applications and reviews: who may see which."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, true
from sqlmodel import Session, col, select

from service.accounts.actor import Actor, Role
from service.challenges.states import ChallengeState, in_state, state_of
from service.db.rows import one_row
from service.db.tables import (
    Account,
    Challenge,
    ChallengeApplication,
    ChallengeConflict,
    ChallengeDepartment,
    ChallengeReview,
    Supplier,
)
from service.kit import clock
from service.kit.pages import cut_page, decode_id_cursor
from service.kit.problems import Problem

Application = ChallengeApplication


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Published calls are public; drafts are seen by administrators."""
    return true() if actor.role is Role.ADMIN else col(Challenge.published_at).is_not(None)


def applications_of(actor: Actor) -> ColumnElement[bool]:
    """A supplier sees its own applications, staff all; without names where `names_shown` says no."""
    if actor.is_staff:
        return true()
    return col(Application.supplier_id) == actor.supplier_id if actor.supplier_id else false()


def names_shown(actor: Actor, challenge: Challenge) -> bool:
    """Whether the actor may know who applies: account managers review, so they know after the decision."""
    return actor.role is not Role.ACCOUNT_MANAGER or state_of(challenge) is ChallengeState.DECIDED


def get_challenge(session: Session, actor: Actor, challenge_id: UUID, *, lock: bool = False) -> Challenge:
    """That call, if the actor may see it; with `lock` held against other writers to the commit.

    Applications, reviews and the decision of one call take turns here. Raises `Problem` 404.
    """
    return one_row(
        session, select(Challenge).where(Challenge.id == challenge_id, visible_to(actor)), lock=lock
    )


def search_challenges(
    session: Session, actor: Actor, limit: int, cursor: str | None = None, state: ChallengeState | None = None
) -> tuple[list[Challenge], str | None]:
    """One page of the calls that the actor may see, the newest first."""
    statement = select(Challenge).where(visible_to(actor))
    if state is not None:
        statement = statement.where(in_state(state, clock.today()))
    if cursor is not None:
        statement = statement.where(col(Challenge.id) < decode_id_cursor(cursor))
    rows = session.exec(statement.order_by(col(Challenge.id).desc()).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: (str(row.id),))


def departments_of(
    session: Session, challenge_ids: Iterable[UUID]
) -> Mapping[UUID, Sequence[ChallengeDepartment]]:
    """The departments of each of these calls, in their order."""
    found: dict[UUID, list[ChallengeDepartment]] = defaultdict(list)
    statement = select(ChallengeDepartment).where(
        col(ChallengeDepartment.challenge_id).in_(list(challenge_ids))
    )
    for department in session.exec(statement.order_by(col(ChallengeDepartment.position))):
        found[department.challenge_id].append(department)
    return found


def get_application(
    session: Session, actor: Actor, application_id: UUID, *, lock: bool = False
) -> Application:
    """That application, if the actor may see it. Raises `Problem` 404."""
    return one_row(
        session,
        select(Application).where(Application.id == application_id, applications_of(actor)),
        lock=lock,
    )


def search_applications(
    session: Session, actor: Actor, challenge_id: UUID, limit: int, cursor: str | None = None
) -> tuple[list[Application], str | None]:
    """One page of the applications of a call that the actor may see, the oldest first, withdrawn ones too."""
    statement = select(Application).where(Application.challenge_id == challenge_id, applications_of(actor))
    if cursor is not None:
        statement = statement.where(col(Application.id) > decode_id_cursor(cursor))
    rows = session.exec(statement.order_by(col(Application.id)).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: (str(row.id),))


def own_applications(session: Session, supplier_id: UUID) -> Sequence[Application]:
    """All applications of a supplier, the newest first."""
    statement = select(Application).where(Application.supplier_id == supplier_id)
    return session.exec(statement.order_by(col(Application.id).desc())).all()


def standing_applications(session: Session, challenge_id: UUID) -> Sequence[Application]:
    """Those that were not withdrawn, the oldest first."""
    statement = select(Application).where(
        Application.challenge_id == challenge_id, col(Application.withdrawn_at).is_(None)
    )
    return session.exec(statement.order_by(col(Application.id))).all()


def application_counts(session: Session, challenge_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many stand, by call."""
    statement = (
        select(Application.challenge_id, func.count())
        .where(
            col(Application.challenge_id).in_(list(challenge_ids)), col(Application.withdrawn_at).is_(None)
        )
        .group_by(col(Application.challenge_id))
    )
    return dict(session.exec(statement).all())


def company_names(session: Session, supplier_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these suppliers are called."""
    statement = select(Supplier.id, Supplier.company_name).where(col(Supplier.id).in_(list(supplier_ids)))
    return dict(session.exec(statement).all())


def reviews_of(session: Session, application_ids: Iterable[UUID]) -> Sequence[ChallengeReview]:
    """Every review of these applications, submitted or not."""
    statement = select(ChallengeReview).where(col(ChallengeReview.application_id).in_(list(application_ids)))
    return session.exec(statement.order_by(col(ChallengeReview.id))).all()


def get_review(
    session: Session, actor: Actor, review_id: UUID, *, lock: bool = False
) -> tuple[ChallengeReview, Application, Challenge]:
    """A review of the actor's own with what it is about. To everybody else it does not exist.

    With `lock` the call is held first, then the review. Raises `Problem` 404.
    """
    found = session.exec(_own_reviews(actor).where(ChallengeReview.id == review_id)).first()
    if found is None:
        raise Problem(404, "not_found")
    review, application, challenge = found
    if lock:
        challenge = session.get_one(Challenge, challenge.id, with_for_update=True, populate_existing=True)
        again = session.get(ChallengeReview, review.id, with_for_update=True, populate_existing=True)
        if again is None:  # released while we waited
            raise Problem(404, "not_found")
        review = again
    return review, application, challenge


def search_reviews(
    session: Session, actor: Actor, limit: int, cursor: str | None = None
) -> tuple[list[tuple[ChallengeReview, Application, Challenge]], str | None]:
    """One page of the actor's own reviews of applications that stand, the newest call first."""
    statement = _own_reviews(actor)
    if cursor is not None:
        statement = statement.where(col(ChallengeReview.id) < decode_id_cursor(cursor))
    rows = session.exec(statement.order_by(col(ChallengeReview.id).desc()).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: (str(row[0].id),))


def _own_reviews(actor: Actor):  # type: ignore[no-untyped-def]  # SQLModel has no public name for it
    mine = (
        col(ChallengeReview.reviewer_id) == actor.account_id
        if actor.role is Role.ACCOUNT_MANAGER and actor.account_id
        else false()
    )
    return (
        select(ChallengeReview, Application, Challenge)
        .join(Application, col(Application.id) == col(ChallengeReview.application_id))
        .join(Challenge, col(Challenge.id) == col(Application.challenge_id))
        .where(mine, col(Application.withdrawn_at).is_(None))
    )


def account_managers(session: Session) -> Sequence[Account]:
    """Those who may review: account managers with an open account, by name."""
    statement = select(Account).where(
        Account.role == Role.ACCOUNT_MANAGER.value, col(Account.active).is_(True)
    )
    return session.exec(statement.order_by(col(Account.name), col(Account.id))).all()


def conflicts_of(
    session: Session, challenge_id: UUID, reviewer_id: UUID | None = None
) -> Sequence[ChallengeConflict]:
    """What was declared in a call, by that reviewer or by all."""
    statement = select(ChallengeConflict).where(ChallengeConflict.challenge_id == challenge_id)
    if reviewer_id is not None:
        statement = statement.where(ChallengeConflict.reviewer_id == reviewer_id)
    return session.exec(statement.order_by(col(ChallengeConflict.id))).all()
