"""What the fields of a supplier's profile are called, and what leaving one empty costs."""

from dataclasses import dataclass

FIELDS: dict[str, str] = {
    "business_number": "사업자등록번호",
    "company_name": "회사 이름",
    "representative_name": "대표자",
    "region": "회사가 있는 시도",
    "address": "주소",
    "homepage": "누리집",
    "employee_count": "임직원 수",
    "founded_on": "세운 날",
    "summary": "회사 소개",
    "service_regions": "맡을 수 있는 시도",
    "certifications": "인증",
    "concurrent_project_capacity": "동시에 맡을 수 있는 사업 수",
    "solutions": "솔루션",
    "references": "구축 실적",
    "status": "등록 상태",
    "reason": "사유",
    "certification": "인증",
    "expires_on": "끝나는 날",
    "dropped": "뺀 인증",
}
EMPTY: dict[str, str] = {"service_regions": "전국", "concurrent_project_capacity": "제한 없음"}
"""What an empty field means, where it does not just mean that nothing was told."""


@dataclass(frozen=True)
class GapText:
    """A field left empty: its name, what filling it does and when it does not, and where it is filled in."""

    title: str
    text: str
    anchor: str


GAPS: dict[str, GapText] = {
    "references": GapText(
        "구축 실적",
        "비슷한 문제를 푼 실적이 있으면 추천에서 가장 크게 봅니다. 수요와 먼 실적은 도움이 되지 않습니다.",
        "references",
    ),
    "reference_industries": GapText(
        "구축 실적의 업종",
        "같은 업종에서 일해 본 회사인지 봅니다. 다른 업종의 수요에는 더해지지 않습니다.",
        "references",
    ),
    "prices": GapText(
        "가격",
        "예산을 적은 수요에서 예산 안에 들면 더해집니다. 예산보다 비싸면 오히려 낮아지거나 빠집니다.",
        "solutions",
    ),
    "industries": GapText(
        "솔루션의 업종", "그 업종의 수요에서 더해지고, 고르지 않은 업종의 수요에서는 낮아집니다.", "solutions"
    ),
    "processes": GapText(
        "공정", "수요가 말하는 공정과 같으면 더해집니다. 소개 글에 적어도 읽습니다.", "solutions"
    ),
    "smart_levels": GapText("스마트공장 수준", "수요기업 공장의 지금 수준에 맞으면 더해집니다.", "solutions"),
    "employee_count": GapText(
        "임직원 수",
        "10명이 넘으면 조금 더해집니다. 더 적으면 비워 둔 것보다 낮아질 수 있습니다.",
        "employee_count",
    ),
    "certifications": GapText(
        "인증",
        "세 개까지 하나마다 조금 더해집니다. 인증을 꼭 원하는 수요에서는 없으면 빠집니다.",
        "certifications",
    ),
}
