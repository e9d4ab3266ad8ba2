"""Words about support programmes: the fields that rules ask for, and the figures, with their units."""

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

AMOUNTS: dict[str, tuple[str, str]] = {
    "per_company_cap_won": ("기업당 한도", "won"),
    "government_share_percent_min": ("정부 지원 비율(최저)", "%"),
    "government_share_percent_max": ("정부 지원 비율(최고)", "%"),
    "rate_reduction_percent_min": ("금리 감면(최저)", "%포인트"),
    "rate_reduction_percent_max": ("금리 감면(최고)", "%포인트"),
    "annual_rate_percent": ("연 이자율", "%"),
    "max_months": ("최장 기간", "개월"),
    "support_months": ("지원 기간", "개월"),
    "minimum_service_years": ("최소 재직 기간", "년"),
    "supported_people": ("지원 인원", "명"),
    "fund_total_won": ("전체 재원", "won"),
    "kt_contribution_won": ("그 가운데 KT 출자", "won"),
    "programme_budget_2020_won": ("2020년 사업 예산", "won"),
    "annual_sales_target_won": ("연간 판매 목표", "won"),
    "trainees_per_year": ("한 해 교육 인원", "명"),
    "trainees_total": ("전체 교육 인원", "명"),
    "standard_models": ("표준 모델", "개"),
    "target_factories_2022": ("2022년 목표 공장", "곳"),
    "target_factories_2025": ("2025년 목표 공장", "곳"),
    "target_clusters_2025": ("2025년 목표 클러스터", "개"),
    "applicants": ("신청 기업", "곳"),
    "selected": ("선정 기업", "곳"),
}
"""By the name in `terms.amount`; `won` is an amount of money, other units stand behind the figure."""
