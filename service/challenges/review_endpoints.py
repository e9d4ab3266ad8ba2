"""What a reviewer of challenges does over HTTP: only with their own reviews, and without names."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from service.accounts.actor import Actor, Role, SignedIn, require
from service.challenges import queries, reviewing
from service.challenges.answers import ConflictList, ReviewAnswer, conflict_list, review_answers
from service.challenges.schemas import ConflictInput, RecognitionInput, ReviewInput
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Cursor, Limit, Page
from service.kit.problems import Problem

router = APIRouter(tags=["챌린지 심사"], route_class=IdempotentRoute)


def _reviewer(actor: Annotated[Actor, Depends(require(Role.ACCOUNT_MANAGER))]) -> Actor:
    """Refuse keys: a judgement is a person's."""
    if actor.account_id is None:
        raise Problem(403, "person_required")
    return actor


Reviewer = Annotated[Actor, Depends(_reviewer)]


@router.get("/challenge-reviews", summary="내가 맡은 심사")
def list_reviews(
    actor: Reviewer, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[ReviewAnswer]:
    """담당자가 배정받은 지원서를 회사 이름 없이 봅니다."""
    rows, next_cursor = queries.search_reviews(session, actor, limit, cursor)
    return Page(items=review_answers(session, rows), next_cursor=next_cursor)


@router.get("/challenge-reviews/{review_id}", summary="심사 보기")
def read_review(review_id: UUID, actor: SignedIn, session: DbSession, response: Response) -> ReviewAnswer:
    """맡은 사람만 봅니다. 다른 심사위원의 점수는 보이지 않습니다."""
    found = queries.get_review(session, actor, review_id)
    response.headers["ETag"] = etag(found[0].version)
    return review_answers(session, [found])[0]


@router.patch("/challenge-reviews/{review_id}", summary="심사 제출")
def submit_review(
    review_id: UUID,
    data: ReviewInput,
    actor: SignedIn,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ReviewAnswer:
    """모든 기준에 점수와 의견을 적습니다. 결과를 발표하기 전까지 고칠 수 있습니다."""
    review, application, challenge = queries.get_review(session, actor, review_id, lock=True)
    require_match(if_match, review.version)
    reviewing.submit_review(session, actor, challenge, review, data)
    response.headers["ETag"] = etag(review.version)
    return review_answers(session, [(review, application, challenge)])[0]


@router.post("/challenge-reviews/{review_id}/conflict", summary="이해관계가 있어 심사하지 않기")
def recognise(review_id: UUID, data: RecognitionInput, actor: SignedIn, session: DbSession) -> ConflictList:
    """읽다가 누구인지 알게 되면 그 회사의 심사를 다른 심사위원에게 넘깁니다."""
    _, application, challenge = queries.get_review(session, actor, review_id, lock=True)
    reviewing.declare_conflict(
        session, actor, challenge, application.supplier_id, data.reason, recognised=True
    )
    return conflict_list(queries.conflicts_of(session, challenge.id, actor.account_id))


@router.get("/challenges/{challenge_id}/conflicts", summary="내가 적은 이해관계")
def list_conflicts(challenge_id: UUID, actor: Reviewer, session: DbSession) -> ConflictList:
    """이 챌린지에서 심사하지 않기로 한 공급기업을 봅니다."""
    challenge = queries.get_challenge(session, actor, challenge_id)
    return conflict_list(queries.conflicts_of(session, challenge.id, actor.account_id))


@router.post("/challenges/{challenge_id}/conflicts", summary="이해관계 적기")
def declare_conflict(
    challenge_id: UUID, data: ConflictInput, actor: Reviewer, session: DbSession
) -> ConflictList:
    """심사하지 말아야 할 공급기업을 적습니다. 그 회사가 지원했는지는 알려 주지 않습니다."""
    challenge = queries.get_challenge(session, actor, challenge_id, lock=True)
    reviewing.declare_conflict(session, actor, challenge, data.supplier_id, data.reason)
    return conflict_list(queries.conflicts_of(session, challenge.id, actor.account_id))
