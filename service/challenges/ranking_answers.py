"""The ranking on the wire, for the administrator who decides."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from service.challenges.answers import DepartmentAnswer
from service.challenges.deciding import missing_reviews, ranking_of
from service.challenges.departments import Proposal
from service.challenges.queries import (
    company_names,
    departments_of,
    reviews_of,
    standing_applications,
)
from service.challenges.ranking import Mark, Standing
from service.challenges.reviewing import reviewers_by_name
from service.db.tables import Challenge, ChallengeApplication
from service.messages import sentence
from service.messages.challenges import BASES

POINTS_A_STEP = 100
"""Points of the ranking in one step of the scale of 1 to 5."""

MEAN_STANDARD_SCORE, STANDARD_SCORE_STEP = 50, 10


class MarkAnswer(BaseModel):
    """심사위원 한 사람의 가중 점수(1~5)와 그 사람 안에서의 표준점수."""

    reviewer_id: UUID
    reviewer_name: str
    score: float
    standard_score: float


class RankedAnswer(BaseModel):
    """순위에 있는 지원서 하나."""

    rank: int | None = Field(description="심사가 없으면 null. 같은 순위가 있을 수 있습니다.")
    application_id: UUID
    title: str
    supplier_id: UUID
    company_name: str
    field: str
    standard_score: float | None = Field(description="심사위원마다 맞춘 표준점수의 평균. 50이 보통")
    raw_mean: float | None = Field(description="가중 점수의 평균 (1~5)")
    spread: float | None = Field(description="심사위원 표준점수의 가장 높은 값과 낮은 값의 차이")
    contested: bool = Field(description="심사위원의 의견이 크게 갈렸는지")
    review_count: int
    reviewer_count: int = Field(description="배정한 심사위원 수")
    marks: list[MarkAnswer]
    chosen: bool | None
    department_name: str | None


class ScaleAnswer(BaseModel):
    """심사위원 한 사람이 얼마나 엄하게, 무엇을 기준으로 맞추었는지."""

    reviewer_id: UUID
    reviewer_name: str
    count: int
    mean: float = Field(description="맞출 때 쓴 평균 (1~5)")
    deviation: float = Field(description="맞출 때 쓴 표준편차")
    basis: Literal["own_scores", "all_scores", "no_difference"]
    basis_text: str


class RankingAnswer(BaseModel):
    """순위와 그것을 계산한 방법."""

    items: list[RankedAnswer]
    next_cursor: None = None
    reviewers: list[ScaleAnswer]
    rule: str
    places: int
    missing_reviews: int = Field(description="심사가 덜 끝난 지원서 수")


class EvidencePair(BaseModel):
    """서로 닿는 문장."""

    model_config = ConfigDict(from_attributes=True)

    application_text: str
    department_text: str
    similarity: float


class ProposalAnswer(BaseModel):
    """맞는 부서 하나와 그 근거."""

    department: DepartmentAnswer
    similarity: float
    evidence: list[EvidencePair]


class ProposalList(BaseModel):
    """지원서에 맞는 부서. 가까운 곳부터 세 곳."""

    items: list[ProposalAnswer]
    next_cursor: None = None


def ranking_answer(session: Session, challenge: Challenge) -> RankingAnswer:
    """The ranking as it stands now."""
    ranking = ranking_of(session, challenge)
    rows = {each.id: each for each in standing_applications(session, challenge.id)}
    given = reviews_of(session, rows)
    people = reviewers_by_name(session, {each.reviewer_id for each in given})
    companies = company_names(session, [each.supplier_id for each in rows.values()])
    departments = {
        each.id: each.name for each in departments_of(session, [challenge.id]).get(challenge.id, ())
    }
    assigned = [each.application_id for each in given]
    return RankingAnswer(
        items=[
            _ranked(
                standing,
                rows[standing.application],
                companies,
                departments,
                people,
                assigned.count(standing.application),
            )
            for standing in ranking.standings
        ],
        reviewers=[
            ScaleAnswer(
                reviewer_id=scale.reviewer,
                reviewer_name=people[scale.reviewer],
                count=scale.count,
                mean=_on_scale(scale.mean),
                deviation=round(scale.deviation / POINTS_A_STEP, 2),
                basis=scale.basis.value,
                basis_text=BASES[scale.basis.value],
            )
            for scale in sorted(ranking.scales.values(), key=lambda one: people[one.reviewer])
        ],
        rule=sentence("challenge_tie_rule"),
        places=challenge.places,
        missing_reviews=missing_reviews(challenge, ranking),
    )


def proposal_list(proposals: Sequence[Proposal]) -> ProposalList:
    """What the matching proposes, with its reasons."""
    return ProposalList(
        items=[
            ProposalAnswer(
                department=DepartmentAnswer.model_validate(each.department),
                similarity=round(each.similarity, 4),
                evidence=[
                    EvidencePair(
                        application_text=pair.need_text,
                        department_text=pair.supplier_text,
                        similarity=round(pair.similarity, 4),
                    )
                    for pair in each.evidence
                ],
            )
            for each in proposals
        ]
    )


def _ranked(
    standing: Standing,
    row: ChallengeApplication,
    companies: Mapping[UUID, str],
    departments: Mapping[UUID, str],
    people: Mapping[UUID, str],
    assigned: int,
) -> RankedAnswer:
    return RankedAnswer(
        rank=standing.rank,
        application_id=row.id,
        title=row.title,
        supplier_id=row.supplier_id,
        company_name=companies[row.supplier_id],
        field=row.field,
        standard_score=None if standing.z is None else _standard_score(standing.z),
        raw_mean=None if standing.raw_mean is None else _on_scale(standing.raw_mean),
        spread=None if standing.spread is None else round(STANDARD_SCORE_STEP * standing.spread, 1),
        contested=standing.contested,
        review_count=len(standing.marks),
        reviewer_count=assigned,
        marks=[_mark(mark, people) for mark in standing.marks],
        chosen=row.chosen,
        department_name=departments.get(row.department_id) if row.department_id else None,
    )


def _mark(mark: Mark, people: Mapping[UUID, str]) -> MarkAnswer:
    return MarkAnswer(
        reviewer_id=mark.reviewer,
        reviewer_name=people[mark.reviewer],
        score=_on_scale(mark.points),
        standard_score=_standard_score(mark.z),
    )


def _standard_score(z: float) -> float:
    return round(MEAN_STANDARD_SCORE + STANDARD_SCORE_STEP * z, 1)


def _on_scale(points: float) -> float:
    return round(points / POINTS_A_STEP, 2)
