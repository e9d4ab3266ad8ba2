"""Challenges: calls, applications, and reviews that were given out."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from service.db.tables import Challenge, ChallengeApplication, ChallengeReview
from service.kit import clock

Headers = dict[str, str]
Body = dict[str, Any]

CRITERIA: list[Body] = [
    {"name": "문제의 절실함", "description": "현장에서 얼마나 절실한 문제입니까?", "weight_percent": 40},
    {"name": "실현 가능성", "description": "여섯 달 안에 해 볼 수 있습니까?", "weight_percent": 60},
]
DEPARTMENTS: list[Body] = [
    {"name": "안전·환경", "mission": "밀폐공간의 가스와 추락 같은 산업안전 사고를 줄이는 관제를 만듭니다."},
    {"name": "AI 플랫폼", "mission": "음성 인식과 영상 분석 같은 인공지능 기능을 여러 사업에 나누어 줍니다."},
    {"name": "5G 융합사업", "mission": "공장과 항만에 5G 특화망을 깔고 로봇과 카메라를 잇습니다."},
    {"name": "에너지", "mission": "건물과 공장의 전기와 증기 사용량을 재고 아끼는 사업을 합니다."},
]


def call(**changes: Any) -> Body:
    """A call that is open today."""
    today = clock.today()
    return {
        "title": "따뜻한 기술 더하기 챌린지",
        "purpose": "환경, 디지털 포용, 산업안전의 문제를 기술로 푸는 기업을 찾습니다.",
        "fields": ["환경", "디지털 포용", "산업안전"],
        "criteria": CRITERIA,
        "opens_on": today.isoformat(),
        "closes_on": (today + timedelta(days=10)).isoformat(),
        "places": 2,
        "reviewers_per_application": 2,
        "departments": DEPARTMENTS,
    } | changes


def application(**changes: Any) -> Body:
    """An application against accidents in tanks."""
    return {
        "title": "탱크에 들어가기 전에 가스를 알려 줍니다",
        "field": "산업안전",
        "problem": "탱크 청소를 맡은 협력사 사람이 산소가 모자란 줄 모르고 들어가 쓰러집니다.",
        "proposal": "입구에 거는 가스 측정기가 밀폐공간의 산소와 황화수소를 재서 관제실에 알립니다.",
        "outcome": "측정하지 않고 들어가는 일이 없어집니다.",
    } | changes


def review(*scores: int, comment: str = "현장을 잘 압니다.") -> Body:
    """Scores for the criteria in their order."""
    given = scores or (4, 3)
    return {
        "scores": [
            {"criterion": number, "score": score, "comment": comment}
            for number, score in enumerate(given, start=1)
        ]
    }


def published(client: TestClient, headers: Headers, **changes: Any) -> str:
    """The id of a call that everybody sees."""
    made = client.post("/v1/challenges", headers=headers, json=call(**changes))
    assert made.status_code == 201, made.text
    answer = client.post(f"/v1/challenges/{made.json()['id']}/publication", headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


@contextmanager
def days_later(days: int) -> Iterator[date]:
    """The block runs that many days from today, in the morning in Korea."""
    day = clock.today() + timedelta(days=days)
    with clock.frozen(datetime.combine(day, time(1), UTC)):
        yield day


def assigned_review(client: TestClient, application_id: str, reviewer_id: UUID) -> str:
    """The id of a review given to that person; the call of the application closed yesterday."""
    with client.app.state.database.transaction() as session:
        row = session.get_one(ChallengeApplication, UUID(application_id))
        challenge = session.get_one(Challenge, row.challenge_id)
        challenge.opens_on = challenge.closes_on = clock.today() - timedelta(days=1)
        given = ChallengeReview(application_id=row.id, reviewer_id=reviewer_id)
        session.add(given)
        session.flush()
        return str(given.id)
