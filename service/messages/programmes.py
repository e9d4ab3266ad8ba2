"""Sentences and words about support programmes: the fields that rules ask for, and the figures, with their units."""

SENTENCES: dict[str, str] = {
    "rule_one_comparison": "한 항목을 꼭 한 가지와 견주어 주세요(equals, in, starts_with, contains_any, at_least, at_most, filled).",
    "rule_comparison": "이 항목은 이렇게 견줄 수 없습니다. 쓸 수 있는 것: {known}",
    "rule_value": "'{value}'은(는) 이 항목에 없는 값입니다. 코드 목록을 확인해 주세요.",
    "programme_amount": "'{value}'은(는) 모르는 금액 이름입니다. 이름을 확인해 주세요.",
    "programme_twice": "같은 코드가 파일에 두 번 있습니다.",
    "programme_unknown_code": "'{value}'라는 사업을 알지 못합니다. 코드를 확인해 주세요.",
    "programmes_unreadable": '{file}을(를) 읽을 수 없습니다. {{"programmes": [...]}} 모양의 JSON 파일이어야 합니다.',
    "programmes_refused": "틀린 곳이 {count}곳 있어 아무것도 고치지 않았습니다. 위의 곳을 고쳐 다시 해 주세요.",
    "programmes_dry_run": "사업 {count}개를 읽었습니다. 고치지는 않았습니다(--dry-run).",
    "programmes_written": "사업 {count}개를 적었습니다.",
}

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


OUTCOMES: dict[str, str] = {"added": "새로 넣음", "changed": "바뀜", "same": "그대로"}
"""What became of a programme of a file."""

KINDS: dict[str, str] = {"supplier": "공급기업", "manufacturer": "수요기업"}

ANSWERS: dict[str, str] = {
    "eligible": "조건에 맞음",
    "unknown": "알 수 없음",
    "not_eligible": "맞지 않음",
}
"""What a rule says of a company, as account managers sort by it."""

HEADINGS: tuple[str, ...] = (
    "회사", "구분", "지역", "판정", "맞지 않는 조건", "비어 있는 항목", "확인할 조건", "회사 번호",
)  # fmt: skip
"""Headings of the file of a programme's companies."""

SHEET = "회사"
