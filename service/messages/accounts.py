"""Sentences about accounts, sessions, keys and mailed links."""

SENTENCES: dict[str, str] = {
    "refresh_token_invalid": "갱신 토큰이 올바르지 않거나 이미 썼거나 기한이 지났습니다. 다시 로그인해 주세요.",
    "person_required": "API 키로는 할 수 없는 일입니다. 전자우편 주소와 비밀번호로 로그인해 주세요.",
    "scope_missing": "이 API 키에는 '{scope}' 권한이 없습니다. 그 권한이 있는 키를 쓰거나 새 키를 만들어 주세요.",
    "key_role_required": "담당자나 관리자 키의 role을 account_manager나 admin으로 정해 주세요.",
    "key_revoked": "해지한 키는 바꿀 수 없습니다. 새 키를 만들어 주세요.",
    "present_password_wrong": "지금 쓰는 비밀번호가 맞지 않습니다. 다시 확인해 주세요.",
    "present_password_required": "비밀번호를 바꾸려면 지금 쓰는 비밀번호를 present_password에 넣어 주세요.",
    "passwords_busy": "지금 로그인하려는 요청이 많습니다. 잠시 뒤에 다시 시도해 주세요. 비밀번호가 틀린 것으로 세지 않았습니다.",
    "link_invalid": "링크가 올바르지 않거나 이미 썼거나 기한이 지났습니다. 새 링크를 요청해 주세요.",
    "mail_will_come": "등록된 주소라면 곧 메일이 도착합니다. 오지 않으면 주소와 스팸함을 확인해 주세요.",
    "closed_for_good": "본인이 닫고 개인정보를 지워 달라고 한 계정은 다시 열 수 없습니다. 동료의 초대를 받거나 새로 등록해야 합니다.",
    "closed_by_alliance": "얼라이언스가 닫은 계정입니다. 다시 열려면 담당자에게 문의해 주세요.",
    "last_contact": "회사에 남은 마지막 사람은 뺄 수 없습니다. 먼저 다른 동료를 초대해 주세요.",
    "last_admin": "마지막 관리자는 닫거나 다른 역할로 바꿀 수 없습니다. 먼저 다른 관리자를 만들어 주세요.",
    "role_of_company": "회사에 속한 계정의 역할은 바꿀 수 없습니다. 담당자로 일하려면 새 계정을 만들어 주세요.",
    "stake_of_staff_only": "이해관계가 있는 공급기업은 담당자와 관리자에게만 적을 수 있습니다.",
    "supplier_unknown": "이런 공급기업이 없습니다. 번호를 확인해 주세요.",
    "own_company": "본인이 속하거나 이해관계가 있는 공급기업에 대해서는 결정할 수 없습니다. 다른 담당자에게 부탁해 주세요.",
}
