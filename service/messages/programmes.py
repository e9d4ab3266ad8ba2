"""Words about who a programme is for."""

FIELDS: dict[str, str] = {
    "region": "소재지",
    "industry": "업종",
    "employee_count": "직원 수",
    "annual_revenue_won": "연 매출",
    "smart_level": "스마트공장 수준",
    "existing_systems": "쓰고 있는 시스템",
    "status": "등록 상태",
    "certifications": "인증",
    "categories": "솔루션 분야",
    "years_in_business": "설립일",
}
"""What a field that a rule asks for is called where a company fills it in."""
