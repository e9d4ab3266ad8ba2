"""Words and sentences of the account managers' desk: checks before an approval, reasons, stages."""

SENTENCES: dict[str, str] = {
    "moved_meanwhile": "그사이 다른 담당자가 이 건을 옮겼습니다. 화면을 새로 열어 확인하고 다시 옮겨 주세요.",
    "already_there": "이미 그 단계에 있습니다. 다른 단계를 골라 주세요.",
    "solution_dropped": "지금은 등록되어 있지 않은 솔루션",
    "compare_too_many": "한 번에 네 곳까지 나란히 볼 수 있습니다. 고른 곳을 줄여 주세요.",
    "weight_not_a_number": "숫자로 적어 주세요. 0.8처럼 소수로 적을 수 있습니다.",
    "weight_between": "{least} 이상 {most} 이하의 수로 적어 주세요.",
    "needs_not_chosen": "배정할 수요를 하나 이상 골라 주세요. 모두 배정하려면 '열린 수요 모두'를 골라 주세요.",
    "needs_chosen_and_all": "수요 {count}건을 고르셨습니다. 그것만 배정하려면 '아래에서 고른 수요만'을, 모두 배정하려면 고른 표시를 지워 주세요.",
    "check_status_unknown": "아직 확인하지 못했습니다.",
    "check_number_good": "검사 숫자가 맞습니다.",
    "check_duplicates_none": "이름이나 홈페이지가 같은 회사가 없습니다.",
    "check_duplicates_name": "이름이 같은 회사가 있습니다: {names}",
    "check_duplicates_homepage": "홈페이지가 같은 회사가 있습니다: {names}",
    "check_complete": "추천에 쓰는 항목을 모두 적었습니다.",
    "check_incomplete": "적지 않은 항목: {parts}",
    "check_categories_unknown": "글을 아직 읽지 못해 견줄 수 없습니다. 잠시 뒤에 다시 보아 주세요.",
    "check_categories_agree": "고른 분야가 소개 글과 맞습니다. 글에서 읽은 분야: {names}",
    "check_categories_differ": "고른 분야가 소개 글과 달라 보입니다. 글에서 읽은 분야: {names}",
    "check_own_company": "본인과 관계있는 회사여서 다른 담당자가 결정해야 합니다.",
    "check_not_own_company": "본인과 관계있는 회사가 아닙니다.",
    "done_approved": "승인했습니다. 이제 명부와 추천에 나옵니다.",
    "done_rejected": "거절했습니다. 사유는 그 회사가 볼 수 있습니다.",
    "done_suspended": "정지했습니다. 명부와 추천에서 내렸습니다.",
    "done_recommended": "다시 추천받았습니다.",
    "done_decided": "결정을 남겼습니다.",
    "done_moved": "옮겼습니다.",
    "done_plan_begun": "배정을 시작했습니다.",
    "done_plan_shortlisted": "배정한 짝을 추천 단계에 올렸습니다. 이미 다루고 있던 짝과 본인과 관계있는 회사는 그대로 두었습니다.",
}

CHECKS: dict[str, str] = {
    "business_status": "국세청 상태",
    "number": "사업자등록번호",
    "duplicates": "중복",
    "completeness": "적은 항목",
    "categories": "솔루션 분야",
    "own_company": "이해관계",
}
"""What each check looks at."""

CHECK_STATES: dict[str, str] = {"good": "이상 없음", "doubtful": "살펴보기", "bad": "문제", "unknown": "모름"}

PARTS: dict[str, str] = {
    "references": "구축 실적",
    "prices": "가격",
    "processes": "공정",
    "industries": "업종",
    "employee_count": "직원 수",
    "founded_on": "설립일",
    "homepage": "홈페이지",
    "concurrent_project_capacity": "동시에 맡을 수 있는 과제",
    "contact": "담당자 계정",
}
"""Parts of a profile that may be left out, as the desk names them."""

REJECTION_REASONS: dict[str, str] = {
    "wrong_kind": "필요한 분야가 아님",
    "too_expensive": "가격이 맞지 않음",
    "too_far": "거리가 멂",
    "too_busy": "맡을 여력이 없음",
    "weak_record": "실적이 모자람",
    "supplier_declined": "공급기업이 사양함",
    "manufacturer_declined": "수요기업이 원하지 않음",
    "met_before": "전에 이미 만남",
    "other": "그 밖의 까닭",
}
"""Why a candidate was left out, by the code that feedback carries."""

PROGRESS: dict[str, str] = {
    "unlisted": "추천을 아직 보지 않음",
    "unintroduced": "소개를 아직 하지 않음",
    "introduced": "소개함",
}
"""How far a need has come."""

REASON_NAMES: dict[str, str] = {
    "category_fit": "필요한 분야",
    "declared_category": "고른 분야",
    "text_fit": "글의 내용",
    "similar_problem": "비슷한 문제",
    "industry_fit": "업종",
    "process_fit": "공정",
    "region_fit": "지역",
    "budget_fit": "예산",
    "smart_level_fit": "스마트공장 수준",
    "supplier_size": "회사 규모",
    "certification": "인증",
    "existing_systems": "쓰는 시스템",
    "track_record": "소개 이력",
    "load": "맡은 과제",
    "other": "그 밖",
    "base": "기본값",
}
"""What a reason is called beside its bar."""

JOB_STATES: dict[str, str] = {
    "queued": "차례를 기다림",
    "running": "계산 중",
    "succeeded": "끝남",
    "failed": "하지 못함",
}

TOTALS: dict[str, str] = {
    "needs_served": "배정된 수요",
    "pairs": "배정한 짝",
    "expected_introductions": "기대 소개 건수",
    "overloaded_suppliers": "여력을 넘긴 공급기업",
    "pairs_over_capacity": "여력을 넘긴 짝",
}
"""What a way of assigning comes to."""
