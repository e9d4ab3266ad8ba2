"""Sentences about personal data: what was erased, what happened to a company's record."""

SENTENCES: dict[str, str] = {
    "purge_done": "모두 {count}건을 지우고 파기 기록을 남겼습니다.",
    "purge_dry_run": "지금 지우면 모두 {count}건입니다. 아무것도 지우지 않았습니다.",
    "access_log_whole": "접속기록 {count}건이 모두 이어집니다. 아래 값을 다른 곳에 적어 두면 뒤를 잘라 낸 것도 알 수 있습니다.",
    "access_log_broken": "접속기록이 {number}번 줄에서 끊겼습니다. 그 줄이 바뀌었거나 빠졌습니다. 백업과 견주어 주세요.",
    "registration_consent_kept": "등록 동의는 계정을 쓰는 동안 필요합니다. 동의를 거두려면 POST /v1/me/closure로 계정을 닫아 주세요.",
}

RULES: dict[str, str] = {
    "closed_accounts": "닫은 계정",
    "rejected_registrations": "거절된 등록의 연락처",
    "idempotency_answers": "재전송용으로 둔 답",
    "import_uploads": "끝나지 않은 가져오기 원본",
    "import_rejections": "가져오기에서 거절한 줄",
    "feedback_comments": "추천 의견의 글",
}

ACTIONS: dict[str, str] = {
    "supplier.registered": "공급기업으로 등록했습니다",
    "supplier.changed": "공급기업 정보를 고쳤습니다",
    "supplier.approved": "등록을 승인했습니다",
    "supplier.rejected": "등록을 거절했습니다",
    "supplier.suspended": "이용을 정지했습니다",
    "manufacturer.registered": "수요기업으로 등록했습니다",
    "manufacturer.changed": "수요기업 정보를 고쳤습니다",
    "need.written": "수요를 적었습니다",
    "need.changed": "수요를 고쳤습니다",
    "need.categories_confirmed": "수요의 솔루션 분야를 확인했습니다",
    "consent.given": "개인정보 동의를 했습니다",
    "consent.withdrawn": "개인정보 동의를 거두었습니다",
    "account.closed": "담당자 계정을 닫았습니다",
    "match.shortlisted": "소개 후보에 올렸습니다",
    "match.introduced": "수요기업에 소개했습니다",
    "match.contracted": "계약을 기록했습니다",
    "match.rejected": "소개하지 않기로 했습니다",
}

CSV_HEADINGS: dict[str, str] = {
    "id": "번호",
    "company_name": "회사 이름",
    "business_number": "사업자등록번호",
    "status": "등록 상태",
    "business_status": "국세청 상태",
    "region": "시도",
    "representative_name": "대표자",
    "contact_name": "담당자",
    "contact_email": "전자우편",
    "contact_phone": "전화",
}
