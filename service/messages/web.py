"""Sentences of the website: what a form refuses, what was done, what a state is called."""

from service.messages.admin import LABELS as ADMIN_LABELS

SENTENCES: dict[str, str] = {
    "form_from_elsewhere": "이 화면이 아닌 곳에서 보낸 요청이라 처리하지 않았습니다. 화면을 새로 열어 다시 해 주세요.",
    "field_needed": "비어 있습니다. 내용을 적거나 골라 주세요.",
    "amount_unreadable": "숫자로 적어 주세요. 금액은 12000000, 1,200만, 1억 2천만처럼 적을 수 있습니다.",
    "choice_unknown": "'{value}'은(는) 고를 수 있는 값이 아닙니다. 목록에서 다시 골라 주세요.",
    "choice_needed": "하나를 골라 주세요.",
    "consent_needed": "등록하려면 필수 동의가 필요합니다. 내용을 읽고 표시해 주세요.",
    "industry_near": "업종을 알아볼 수 없습니다. 혹시 이 업종인가요? {near}",
    "industry_unclear": "업종을 알아볼 수 없습니다. 만드는 제품의 이름을 적고 목록에서 골라 주세요.",
    "suppliers_near": "'{name}'을(를) 찾지 못했습니다. 혹시 이 회사인가요? {near}",
    "supplier_name_unknown": "'{name}'을(를) 찾지 못했습니다. 공급기업 찾기에서 회사 이름을 확인해 주세요.",
    "kind_needed": "하나 이상 표시해 주세요. 잘 모르겠으면 표시한 그대로 두어도 됩니다.",
    "close_word_wrong": "'{word}'라고 똑같이 적어 주세요.",
    "present_password_needed": "비밀번호를 바꾸려면 지금 쓰는 비밀번호를 적어 주세요.",
    "passwords_differ": "두 비밀번호가 다릅니다. 다시 적어 주세요.",
    "done_registered": "등록했습니다. 확인 메일을 보냈으니 메일함을 열어 주소를 확인해 주세요.",
    "done_need_written": "수요를 적었습니다. 아래에서 어떤 솔루션이 필요한지 확인해 주세요.",
    "done_kinds_confirmed": "확인했습니다. 후보를 다시 골랐습니다.",
    "done_need_closed": "수요를 닫았습니다. 언제든 다시 열 수 있습니다.",
    "done_need_opened": "수요를 다시 열었습니다.",
    "done_consent_changed": "동의를 바꾸었습니다. 바꾼 기록은 아래에 남습니다.",
    "done_colleague_removed": "동료의 계정을 닫고 로그인을 끝냈습니다.",
    "done_session_ended": "그곳의 로그인을 끝냈습니다.",
    "done_saved": "저장했습니다.",
    "done_removed": "지웠습니다.",
    "done_signed_out": "로그아웃했습니다.",
    "done_password_changed": "비밀번호를 바꾸었습니다. 새 비밀번호로 로그인해 주세요.",
    "done_password_new": "비밀번호를 바꾸었습니다. 다른 곳의 로그인은 모두 끝났습니다.",
    "done_email_confirmed": "전자우편 주소를 확인했습니다.",
    "done_invited": "초대 메일을 보냈습니다. 7일 안에 받아들이면 함께 쓸 수 있습니다.",
    "done_joined": "계정을 열었습니다. 정한 비밀번호로 로그인해 주세요.",
    "done_sessions_ended": "다른 곳의 로그인을 끝냈습니다.",
    "done_mail_sent": "등록된 주소라면 메일을 보냈습니다. 메일함을 확인해 주세요.",
    "done_key_revoked": "키를 해지했습니다. 이제 그 키로는 아무것도 할 수 없습니다.",
    "done_weights_used": "이 가중치로 추천합니다. 다음 추천부터 쓰입니다.",
    "done_rolled_back": "앞선 가중치로 되돌렸습니다. 다른 판을 고를 때까지 지킵니다.",
    "done_training": "배우기를 시작했습니다. 끝나면 이 화면에 결과가 나옵니다.",
    "done_import_began": "가져오기를 시작했습니다. 이 화면에서 진행을 볼 수 있습니다.",
    "done_person_signed_out": "그 사람의 로그인을 모두 끝냈습니다.",
    "done_closed": "계정을 닫았습니다. 개인정보는 정해진 기한 안에 지워집니다.",
}

_NO_PAGE = "찾는 화면이 없거나 볼 권한이 없습니다. 주소를 확인하거나 첫 화면에서 다시 찾아 주세요."
_NO_CHOICE = "고를 수 있는 값이 아닙니다. 목록에서 다시 골라 주세요."

