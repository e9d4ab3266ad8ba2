"""Where a call stands: it follows from its days, in Korea, and from what was done with it."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from service.db.tables import Challenge
from service.kit import clock
from service.kit.problems import Problem
from service.messages.challenges import STATES


class ChallengeState(StrEnum):
    """Being written, published, taking applications, being reviewed, decided."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    REVIEWING = "reviewing"
    DECIDED = "decided"


def state_of(challenge: Challenge, day: date | None = None) -> ChallengeState:
    """The state on that day, today without one. Both the first and the last day are open."""
    today = day or clock.today()
    if challenge.decided_at is not None:
        return ChallengeState.DECIDED
    if challenge.published_at is None:
        return ChallengeState.DRAFT
    if today < challenge.opens_on:
        return ChallengeState.ANNOUNCED
    return ChallengeState.OPEN if today <= challenge.closes_on else ChallengeState.REVIEWING


def in_state(state: ChallengeState, today: date) -> ColumnElement[bool]:
    """The same as a condition."""
    published = and_(col(Challenge.published_at).is_not(None), col(Challenge.decided_at).is_(None))
    return {
        ChallengeState.DRAFT: col(Challenge.published_at).is_(None),
        ChallengeState.ANNOUNCED: and_(published, col(Challenge.opens_on) > today),
        ChallengeState.OPEN: and_(
            published, col(Challenge.opens_on) <= today, col(Challenge.closes_on) >= today
        ),
        ChallengeState.REVIEWING: and_(published, col(Challenge.closes_on) < today),
        ChallengeState.DECIDED: col(Challenge.decided_at).is_not(None),
    }[state]


def require_state(challenge: Challenge, *allowed: ChallengeState) -> None:
    """Raises `Problem` 409 `challenge_state` for a call in another state."""
    state = state_of(challenge)
    if state not in allowed:
        named = ", ".join(STATES[each.value] for each in allowed)
        raise Problem(409, "challenge_state", current=STATES[state.value], allowed=named)
