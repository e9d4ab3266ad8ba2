"""Sentences and words of challenges: calls, applications, reviews, results."""

SENTENCES: dict[str, str] = {
    "challenge_state": "챌린지가 지금 '{current}'이라 할 수 없습니다. 할 수 있는 때: {allowed}",
    "challenge_days_order": "마감일은 시작일과 같거나 뒤여야 합니다. 두 날짜를 확인해 주세요.",
    "challenge_weights_sum": "심사 기준의 비중을 더하면 100이어야 합니다. 지금은 {total}입니다.",
    "challenge_criteria_same_name": "이름이 같은 심사 기준이 있습니다. 서로 다른 이름으로 적어 주세요.",
    "challenge_departments_same_name": "이름이 같은 부서가 있습니다. 서로 다른 이름으로 적어 주세요.",
    "challenge_programme_unknown": "이런 지원 사업은 없습니다. 지원 사업 목록에서 골라 주세요.",
    "challenge_closes_in_past": "마감일이 이미 지났습니다. 오늘이나 그 뒤의 날로 고쳐 주세요.",
    "challenge_terms_fixed": "지원서가 들어온 뒤에는 바꿀 수 없는 항목입니다. 마감일을 늦추거나 지원서마다 심사할 사람 수를 바꾸는 것만 할 수 있습니다.",
    "challenge_not_open_yet": "지원은 {opens_on}부터 받습니다. 그날부터 다시 지원해 주세요.",
    "challenge_closed": "지원은 {closes_on}까지 받았습니다. 지금은 지원서를 내거나 고칠 수 없습니다. 열려 있는 다른 챌린지를 확인하거나 담당자에게 문의해 주세요.",
    "challenge_supplier_not_approved": "승인된 공급기업만 지원할 수 있습니다. 우리 회사 화면에서 승인 상태를 확인해 주세요.",
    "challenge_applied_already": "이 챌린지에는 이미 지원했습니다. 낸 지원서를 고치거나, 거둔 뒤에 새로 지원해 주세요.",
    "challenge_field_unknown": "이 챌린지의 분야가 아닙니다. 고를 수 있는 분야: {fields}",
    "challenge_application_withdrawn": "거둔 지원서입니다. 마감 전이면 새로 지원할 수 있습니다.",
    "challenge_reviewer_unknown": "심사는 쓰고 있는 담당자 계정만 맡을 수 있습니다. 관리자는 이름을 보므로 심사하지 않습니다.",
    "challenge_no_applications": "심사할 지원서가 없습니다.",
    "challenge_reviewers_missing": "이해관계가 없는 심사위원이 {missing}명 모자랍니다. 지원서 {applications}건을 {each}명씩 심사할 수 없습니다. 담당자를 더 고르거나, 지원서마다 심사할 사람 수를 줄여 주세요.",
    "challenge_scores_incomplete": "심사 기준 {count}개에 점수와 의견을 하나씩 적어 주세요.",
    "challenge_reviews_missing": "아직 심사가 끝나지 않은 지원서가 {count}건 있습니다. 심사위원에게 알리거나 심사위원을 다시 배정한 뒤에 발표해 주세요.",
    "challenge_too_many_chosen": "{places}곳까지 선정할 수 있습니다. 지금은 {chosen}곳을 골랐습니다.",
    "challenge_application_unknown": "이 챌린지에서 심사한 지원서가 아닙니다. 순위 목록에서 골라 주세요.",
    "challenge_department_unknown": "이 챌린지의 부서가 아닙니다. 목록에서 골라 주세요.",
    "challenge_department_needed": "선정한 곳마다 함께 일할 부서를 골라 주세요.",
    "challenge_chosen_twice": "같은 지원서를 두 번 골랐습니다. 하나를 빼 주세요.",
    "challenge_departure_reason_needed": "순위가 더 높은 지원서를 두고 선정했습니다. 그렇게 정한 까닭을 적어 주세요.",
    "not_acceptable_challenge_ranking": "이 주소는 JSON, CSV, XLSX로 답할 수 있습니다. Accept 헤더를 확인해 주세요.",
    "challenge_tie_rule": "표준점수의 평균이 높은 순서입니다. 같으면 점수의 평균이 높은 쪽이 앞서고, 그것도 같으면 같은 순위입니다.",
    "done_challenge_made": "챌린지를 만들었습니다. 내용을 확인하고 공고해 주세요.",
    "done_challenge_published": "공고했습니다. 시작일부터 지원을 받습니다.",
    "done_challenge_assigned": "심사위원을 배정했습니다.",
    "done_challenge_decided": "결과를 발표하고 지원한 회사에 알렸습니다.",
    "done_challenge_applied": "지원했습니다. 마감일까지 고치거나 거둘 수 있습니다.",
    "done_challenge_withdrawn": "지원을 거두었습니다.",
    "done_review_submitted": "심사를 제출했습니다. 결과를 발표하기 전까지 고칠 수 있습니다.",
    "done_conflict_declared": "이해관계를 적었습니다. 그 회사의 지원서는 심사하지 않습니다.",
}

ERASED_TITLE = "보유 기간이 지나 글을 지운 지원서"
"""Stands where the title of an application stood, as its page still needs a name."""

STATES: dict[str, str] = {
    "draft": "작성 중",
    "announced": "공고",
    "open": "지원 받는 중",
    "reviewing": "심사 중",
    "decided": "결과 발표",
}

BASES: dict[str, str] = {
    "own_scores": "자기 점수의 평균과 표준편차로 맞춤",
    "all_scores": "심사한 지원서가 3건이 안 되어 모든 점수의 평균과 표준편차로 맞춤",
    "no_difference": "모두 같은 점수를 주어 순위에 쓰지 않음",
}
"""How the scores of a reviewer were made comparable."""

SCALE: dict[int, str] = {
    5: "매우 뛰어남",
    4: "뛰어남",
    3: "보통",
    2: "모자람",
    1: "매우 모자람",
}
"""What each score means."""

HEADINGS: dict[str, str] = {
    "rank": "순위",
    "title": "제목",
    "company_name": "회사",
    "field": "분야",
    "standard_score": "표준점수",
    "raw_mean": "점수 평균",
    "spread": "심사위원 차이",
    "contested": "의견이 크게 갈림",
    "review_count": "심사 수",
    "chosen": "선정",
    "department_name": "부서",
}

SHEET = "순위"
YES = "예"