ON_PAGES: dict[str, str] = {
    "path_not_found": _NO_PAGE,
    "not_found": _NO_PAGE,
    "validation_failed": "주소가 잘렸거나 잘못 적혔습니다. 주소를 확인하거나 첫 화면에서 다시 찾아 주세요.",
    "method_not_allowed": "이 주소는 바로 열 수 없습니다. 첫 화면에서 다시 찾아 주세요.",
    "cursor_invalid": "목록에서 이어 볼 곳을 찾지 못했습니다. 목록을 처음부터 다시 열어 주세요.",
    "internal_error": "화면을 보여 드리지 못했습니다. 잠시 뒤에 다시 시도해 주세요. 계속되면 아래 번호를 담당자에게 알려 주세요.",
    "cluster_closed": "이 모임은 모이는 문제가 달라져 닫혔습니다. 지금 있는 모임은 '비슷한 문제의 모임'에서 볼 수 있습니다.",
    "literal_error": _NO_CHOICE,
    "enum": _NO_CHOICE,
    "union_tag_invalid": _NO_CHOICE,
    "won_not_integer": "금액은 12000000, 1,200만, 1억 2천만처럼 적어 주세요.",
    "count_not_integer": "36처럼 정수로 적어 주세요.",
    "rate_malformed": "4.5처럼 숫자로 적어 주세요. 소수점 아래 열 자리까지 적을 수 있습니다.",
    "day_malformed": "날짜를 2026-01-25처럼 적어 주세요.",
    "price_or_principal_required": "가격이 비어 있습니다. 나누어 낼 금액을 적어 주세요.",
    "principal_mismatch": "원금이 가격에서 선납금과 지원금을 뺀 금액({expected}원)과 다릅니다. 하나만 적거나 맞춰 주세요.",
    "payment_unit_with_carried_balance": "원 미만을 다음 회차로 넘겨 계산할 때는 납입금 단위를 1원으로 해 주세요.",
    "step_required": "체증식은 납입금을 몇 퍼센트 올릴지 적어야 합니다. 아래 '납입금 올리기'를 채워 주세요.",
    "step_never_amortises": "처음 납입금이 이자보다 적어 원금이 늘어납니다. 올리는 비율을 낮추거나 기간을 바꾸고, 그래도 좋다면 '원금이 늘어도 좋습니다'를 골라 주세요.",
    "start_date_required": "날짜로 계산하는 조건이 있어 시작일이 필요합니다.",
    "payment_day_mismatch": "첫 납입일이 매달 내는 날과 맞지 않습니다. 하나만 적거나 맞춰 주세요.",
    "fund_floor": "{fund}의 최저 금리는 연 {floor}%입니다. 그 이상으로 적어 주세요.",
    "solved_without_events": "이 계산에는 이율 변경과 중도상환을 넣을 수 없습니다. 빼고 다시 계산해 주세요.",
}
"""What the API says to those who write JSON, said to those who look at a page or fill in a form."""

WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")

LABELS: dict[str, dict[str, str]] = {
    "role": {
        "supplier": "공급기업",
        "manufacturer": "수요기업",
        "account_manager": "담당자",
        "admin": "관리자",
    },
    "supplier_status": {
        "pending": "승인 대기",
        "approved": "승인됨",
        "rejected": "거절됨",
        "suspended": "정지됨",
    },
    "certificate_state": {"valid": "유효", "soon": "곧 끝남", "expired": "끝남"},
    "need_status": {"open": "찾는 중", "contracted": "계약됨", "closed": "끝남"},
    "verdict": {
        "shortlisted": "추천",
        "introduced": "소개",
        "proposed": "제안",
        "contracted": "계약",
        "completed": "완료",
        "rejected": "제외",
    },
    "likelihood": {
        "high": "필요할 가능성이 높습니다",
        "some": "필요할 수 있습니다",
        "low": "가능성이 낮습니다",
    },
    "reason_weight": {"strong": "많이", "some": "조금", "against": "점수를 낮춤"},
    "audience": {"supplier": "공급기업", "manufacturer": "수요기업"},
    "condition": {
        "category": "솔루션 분야",
        "industry": "업종",
        "region": "회사가 있는 지역",
        "serves": "맡을 수 있는 지역",
        "words": "찾을 말",
        "status": "상태",
    },
    "unnamed_amount": {"grant": "정부지원금", "fee": "수수료"},
    "way_to_pay": {"installment": "할부", "fund_loan": "펀드 대출", "lump_sum": "일시불"},
    "eligibility": {
        "eligible": "조건에 맞습니다",
        "unknown": "아직 알 수 없습니다",
        "not_eligible": "조건에 맞지 않습니다",
    },
    "consent": {
        "registration": "개인정보 수집·이용",
        "marketing": "소식 받기 (선택)",
        "third_party": "소개 상대에게 연락처 제공 (선택)",
    },
    **ADMIN_LABELS,
}
"""What a state is called on a page, by its kind."""
