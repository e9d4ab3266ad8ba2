"""Sentences of the website: what a form refuses, what was done, what a state is called."""

from service.messages.admin import LABELS as ADMIN_LABELS

SENTENCES: dict[str, str] = {
    "form_from_elsewhere": "이 화면이 아닌 곳에서 보낸 요청이라 처리하지 않았습니다. 화면을 새로 열어 다시 해 주세요.",
    "field_needed": "비어 있습니다. 내용을 적거나 골라 주세요.",
    "amount_unreadable": "숫자로 적어 주세요. 금액은 12000000, 1,200만, 1억 2천만처럼 적을 수 있습니다.",
    "choice_unknown": "'{value}'은(는) 고를 수 있는 값이 아닙니다. 목록에서 다시 골라 주세요.",
    "choice_needed": "하나를 골라 주세요.",
    "page_not_found": "찾는 화면이 없거나 볼 권한이 없습니다. 주소를 확인하거나 첫 화면에서 다시 찾아 주세요.",
    "page_failed": "화면을 보여 드리지 못했습니다. 잠시 뒤에 다시 시도해 주세요. 계속되면 아래 번호를 담당자에게 알려 주세요.",
    "done_saved": "저장했습니다.",
    "done_signed_out": "로그아웃했습니다.",
    "done_password_changed": "비밀번호를 바꾸었습니다. 새 비밀번호로 로그인해 주세요.",
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
    "need_status": {"open": "찾는 중", "contracted": "계약됨", "closed": "끝남"},
    "verdict": {
        "shortlisted": "추천",
        "introduced": "소개",
        "proposed": "제안",
        "contracted": "계약",
        "completed": "완료",
        "rejected": "제외",
    },
    "consent": {
        "registration": "개인정보 수집·이용 (필수)",
        "marketing": "소식 받기 (선택)",
        "third_party": "소개 상대에게 연락처 제공 (선택)",
    },
    **ADMIN_LABELS,
}
"""What a state is called on a page, by its kind."""
