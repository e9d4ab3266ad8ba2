"""Challenges and their applications over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from sqlmodel import Session

from service.accounts.actor import (
    Actor,
    Administrator,
    AdministratorInPerson,
    CurrentActor,
    Role,
    SignedIn,
    require,
)
from service.challenges import applications, calls, deciding, queries, reviewing
from service.challenges.answers import (
    ApplicationAnswer,
    ChallengeAnswer,
    application_answers,
    challenge_answers,
)
from service.challenges.departments import propose
from service.challenges.files import accepted_form, in_form
from service.challenges.ranking_answers import ProposalList, RankingAnswer, proposal_list, ranking_answer
from service.challenges.schemas import (
    ApplicationInput,
    ApplicationPatch,
    ChallengeInput,
    ChallengePatch,
    DecisionInput,
    PanelInput,
)
from service.challenges.states import ChallengeState
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Challenge, ChallengeApplication
from service.kit.etags import IfMatch, etag, require_match
from service.kit.file_forms import FileForm
from service.kit.pages import Cursor, Limit, Page
from service.recommendations.endpoints import Engine

router = APIRouter(tags=["챌린지"], route_class=IdempotentRoute)

Applicant = Annotated[Actor, Depends(require(Role.SUPPLIER))]
Accept = Annotated[str | None, Header(include_in_schema=False)]

_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "순위. Accept 헤더로 CSV, XLSX도 받을 수 있습니다.",
        "content": {
            FileForm.CSV.value: {"schema": {"type": "string"}},
            FileForm.XLSX.value: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get("/challenges", summary="챌린지 목록")
def list_challenges(
    actor: CurrentActor,
    session: DbSession,
    state: Annotated[ChallengeState | None, Query(description="상태")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[ChallengeAnswer]:
    """공고한 챌린지를 새것부터 봅니다. 관리자는 작성 중인 것도 봅니다."""
    found, next_cursor = queries.search_challenges(session, actor, limit, cursor, state)
    return Page(items=challenge_answers(session, actor, found), next_cursor=next_cursor)


@router.post("/challenges", status_code=201, summary="챌린지 만들기")
def create_challenge(
    data: ChallengeInput, actor: Administrator, session: DbSession, response: Response
) -> ChallengeAnswer:
    """관리자가 공고를 적습니다. 공고하기 전에는 관리자만 봅니다."""
    challenge = calls.create_challenge(session, actor, data)
    response.headers["Location"] = f"/v1/challenges/{challenge.id}"
    return _answer(session, actor, challenge, response)


@router.get("/challenges/{challenge_id}", summary="챌린지 보기")
def read_challenge(
    challenge_id: UUID, actor: CurrentActor, session: DbSession, response: Response
) -> ChallengeAnswer:
    """기준과 비중, 기간, 부서를 보고, 결과를 발표한 뒤에는 선정된 곳도 봅니다."""
    return _answer(session, actor, queries.get_challenge(session, actor, challenge_id), response)


@router.patch("/challenges/{challenge_id}", summary="챌린지 고치기")
def update_challenge(
    challenge_id: UUID,
    patch: ChallengePatch,
    actor: Administrator,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ChallengeAnswer:
    """지원서가 들어온 뒤에는 마감일을 늦추거나 지원서마다 심사할 사람 수를 바꾸는 것만 할 수 있습니다."""
    challenge = queries.get_challenge(session, actor, challenge_id, lock=True)
    require_match(if_match, challenge.version)
    calls.change_challenge(session, actor, challenge, patch)
    return _answer(session, actor, challenge, response)


@router.delete("/challenges/{challenge_id}", status_code=204, summary="작성 중인 챌린지 지우기")
def delete_challenge(
    challenge_id: UUID, actor: Administrator, session: DbSession, if_match: IfMatch = None
) -> None:
    """공고한 챌린지는 지울 수 없습니다."""
    challenge = queries.get_challenge(session, actor, challenge_id, lock=True)
    require_match(if_match, challenge.version)
    calls.delete_draft(session, actor, challenge)


@router.post("/challenges/{challenge_id}/publication", summary="챌린지 공고")
def publish_challenge(
    challenge_id: UUID,
    actor: Administrator,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ChallengeAnswer:
    """모두에게 보이고, 시작일부터 마감일까지 지원을 받습니다."""
    challenge = _locked(session, actor, challenge_id, if_match)
    calls.publish(session, actor, challenge)
    return _answer(session, actor, challenge, response)


@router.post("/challenges/{challenge_id}/panel", summary="심사위원 배정")
def assign_reviewers(
    challenge_id: UUID,
    data: PanelInput,
    actor: Administrator,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> RankingAnswer:
    """마감 뒤에 이해관계가 없는 담당자에게 고르게 나눕니다. 다시 하면 모자란 곳을 채웁니다."""
    challenge = _locked(session, actor, challenge_id, if_match)
    reviewing.assign_reviewers(session, actor, challenge, data.reviewer_ids)
    response.headers["ETag"] = etag(challenge.version)
    return ranking_answer(session, challenge)


@router.get(
    "/challenges/{challenge_id}/ranking",
    summary="챌린지 순위",
    response_model=RankingAnswer,
    responses=_FORMS,
)
def read_ranking(
    challenge_id: UUID,
    actor: Administrator,
    session: DbSession,
    response: Response,
    accept: Accept = None,
) -> RankingAnswer | Response:
    """심사위원마다 점수를 맞추어 낸 순위와 심사위원 사이의 차이를 봅니다. ETag는 결정할 때 쓰는 판입니다."""
    form = accepted_form(accept)
    challenge = queries.get_challenge(session, actor, challenge_id)
    answer = ranking_answer(session, challenge)
    if form is not FileForm.JSON:
        return in_form(form, answer.items)
    response.headers["ETag"] = etag(challenge.version)
    return answer


@router.post("/challenges/{challenge_id}/decision", summary="챌린지 결과 발표")
def decide(
    challenge_id: UUID,
    data: DecisionInput,
    actor: AdministratorInPerson,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ChallengeAnswer:
    """관리자가 선정하고 부서를 정해 발표합니다. 지원한 회사에 알리며 되돌릴 수 없습니다.

    If-Match에 본 순위의 ETag를 넣으면 그사이 바뀐 순위로 정하지 않습니다.
    """
    challenge = _locked(session, actor, challenge_id, if_match)
    deciding.decide(session, actor, challenge, data)
    return _answer(session, actor, challenge, response)


@router.post("/challenges/{challenge_id}/applications", status_code=201, summary="챌린지에 지원하기")
def create_application(
    challenge_id: UUID, data: ApplicationInput, actor: Applicant, session: DbSession, response: Response
) -> ApplicationAnswer:
    """승인된 공급기업이 한 챌린지에 하나씩 지원합니다. 거두면 마감 전에 새로 지원할 수 있습니다."""
    challenge = queries.get_challenge(session, actor, challenge_id, lock=True)
    application = applications.apply(session, actor, challenge, data)
    response.headers["Location"] = f"/v1/challenge-applications/{application.id}"
    return _application(session, actor, application, challenge, response)


@router.get("/challenges/{challenge_id}/applications", summary="챌린지의 지원서 목록")
def list_applications(
    challenge_id: UUID, actor: SignedIn, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[ApplicationAnswer]:
    """공급기업은 자기 지원서를, 담당자는 모두를 봅니다. 담당자에게는 발표 전까지 이름이 보이지 않습니다."""
    challenge = queries.get_challenge(session, actor, challenge_id)
    found, next_cursor = queries.search_applications(session, actor, challenge.id, limit, cursor)
    items = application_answers(session, actor, [(each, challenge) for each in found])
    return Page(items=items, next_cursor=next_cursor)


@router.get("/challenge-applications/{application_id}", summary="챌린지 지원서 보기")
def read_application(
    application_id: UUID, actor: SignedIn, session: DbSession, response: Response
) -> ApplicationAnswer:
    """발표 뒤에는 결과와 기준마다의 점수 평균, 심사위원 의견도 봅니다."""
    application = queries.get_application(session, actor, application_id)
    challenge = session.get_one(Challenge, application.challenge_id)
    return _application(session, actor, application, challenge, response)


@router.patch("/challenge-applications/{application_id}", summary="챌린지 지원서 고치기")
def update_application(
    application_id: UUID,
    patch: ApplicationPatch,
    actor: Applicant,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> ApplicationAnswer:
    """마감일까지 그 회사가 고칩니다."""
    application = queries.get_application(session, actor, application_id, lock=True)
    require_match(if_match, application.version)
    challenge = session.get_one(Challenge, application.challenge_id)
    applications.change_application(session, actor, challenge, application, patch)
    return _application(session, actor, application, challenge, response)


@router.post("/challenge-applications/{application_id}/withdrawal", summary="챌린지 지원 거두기")
def withdraw_application(
    application_id: UUID, actor: Applicant, session: DbSession, response: Response, if_match: IfMatch = None
) -> ApplicationAnswer:
    """결과를 발표하기 전까지 거둘 수 있습니다."""
    seen = queries.get_application(session, actor, application_id)
    challenge = queries.get_challenge(session, actor, seen.challenge_id, lock=True)
    application = queries.get_application(session, actor, application_id, lock=True)
    if if_match is not None:
        require_match(if_match, application.version)
    applications.withdraw(session, actor, challenge, application)
    return _application(session, actor, application, challenge, response)


@router.get("/challenge-applications/{application_id}/departments", summary="지원서에 맞는 부서")
def propose_departments(
    application_id: UUID, actor: Administrator, session: DbSession, engine: Engine
) -> ProposalList:
    """지원서의 글과 부서가 하는 일을 견주어 가까운 세 곳을 근거 문장과 함께 권합니다."""
    application = queries.get_application(session, actor, application_id)
    found = propose(session, engine.space, engine.encode, [application])
    return proposal_list(found[application.id])


def _locked(session: Session, actor: Actor, challenge_id: UUID, if_match: str | None) -> Challenge:
    """The call, held to the commit; in the version that the caller saw if it names one."""
    challenge = queries.get_challenge(session, actor, challenge_id, lock=True)
    if if_match is not None:
        require_match(if_match, challenge.version)
    return challenge


def _answer(session: Session, actor: Actor, challenge: Challenge, response: Response) -> ChallengeAnswer:
    response.headers["ETag"] = etag(challenge.version)
    return challenge_answers(session, actor, [challenge])[0]


def _application(
    session: Session,
    actor: Actor,
    application: ChallengeApplication,
    challenge: Challenge,
    response: Response,
) -> ApplicationAnswer:
    response.headers["ETag"] = etag(application.version)
    return application_answers(session, actor, [(application, challenge)])[0]
