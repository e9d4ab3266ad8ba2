"""The demo's challenges: what happened to each, done once more by the operations, on the days it happened."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import SYSTEM, Actor, Role
from service.challenges.applications import apply
from service.challenges.calls import create_challenge, publish
from service.challenges.deciding import decide, ranking_of
from service.challenges.queries import departments_of, reviews_of, standing_applications
from service.challenges.reviewing import assign_reviewers, submit_review
from service.challenges.schemas import (
    HIGHEST,
    LOWEST,
    ApplicationInput,
    ChallengeInput,
    DecisionInput,
    ReviewInput,
)
from service.db.tables import Challenge, ChallengeReview
from service.kit import clock

Row = Mapping[str, Any]
Reviewer = tuple[UUID, int]
"""A reviewer, and what they add to every score."""

DAYS_TO_REVIEW = 2

_NINE_IN_KOREA = time(0, tzinfo=UTC)


def hold_challenges(
    session: Session, document: Row, suppliers: Mapping[str, UUID], reviewers: Sequence[Reviewer]
) -> None:
    """Load the demo's calls; `suppliers` are ids by business number."""
    for row in document["challenges"]:
        _Call(session, document, row, suppliers, reviewers).hold()


class _Call:
    """One call of the demo. The last of the reviewers has still to review it when it is not decided."""

    def __init__(
        self,
        session: Session,
        document: Row,
        row: Row,
        suppliers: Mapping[str, UUID],
        reviewers: Sequence[Reviewer],
    ) -> None:
        self._session = session
        self._document = document
        self._row = row
        self._suppliers = suppliers
        self._leanings = dict(reviewers)
        self._still_to_review = reviewers[-1][0]
        self._today = clock.today()

    def hold(self) -> None:
        """Everything from the publication to where it stands."""
        with self._on("opens_days_ago"):
            challenge = create_challenge(self._session, SYSTEM, self._call())
            publish(self._session, SYSTEM, challenge)
            applied = {
                apply(self._session, self._applicant(each), challenge, _application(each)).id: each
                for each in self._row["applications"]
            }
        if self._row["closes_days_ago"] <= 0:
            return
        with self._on("closes_days_ago", DAYS_TO_REVIEW):
            assign_reviewers(self._session, SYSTEM, challenge, list(self._leanings))
            self._review(challenge, applied)
        if self._row["decided_days_ago"] is not None:
            with self._on("decided_days_ago"):
                self._decide(challenge, applied)

    def _on(self, days_ago: str, later: int = 0) -> AbstractContextManager[None]:
        day = self._day(days_ago) + timedelta(days=later)
        return clock.frozen(datetime.combine(day, _NINE_IN_KOREA))

    def _day(self, days_ago: str) -> date:
        return self._today - timedelta(days=self._row[days_ago])

    def _call(self) -> ChallengeInput:
        kept = ("title", "purpose", "programme_code", "fields", "places", "reviewers_per_application")
        return ChallengeInput.model_validate(
            {name: self._row[name] for name in kept}
            | {name: self._document[name] for name in ("criteria", "departments")}
            | {"opens_on": self._day("opens_days_ago"), "closes_on": self._day("closes_days_ago")}
        )

    def _applicant(self, row: Row) -> Actor:
        return Actor(Role.SUPPLIER, supplier_id=self._suppliers[row["supplier_business_number"]])

    def _review(self, challenge: Challenge, applied: Mapping[UUID, Row]) -> None:
        panels: dict[UUID, list[ChallengeReview]] = {each: [] for each in applied}
        for review in sorted(reviews_of(self._session, applied), key=lambda each: each.reviewer_id):
            panels[review.application_id].append(review)
        for application_id, reviews in panels.items():
            for place, review in enumerate(reviews):
                if review.reviewer_id == self._still_to_review and self._row["decided_days_ago"] is None:
                    continue
                data = self._opinion(applied[application_id], review.reviewer_id, place)
                actor = Actor(Role.ACCOUNT_MANAGER, review.reviewer_id)
                submit_review(self._session, actor, challenge, review, data)

    def _opinion(self, row: Row, reviewer: UUID, place: int) -> ReviewInput:
        leaning = self._leanings[reviewer]
        scores = [min(max(score + leaning, LOWEST), HIGHEST) for score in row["scores"]]
        return ReviewInput.model_validate(
            {
                "scores": [
                    {
                        "criterion": number,
                        "score": score,
                        "comment": row["comments"][number - 1]
                        if place == 0
                        else self._document["comments"][number - 1][score - 1][place - 1],
                    }
                    for number, score in enumerate(scores, start=1)
                ]
            }
        )

    def _decide(self, challenge: Challenge, applied: Mapping[UUID, Row]) -> None:
        """The first of the ranking, each with the department that would take it."""
        ids = {each.name: each.id for each in departments_of(self._session, [challenge.id])[challenge.id]}
        first: Sequence[UUID] = [each.application for each in ranking_of(self._session, challenge).standings]
        standing = {each.id for each in standing_applications(self._session, challenge.id)}
        chosen = [
            {"application_id": each, "department_id": ids[applied[each]["department"]]}
            for each in first[: challenge.places]
            if each in standing
        ]
        decide(self._session, SYSTEM, challenge, DecisionInput.model_validate({"chosen": chosen}))


def _application(row: Row) -> ApplicationInput:
    return ApplicationInput.model_validate({name: row[name] for name in ApplicationInput.model_fields})
