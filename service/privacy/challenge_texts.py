"""What people wrote in challenges, erased: applications, what reviewers thought of them, why one stood aside.

An application stays as a row with its scores, so that a decision can still be followed; its words go.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, text
from sqlmodel import Session

from service.kit import clock
from service.messages.challenges import ERASED_TITLE

_FORGET_WORDS = text("""
    UPDATE challenge_application SET title = :erased, problem = '', proposal = '', outcome = '',
           version = version + 1
    WHERE id = ANY(:ids)""")
_FORGET_COMMENTS = text("""
    UPDATE challenge_review SET scores = (
        SELECT jsonb_agg(part || '{"comment": ""}' ORDER BY place)
        FROM jsonb_array_elements(scores) WITH ORDINALITY AS given(part, place))
    WHERE application_id = ANY(:ids) AND submitted_at IS NOT NULL""")
_FORGET_VECTORS = text("DELETE FROM embedding WHERE owner_id = ANY(:ids)")


def erase_withdrawn(session: Session, cut_off: datetime) -> int:
    """The words of applications that were taken back."""
    found = session.execute(
        text("SELECT id FROM challenge_application WHERE withdrawn_at < :cut_off AND title <> :erased"),
        {"cut_off": cut_off, "erased": ERASED_TITLE},
    )
    return _forget(session, list(found.scalars()))


def erase_ended(session: Session, cut_off: datetime) -> int:
    """The words of calls that were decided, or closed and never decided: applications, reviews, stakes."""
    known = {"cut_off": cut_off, "erased": ERASED_TITLE}
    found = session.execute(
        text("""
            SELECT application.id FROM challenge_application AS application
            JOIN challenge ON challenge.id = challenge_id
            WHERE coalesce(decided_at, closes_on) < :cut_off AND application.title <> :erased"""),
        known,
    )
    forgotten = _forget(session, list(found.scalars()))
    stakes = session.execute(
        text("""
            UPDATE challenge_conflict SET reason = '' FROM challenge
            WHERE challenge.id = challenge_id AND coalesce(decided_at, closes_on) < :cut_off
              AND reason <> ''"""),
        known,
    )
    assert isinstance(stakes, CursorResult)
    return forgotten + stakes.rowcount


def forget_applicants(session: Session, supplier_ids: Sequence[UUID]) -> None:
    """Nobody is left of these companies: what they applied with is taken back and its words are erased.

    What was chosen stays to its time: the joint project rests on it.
    """
    undecided = session.execute(
        text("""
            UPDATE challenge_application AS application SET withdrawn_at = :now FROM challenge
            WHERE challenge.id = challenge_id AND decided_at IS NULL AND withdrawn_at IS NULL
              AND supplier_id = ANY(:ids) RETURNING challenge_id"""),
        {"ids": list(supplier_ids), "now": clock.now()},
    )
    session.execute(
        text("UPDATE challenge SET version = version + 1 WHERE id = ANY(:ids)"),
        {"ids": list(undecided.scalars())},
    )
    theirs = session.execute(
        text("""
            SELECT id FROM challenge_application
            WHERE supplier_id = ANY(:ids) AND chosen IS NOT TRUE AND title <> :erased"""),
        {"ids": list(supplier_ids), "erased": ERASED_TITLE},
    )
    _forget(session, list(theirs.scalars()))


def forget_reviewers(session: Session, account_ids: Sequence[UUID]) -> None:
    """What these people told of themselves, and reviews that they will not write.

    Submitted ones stay to their time: they name nobody, and applicants are owed them.
    """
    for statement in (
        "UPDATE challenge_conflict SET reason = '' WHERE reviewer_id = ANY(:ids)",
        "DELETE FROM challenge_review WHERE reviewer_id = ANY(:ids) AND submitted_at IS NULL",
    ):
        session.execute(text(statement), {"ids": list(account_ids)})


def _forget(session: Session, application_ids: Sequence[UUID]) -> int:
    """How many there were."""
    asked = {"ids": list(application_ids)}
    session.execute(_FORGET_WORDS, asked | {"erased": ERASED_TITLE})
    session.execute(_FORGET_COMMENTS, asked)
    session.execute(_FORGET_VECTORS, asked)
    return len(application_ids)
