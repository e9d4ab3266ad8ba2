"""A call from its draft to its publication."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.challenges.queries import departments_of, standing_applications
from service.challenges.schemas import ChallengeInput, ChallengePatch, DepartmentInput
from service.challenges.states import ChallengeState, require_state
from service.db.tables import (
    Challenge,
    ChallengeApplication,
    ChallengeDepartment,
    ChallengeReview,
    Embedding,
    Programme,
)
from service.jobs.names import EMBED_CHALLENGE
from service.jobs.queue import Priority, enqueue
from service.kit import clock
from service.kit.problems import FieldError, Problem, field_problem
from service.messages import sentence

STILL_OPEN = frozenset({"closes_on", "reviewers_per_application"})
"""What may change once somebody has applied: nothing that an applicant relied on."""

_UNDECIDED = tuple(state for state in ChallengeState if state is not ChallengeState.DECIDED)


def create_challenge(session: Session, actor: Actor, data: ChallengeInput) -> Challenge:
    """A draft. Raises `Problem` 422 for a programme that does not exist."""
    _refuse_unknown_programme(session, data.programme_code)
    challenge = Challenge(**data.model_dump(exclude={"departments"}))
    session.add(challenge)
    session.flush()
    _set_departments(session, challenge, data.departments)
    record_event(session, actor, "challenge.created", challenge.id, after={"title": challenge.title})
    return challenge


def change_challenge(session: Session, actor: Actor, challenge: Challenge, patch: ChallengePatch) -> None:
    """Apply a patch to a locked call.

    Raises `Problem` 409 `challenge_state` once it is decided, 409 `challenge_terms_fixed` for what applicants
    relied on, 422 for days in the wrong order.
    """
    require_state(challenge, *_UNDECIDED)
    changes = patch.model_dump(exclude_unset=True, exclude={"departments"})
    changes = {name: value for name, value in changes.items() if value != getattr(challenge, name)}
    _refuse_fixed(session, challenge, patch, changes)
    _refuse_unknown_programme(session, changes.get("programme_code"))
    for name, value in changes.items():
        setattr(challenge, name, value)
    if challenge.closes_on < challenge.opens_on:
        raise field_problem("/closes_on", "challenge_days_order")
    if patch.departments is not None:
        _set_departments(session, challenge, patch.departments)
    touch(session, challenge)
    after = {"fields": sorted(patch.model_fields_set)}
    record_event(session, actor, "challenge.changed", challenge.id, after=after)


def publish(session: Session, actor: Actor, challenge: Challenge) -> None:
    """Show a locked draft to everybody. Raises `Problem` 409 for one whose last day is over."""
    require_state(challenge, ChallengeState.DRAFT)
    if challenge.closes_on < clock.today():
        raise Problem(409, "challenge_closes_in_past")
    challenge.published_at = clock.now()
    touch(session, challenge)
    have_texts_embedded(session, challenge.id)
    record_event(session, actor, "challenge.published", challenge.id, after={"title": challenge.title})


def delete_draft(session: Session, actor: Actor, challenge: Challenge) -> None:
    """Remove a locked call that nobody has seen. Raises `Problem` 409 for one that was published."""
    require_state(challenge, ChallengeState.DRAFT)
    _set_departments(session, challenge, ())
    record_event(session, actor, "challenge.deleted", challenge.id, after={"title": challenge.title})
    session.delete(challenge)
    session.flush()


def touch(session: Session, challenge: Challenge) -> None:
    """The call is another version now, also when what was thought of its applications has changed."""
    challenge.version += 1
    challenge.updated_at = clock.now()
    session.flush()


def have_texts_embedded(session: Session, challenge_id: UUID) -> None:
    """Have the departments and applications of a call read, for proposing departments."""
    once = f"{EMBED_CHALLENGE}:{challenge_id}"
    enqueue(session, EMBED_CHALLENGE, once=once, priority=Priority.BULK, challenge_id=str(challenge_id))


def _refuse_fixed(
    session: Session, challenge: Challenge, patch: ChallengePatch, changes: dict[str, object]
) -> None:
    """A withdrawn application counts too: its company has seen the terms."""
    applied = select(ChallengeApplication.id).where(ChallengeApplication.challenge_id == challenge.id)
    if session.exec(applied.limit(1)).first() is None:
        return
    fixed = {name for name in changes if name not in STILL_OPEN}
    if patch.departments is not None and _departments_differ(session, challenge, patch.departments):
        fixed.add("departments")
    closes_on = changes.get("closes_on")
    if closes_on is not None and (
        patch.closes_on is None or patch.closes_on < challenge.closes_on or _is_reviewed(session, challenge)
    ):
        fixed.add("closes_on")
    if fixed:
        told = sentence("challenge_terms_fixed")
        raise Problem(
            409, "challenge_terms_fixed", errors=[FieldError(f"/{name}", told) for name in sorted(fixed)]
        )


def _is_reviewed(session: Session, challenge: Challenge) -> bool:
    """Whether reviewers have been assigned: texts that are being read must not change any more."""
    ids = [each.id for each in standing_applications(session, challenge.id)]
    found = select(ChallengeReview.id).where(col(ChallengeReview.application_id).in_(ids))
    return session.exec(found.limit(1)).first() is not None


def _departments_differ(session: Session, challenge: Challenge, wanted: Sequence[DepartmentInput]) -> bool:
    present = departments_of(session, [challenge.id]).get(challenge.id, ())
    return [(each.name, each.mission) for each in present] != [(each.name, each.mission) for each in wanted]


def _set_departments(session: Session, challenge: Challenge, wanted: Sequence[DepartmentInput]) -> None:
    if not _departments_differ(session, challenge, wanted):
        return
    old = [each.id for each in departments_of(session, [challenge.id]).get(challenge.id, ())]
    session.execute(delete(Embedding).where(col(Embedding.owner_id).in_(old)))
    session.execute(delete(ChallengeDepartment).where(col(ChallengeDepartment.id).in_(old)))
    session.add_all(
        ChallengeDepartment(challenge_id=challenge.id, position=position, **each.model_dump())
        for position, each in enumerate(wanted)
    )
    session.flush()
    if challenge.published_at is not None:
        have_texts_embedded(session, challenge.id)


def _refuse_unknown_programme(session: Session, code: object) -> None:
    if code is not None and session.get(Programme, code) is None:
        raise field_problem("/programme_code", "challenge_programme_unknown")
