"""Challenges on the wire."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from service.accounts.actor import Actor, Role
from service.challenges.blindness import BlindText, blind_text, identities
from service.challenges.deciding import feedback_for
from service.challenges.queries import (
    application_counts,
    company_names,
    departments_of,
    names_shown,
    standing_applications,
)
from service.challenges.states import ChallengeState, state_of
from service.db.tables import Challenge, ChallengeApplication, ChallengeConflict, ChallengeReview
from service.messages.challenges import STATES


class Answer(BaseModel):
    """A part of an answer, read off a row."""

    model_config = ConfigDict(from_attributes=True)


class CriterionAnswer(Answer):
    """심사 기준 하나. number는 심사를 제출할 때의 criterion입니다."""

    number: int
    name: str
    description: str
    weight_percent: int


class DepartmentAnswer(Answer):
    """함께 일할 수 있는 부서."""

    id: UUID
    name: str
    mission: str


class ChosenAnswer(BaseModel):
    """선정된 지원서. 결과를 발표하면 모두에게 보입니다."""

    application_id: UUID
    supplier_id: UUID
    company_name: str
    title: str
    field: str
    outcome: str
    department_name: str


class ChallengeAnswer(BaseModel):
    """챌린지 하나."""

    id: UUID
    title: str
    purpose: str
    state: ChallengeState
    state_text: str
    programme_code: str | None
    fields: list[str]
    criteria: list[CriterionAnswer]
    opens_on: date
    closes_on: date
    places: int
    reviewers_per_application: int
    departments: list[DepartmentAnswer]
    application_count: int | None = Field(
        description="거두지 않은 지원서의 수. 관리자가 아니면 마감 뒤부터 보입니다."
    )
    chosen: list[ChosenAnswer] | None = Field(description="선정된 지원서. 결과를 발표하기 전에는 null")
    departure_reason: str | None = Field(description="순위와 다르게 고른 까닭 (관리자만)")
    decided_at: datetime | None
    version: int


class CriterionFeedbackAnswer(Answer):
    """기준 하나에 대한 심사위원들의 점수 평균(1~5)과 의견."""

    name: str
    mean: float
    comments: list[str]


class ResultAnswer(BaseModel):
    """지원한 회사가 받는 결과."""

    chosen: bool
    department_name: str | None
    feedback: list[CriterionFeedbackAnswer]


class ApplicationAnswer(BaseModel):
    """지원서 하나. 담당자에게는 결과를 발표하기 전까지 회사와 글 속의 이름이 보이지 않습니다."""

    id: UUID
    challenge_id: UUID
    challenge_title: str
    supplier_id: UUID | None
    company_name: str | None
    field: str
    title: str
    problem: str
    proposal: str
    outcome: str
    withdrawn_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
    result: ResultAnswer | None = Field(description="발표한 결과. 그 회사와 담당자만 봅니다.")
    version: int


class ScoreAnswer(Answer):
    """기준 하나의 점수와 의견."""

    criterion: int
    score: int
    comment: str


class BlindApplication(Answer):
    """심사위원이 읽는 지원서."""

    field: str
    title: str
    problem: str
    proposal: str
    outcome: str


class ReviewAnswer(BaseModel):
    """내가 맡은 심사 하나."""

    id: UUID
    challenge_id: UUID
    challenge_title: str
    state: ChallengeState
    criteria: list[CriterionAnswer]
    application: BlindApplication
    scores: list[ScoreAnswer]
    submitted_at: datetime | None
    version: int


class ConflictAnswer(Answer):
    """심사하지 않기로 한 공급기업. 글을 읽다가 알아본 곳은 supplier_id가 null입니다."""

    id: UUID
    challenge_id: UUID
    supplier_id: UUID | None
    reason: str
    declared_at: datetime


class ConflictList(BaseModel):
    """내가 적은 이해관계."""

    items: list[ConflictAnswer]
    next_cursor: None = None


def challenge_answers(session: Session, actor: Actor, calls: Sequence[Challenge]) -> list[ChallengeAnswer]:
    """The calls as the actor may see them."""
    departments = departments_of(session, [each.id for each in calls])
    counts = application_counts(session, [each.id for each in calls])
    answers = []
    for call in calls:
        state = state_of(call)
        counted = actor.role is Role.ADMIN or state in (ChallengeState.REVIEWING, ChallengeState.DECIDED)
        kept = call.model_dump(exclude={"criteria", "published_at", "departure_reason"})
        answers.append(
            ChallengeAnswer(
                **kept,
                state=state,
                state_text=STATES[state.value],
                criteria=criterion_answers(call),
                departments=[DepartmentAnswer.model_validate(each) for each in departments.get(call.id, ())],
                application_count=counts.get(call.id, 0) if counted else None,
                chosen=_chosen(session, call) if state is ChallengeState.DECIDED else None,
                departure_reason=call.departure_reason if actor.role is Role.ADMIN else None,
            )
        )
    return answers


def criterion_answers(challenge: Challenge) -> list[CriterionAnswer]:
    """The criteria with their numbers."""
    return [CriterionAnswer(number=number, **each) for number, each in enumerate(challenge.criteria, start=1)]


def application_answers(
    session: Session, actor: Actor, rows: Sequence[tuple[ChallengeApplication, Challenge]]
) -> list[ApplicationAnswer]:
    """Applications as the actor may see them: without names for who reviews, until the decision."""
    named = company_names(session, [each.supplier_id for each, _ in rows])
    blind = [each.supplier_id for each, call in rows if not names_shown(actor, call)]
    hidden = identities(session, blind) if blind else {}
    departments = _department_names(session, [call for _, call in rows])
    answers = []
    for row, call in rows:
        shown = names_shown(actor, call)
        kept: dict[str, Any] = row.model_dump(exclude={"chosen", "department_id"})
        if not shown:
            kept |= vars(blind_text(row, hidden[row.supplier_id])) | dict.fromkeys(
                ("supplier_id", "created_at", "updated_at")
            )
        answers.append(
            ApplicationAnswer(
                **kept,
                challenge_title=call.title,
                company_name=named[row.supplier_id] if shown else None,
                result=_result(session, row, call, departments) if row.chosen is not None else None,
            )
        )
    return answers


def review_answers(
    session: Session, rows: Sequence[tuple[ChallengeReview, ChallengeApplication, Challenge]]
) -> list[ReviewAnswer]:
    """Reviews of one reviewer, what they are about without names, also after the decision."""
    hidden = identities(session, [application.supplier_id for _, application, _ in rows])
    return [
        ReviewAnswer(
            id=review.id,
            challenge_id=call.id,
            challenge_title=call.title,
            state=state_of(call),
            criteria=criterion_answers(call),
            application=_blind(application.field, blind_text(application, hidden[application.supplier_id])),
            scores=[ScoreAnswer.model_validate(each) for each in review.scores],
            submitted_at=review.submitted_at,
            version=review.version,
        )
        for review, application, call in rows
    ]


def conflict_list(conflicts: Iterable[ChallengeConflict]) -> ConflictList:
    """What was declared."""
    told = [each.model_dump() | ({"supplier_id": None} if each.recognised else {}) for each in conflicts]
    return ConflictList(items=[ConflictAnswer.model_validate(each) for each in told])


def _blind(field: str, text: BlindText) -> BlindApplication:
    return BlindApplication(field=field, **vars(text))


def _chosen(session: Session, call: Challenge) -> list[ChosenAnswer]:
    rows = [each for each in standing_applications(session, call.id) if each.chosen]
    names = company_names(session, [each.supplier_id for each in rows])
    departments = _department_names(session, [call])
    return [
        ChosenAnswer(
            application_id=each.id,
            supplier_id=each.supplier_id,
            company_name=names[each.supplier_id],
            title=each.title,
            field=each.field,
            outcome=each.outcome,
            department_name=departments[each.department_id] if each.department_id else "",
        )
        for each in rows
    ]


def _result(
    session: Session,
    row: ChallengeApplication,
    call: Challenge,
    departments: Mapping[UUID, str],
) -> ResultAnswer:
    return ResultAnswer(
        chosen=bool(row.chosen),
        department_name=departments.get(row.department_id) if row.department_id else None,
        feedback=[CriterionFeedbackAnswer.model_validate(each) for each in feedback_for(session, call, row)],
    )


def _department_names(session: Session, calls: Iterable[Challenge]) -> dict[UUID, str]:
    found = departments_of(session, {call.id for call in calls})
    return {each.id: each.name for departments in found.values() for each in departments}
